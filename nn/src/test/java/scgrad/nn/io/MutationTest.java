package scgrad.nn.io;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scgrad.core.Rng;

/**
 * Damaged and hostile files: each gives values or one clear error, in bounded time and memory. 2,000 files a format; {@code -Dscgrad.mutations=10000}
 * for more.
 */
class MutationTest {
    private static final int MUTATIONS = Integer.getInteger("scgrad.mutations", 2000);
    private static final long MOST_BYTES = 256L << 20;
    // of this thread's own work, so that a busy machine does not fail the test
    private static final long MOST_NANOSECONDS = 1_000_000_000L;

    @TempDir
    Path folder;

    private int refused;

    /** Reads a file and everything in it; returns a picture of the values. */
    private interface Reader {
        Map<String, String> read(Path file) throws WeightFileException;
    }

    @Test
    void zip() throws IOException {
        byte[] original = Files.readAllBytes(Fixtures.path("odd_zip.pth"));
        Path file = Files.write(folder.resolve("zip.pth"), original);
        Map<String, String> right = checkpoint(file);
        Rng rng = Rng.of(1).stream("zip");
        for (int i = 0; i < MUTATIONS; i++) {
            overwrite(file, Damage.of(original, rng));
            Map<String, String> values = check(file, MutationTest::checkpoint, i);
            // every byte that matters is under a checksum
            if (values != null) {
                assertThat(values).as("mutation " + i).isEqualTo(right);
            }
        }
        report("zip", MUTATIONS);
    }

    @Test
    void zipWithARightChecksumOverAWrongPickle() throws IOException {
        Rng rng = Rng.of(2).stream("pickle");
        for (String name : new String[] {"odd_zip.pth", "values_protocol4.pth"}) {
            Map<String, byte[]> entries = entries(Fixtures.path(name));
            String pickle = entries.keySet().stream()
                    .filter(key -> key.endsWith("data.pkl"))
                    .findFirst()
                    .orElseThrow();
            byte[] original = entries.get(pickle);
            Path file = folder.resolve(name);
            for (int i = 0; i < MUTATIONS / 2; i++) {
                entries.put(pickle, Damage.of(original, rng));
                overwrite(file, zip(entries, ZipEntry.STORED));
                check(file, MutationTest::checkpoint, i);
            }
        }
        report("pickle in a zip", MUTATIONS);
    }

    @Test
    void legacy() throws IOException {
        Rng rng = Rng.of(3).stream("legacy");
        for (String name : new String[] {"odd_legacy.pth", "values_legacy.pth"}) {
            byte[] original = Files.readAllBytes(Fixtures.path(name));
            Path file = folder.resolve(name);
            for (int i = 0; i < MUTATIONS / 2; i++) {
                overwrite(file, Damage.of(original, rng));
                check(file, MutationTest::checkpoint, i);
            }
        }
        report("legacy", MUTATIONS);
    }

    @Test
    void safetensors() throws IOException {
        Path file = folder.resolve("odd.safetensors");
        SafeTensors.write(file, PyTorchFile.read(Fixtures.path("odd_zip.pth")).stateDict(), Map.of("a", "b"));
        byte[] original = Files.readAllBytes(file);
        Rng rng = Rng.of(4).stream("safetensors");
        for (int i = 0; i < MUTATIONS; i++) {
            overwrite(file, Damage.of(original, rng));
            check(file, path -> picture(SafeTensors.read(path).arrays()), i);
        }
        report("safetensors", MUTATIONS);
    }

