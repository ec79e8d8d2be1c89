package scgrad.nn.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeTensorsTest {
    @TempDir
    Path folder;

    @Test
    void theBytesAreTheOfficialOnes() throws IOException {
        Map<String, WeightArray> arrays = new LinkedHashMap<>();
        arrays.put("b", WeightArray.of("", new int[] {2}, new float[] {1, -2}));
        arrays.put("a\n\u00fc", WeightArray.of("", new int[] {}, new float[] {3}));
        arrays.put("n", WeightArray.of("", new int[] {1, 1}, new long[] {-1}));
        arrays.put("u", WeightArray.ofBytes("", new int[] {0, 3}, ElementType.U8, new byte[0]));
        Path file = folder.resolve("official.safetensors");
        SafeTensors.write(file, arrays, Map.of("format", "pt"));
        String header = "{\"__metadata__\":{\"format\":\"pt\"},"
                + "\"n\":{\"dtype\":\"I64\",\"shape\":[1,1],\"data_offsets\":[0,8]},"
                + "\"a\\n\u00fc\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[8,12]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[12,20]},"
                + "\"u\":{\"dtype\":\"U8\",\"shape\":[0,3],\"data_offsets\":[20,20]}}";
        ByteBuffer expected = ByteBuffer.wrap(file(header, 20)).order(ByteOrder.LITTLE_ENDIAN);
        int data = expected.limit() - 20;
        expected.putLong(data, -1).putFloat(data + 8, 3).putFloat(data + 12, 1).putFloat(data + 16, -2);
        assertThat(Files.readAllBytes(file)).isEqualTo(expected.array());
        assertThat(data % 8).isZero();
    }

    @Test
    void everyTypeComesBackExactly() throws IOException {
        byte[] bytes = new byte[48];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 37);
        }
        Map<String, WeightArray> arrays = new LinkedHashMap<>();
        for (ElementType type : ElementType.values()) {
            int[] shape = {2, 24 / type.bytes()};
            arrays.put("array." + type, WeightArray.ofBytes("array." + type, shape, type, bytes));
        }
        arrays.put("pi", WeightArray.of("pi", new int[] {3}, new double[] {Math.PI, Double.MIN_VALUE, -0.0}));
        arrays.put("big", WeightArray.of("big", new int[] {2}, new long[] {Long.MAX_VALUE, (1L << 53) + 1}));
        Path file = folder.resolve("types.safetensors");
        SafeTensors.write(file, arrays, Map.of());
        SafeTensors read = SafeTensors.read(file);
        assertThat(read.metadata()).isEmpty();
        assertThat(read.arrays()).containsOnlyKeys(arrays.keySet().toArray(String[]::new));
        arrays.forEach((name, array) -> {
            WeightArray back = read.arrays().get(name);
            assertThat(back.rowMajorBytes()).as(name).isEqualTo(array.rowMajorBytes());
            assertThat(back.toString()).isEqualTo(array.toString());
        });
        assertThat(read.arrays().get("pi").doubles()).containsExactly(Math.PI, Double.MIN_VALUE, -0.0);
        assertThat(read.arrays().get("big").longs()).containsExactly(Long.MAX_VALUE, (1L << 53) + 1);
        assertThatThrownBy(() -> read.arrays().get("pi").longs()).hasMessage("array 'pi' holds F64, not integers");
    }

    @Test
    void aCheckpointFromPyTorchSurvives() throws IOException {
        Map<String, WeightArray> odd =
                PyTorchFile.read(Fixtures.path("odd_zip.pth")).stateDict();
        Path file = folder.resolve("odd.safetensors");
        SafeTensors.write(file, odd, Map.of("from", "odd_zip.pth"));
        SafeTensors read = SafeTensors.read(file);
        assertThat(read.metadata()).isEqualTo(Map.of("from", "odd_zip.pth"));
        Fixtures.odd().forEach((name, expected) -> {
            assertThat(read.arrays().get(name).shape()).as(name).isEqualTo(expected.shape());
            assertThat(read.arrays().get(name).doubles()).as(name).isEqualTo(expected.values());
        });
    }

    @Test
    void theGoldenFiguresAreReadable() throws IOException {
        Path golden = Path.of("../../shared/reference/ops.safetensors");
        Assumptions.assumeTrue(Files.exists(golden), "skipped: there is no " + golden + " beside the repository");
        Map<String, WeightArray> arrays = SafeTensors.read(golden).arrays();
        assertThat(arrays.keySet()).startsWith("conv2d0.x", "conv2d0.dx", "conv2d0.w");
        assertThat(arrays.get("conv2d0.x").shape()).containsExactly(3, 5, 6, 14);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}x | only spaces may follow
            ['a'] | must start with '{'
            {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]} | the JSON ends
            {'a':{'dtype':'F8_E4M3','shape':[4],'data_offsets':[0,4]}} | dtype 'F8_E4M3' is not supported; these are: [BOOL,
            {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}} | array 'a': shape [2] of F32 takes 8 bytes
            {'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}} | expected a whole number, not negative
            {'a':{'dtype':'F32','shape':[1.0],'data_offsets':[0,4]}} | expected ']', found '.'
            {'a':{'dtype':'F32','shape':[01],'data_offsets':[0,4]}} | expected a whole number
            {'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,4]}} | more than 2^31 elements
            {'a':{'dtype':'F32','shape':[99999999999999999999],'data_offsets':[0,4]}} | a number above 2^63
            {'a':{'dtype':'F32','shape':[1],'data_offsets':[4,0]}} | data_offsets [4, 0] do not hold that
            {'a':{'dtype':'F32','shape':[1]}} | must have dtype, shape and data_offsets
            {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4],'x':1}} | the field 'x' is unknown
            {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'a':{}} | the key 'a' stands twice
            {'a':{'dtype':'U8','shape':[3],'data_offsets':[1,4]}} | array 'a' begins at data offset 1, must begin at 0
            {'a':{'dtype':'U8','shape':[3],'data_offsets':[0,3]},'b':{'dtype':'U8','shape':[2],'data_offsets':[2,4]}} | must begin at 3
            {'a':{'dtype':'U8','shape':[3],'data_offsets':[0,3]}} | describes 3 bytes of data, the file has 4
            {'a':{'dtype':'U8','shape':[5],'data_offsets':[0,5]}} | describes 5 bytes of data, the file has 4
            {'__metadata__':{'a':1}} | expected '"'
            {'__metadata__':{},'__metadata__':{}} | stands twice
            {'\\ud800':{}} | half a surrogate pair
            """)
    void aWrongHeaderIsOneClearLine(String header, String problem) throws IOException {
        Path file = Files.write(
                folder.resolve("wrong.safetensors"), file(header.strip().replace('\'', '"'), 4));
        assertThatThrownBy(() -> SafeTensors.read(file))
                .isInstanceOf(WeightFileException.class)
                .hasMessageContaining("wrong.safetensors: safetensors header: ")
                .hasMessageContaining(problem.strip())
                .hasMessageNotContaining("\n");
    }

    @Test
    void aWrongLengthIsOneClearLine() throws IOException {
        byte[] bytes = file("{}", 0);
        bytes[7] = 0x7F;
        Path file = Files.write(folder.resolve("length.safetensors"), bytes);
        assertThatThrownBy(() -> SafeTensors.read(file))
                .hasMessageContaining("header length 9151314442816847880, must be 2 to 8");
        Path cut = Files.write(folder.resolve("cut.safetensors"), new byte[5]);
        assertThatThrownBy(() -> SafeTensors.read(cut)).hasMessageContaining("has 5 bytes");
    }

    @Test
    void aFailedWriteLeavesWhatWasThere() throws IOException {
        Path file = Files.writeString(folder.resolve("kept"), "old");
        assertThatThrownBy(() -> AtomicFile.write(file, out -> {
                    out.write(new byte[100_000]);
                    throw new IOException("disk full");
                }))
                .isInstanceOf(WeightFileException.class)
                .hasMessage(file + ": cannot be written: disk full");
        assertThat(file).hasContent("old");
        assertThat(folder.toFile().list()).containsExactly("kept");
        AtomicFile.write(file, out -> out.write("new".getBytes(StandardCharsets.UTF_8)));
        assertThat(file).hasContent("new");
        assertThat(folder.toFile().list()).containsExactly("kept");
    }

    @Test
    void aPlaceThatCannotBeWrittenIsOneClearLine() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> SafeTensors.write(file.resolve("x"), Map.of(), Map.of()))
                .hasMessage(file.resolve("x") + ": cannot be written: there is no folder " + file);
        assertThatThrownBy(() -> SafeTensors.write(folder.resolve("no/x"), Map.of(), Map.of()))
                .hasMessageEndingWith("cannot be written: there is no folder " + folder.resolve("no"));
        assertThatThrownBy(() -> SafeTensors.write(folder, Map.of(), Map.of()))
                .hasMessageContaining("cannot be written: it is a folder");
    }

    @Test
    void aLockedFolderIsOneClearLine() throws IOException {
        Path locked = Files.createDirectory(folder.resolve("locked"));
        Assumptions.assumeTrue(
                locked.toFile().setWritable(false) && !Files.isWritable(locked), "skipped: root may write anywhere");
        assertThatThrownBy(() -> SafeTensors.write(locked.resolve("x"), Map.of(), Map.of()))
                .hasMessageContaining("cannot be written: no permission to write into folder ");
    }

    private static byte[] file(String header, int dataBytes) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        int padded = (json.length + 7) / 8 * 8;
        ByteBuffer bytes = ByteBuffer.allocate(8 + padded + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(padded).put(json);
        while (bytes.position() < 8 + padded) {
            bytes.put((byte) ' ');
        }
        return bytes.array();
    }

    @Test
    void metadataStandInOneOrder() throws IOException {
        Path first = folder.resolve("first.safetensors");
        Path second = folder.resolve("second.safetensors");
        Map<String, String> up = new LinkedHashMap<>();
        Map<String, String> down = new LinkedHashMap<>();
        for (int i = 0; i < 5; i++) {
            up.put("key" + i, "value");
            down.put("key" + (4 - i), "value");
        }
        SafeTensors.write(first, Map.of(), up);
        SafeTensors.write(second, Map.of(), down);
        assertThat(first).hasSameBinaryContentAs(second);
    }
}