    @Test
    void zipBombs() throws IOException {
        Map<String, byte[]> entries = entries(Fixtures.path("odd_zip.pth"));
        Path file = folder.resolve("bomb.pth");
        entries.put("odd_zip/data/0", new byte[64 << 20]);
        Files.write(file, zip(entries, ZipEntry.DEFLATED));
        assertThat(Files.size(file)).isLessThan(1 << 20);
        assertThat(check(file, MutationTest::checkpoint, 0)).isNull();
        // a directory whose entries claim to be larger than the file, or to be the same bytes
        byte[] original = Files.readAllBytes(Fixtures.path("odd_zip.pth"));
        ByteBuffer bytes = ByteBuffer.wrap(original.clone()).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < original.length - 46; at++) {
            if (bytes.getInt(at) == 0x02014b50) {
                Files.write(
                        file,
                        ByteBuffer.wrap(original.clone())
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putInt(at + 20, -2)
                                .putInt(at + 24, -2)
                                .array());
                assertThat(check(file, MutationTest::checkpoint, at)).isNull();
                bytes.putInt(at + 42, 0);
            }
        }
        Files.write(file, bytes.array());
        assertThat(check(file, MutationTest::checkpoint, 1)).isNull();
        assertThat(refused).isEqualTo(13);
    }

    /** The most that one byte of a pickle can ask for, as often as the machine lets it. */
    @Test
    void manySmallObjects() throws IOException {
        Path file = folder.resolve("objects.pth");
        String[] repeated = {"}", "(", ")\u0085", "}\u0094", "\u008f", "]2\u0085"};
        for (int i = 0; i < repeated.length; i++) {
            Pickle pickle = new Pickle().protocol().operation(']').put(0);
            for (int count = 0; count < 2_100_000 / repeated[i].length(); count++) {
                repeated[i].chars().forEach(pickle::operation);
            }
            Files.write(file, pickle.legacyFile());
            assertThat(check(file, MutationTest::checkpoint, i)).as(repeated[i]).isNull();
        }
    }

    private Map<String, String> check(Path file, Reader reader, int number) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().threadId();
        long bytes = threads.getThreadAllocatedBytes(thread);
        long start = threads.getCurrentThreadCpuTime();
        Map<String, String> values = null;
        try {
            values = reader.read(file);
        } catch (WeightFileException refusal) {
            refused++;
            assertThat(refusal.getMessage())
                    .as("mutation " + number)
                    .startsWith(file + ": ")
                    .doesNotContain("\n")
                    .hasSizeLessThan(1000);
        } catch (RuntimeException | Error failure) {
            throw new AssertionError(
                    "mutation " + number + " of " + file + " gives another error than a WeightFileException", failure);
        }
        assertThat(threads.getCurrentThreadCpuTime() - start)
                .as("time of mutation " + number)
                .isLessThan(MOST_NANOSECONDS);
        assertThat(threads.getThreadAllocatedBytes(thread) - bytes)
                .as("memory of mutation " + number)
                .isLessThan(MOST_BYTES);
        return values;
    }

    /** Without emptying the file first, which takes most of the time of such a test on some file systems. */
    private static void overwrite(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), 0);
            channel.truncate(bytes.length);
        }
    }

    private void report(String format, int files) {
        assertThat(refused).as("refused").isBetween(files / 4, files);
        System.out.println("mutations of " + format + ": " + files + " files, " + refused + " refused, "
                + (files - refused) + " read");
    }

    private static Map<String, String> checkpoint(Path file) throws WeightFileException {
        return picture(PyTorchFile.read(file).stateDict());
    }

    private static Map<String, String> picture(Map<String, WeightArray> arrays) {
        Map<String, String> picture = new LinkedHashMap<>();
        arrays.forEach((name, array) -> {
            assertThat(array.doubles()).hasSize(array.count());
            CRC32 crc = new CRC32();
            crc.update(array.rowMajorBytes());
            picture.put(name, array + " " + crc.getValue());
        });
        return picture;
    }

    private static Map<String, byte[]> entries(Path file) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
            }
        }
        return entries;
    }

    private static byte[] zip(Map<String, byte[]> entries, int method) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setLevel(Deflater.BEST_COMPRESSION);
            for (Map.Entry<String, byte[]> named : entries.entrySet()) {
                ZipEntry entry = new ZipEntry(named.getKey());
                CRC32 crc = new CRC32();
                crc.update(named.getValue());
                entry.setMethod(method);
                entry.setSize(named.getValue().length);
                entry.setCrc(crc.getValue());
                zip.putNextEntry(entry);
                zip.write(named.getValue());
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }
}
