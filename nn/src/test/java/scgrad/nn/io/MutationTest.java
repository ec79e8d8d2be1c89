package scgrad.nn.io;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
    private static final long MOST_NANOSECONDS = 1_000_000_000L;
    private static final int[] SHARP = {
        0x00, 0x01, 0x7F, 0x80, 0xFF, '(', ')', '.', '}', ']', 'Q', 'R', 'b', 't', 'u', 'h', 0x85, 0x94
    };

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
            Files.write(file, mutated(original, rng));
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
                entries.put(pickle, mutated(original, rng));
                Files.write(file, zip(entries, ZipEntry.STORED));
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
                Files.write(file, mutated(original, rng));
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
            Files.write(file, mutated(original, rng));
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

    private Map<String, String> check(Path file, Reader reader, int number) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().threadId();
        long bytes = threads.getThreadAllocatedBytes(thread);
        long start = System.nanoTime();
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
        assertThat(System.nanoTime() - start).as("time of mutation " + number).isLessThan(MOST_NANOSECONDS);
        assertThat(threads.getThreadAllocatedBytes(thread) - bytes)
                .as("memory of mutation " + number)
                .isLessThan(MOST_BYTES);
        return values;
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

    /** One to three damages of a kind that files suffer or that somebody makes. */
    private static byte[] mutated(byte[] original, Rng rng) {
        byte[] bytes = original.clone();
        for (int damages = 1 + rng.nextInt(3); damages > 0 && bytes.length > 16; damages--) {
            int at = rng.nextInt(bytes.length);
            int length = 1 + rng.nextInt(Math.min(40, bytes.length - at));
            switch (rng.nextInt(8)) {
                case 0 -> bytes = Arrays.copyOf(bytes, at);
                case 1, 2 -> bytes[at] ^= (byte) (1 << rng.nextInt(8));
                case 3 -> bytes[at] = (byte) SHARP[rng.nextInt(SHARP.length)];
                case 4 -> { // huge sizes
                    int size = rng.nextInt(2) == 0 ? 4 : 8;
                    for (int i = at; i < Math.min(bytes.length, at + size); i++) {
                        bytes[i] = (byte) (i == at + size - 1 ? 0x7F : 0xFF);
                    }
                }
                case 5 -> bytes = spliced(bytes, at, at, bytes, at, at + length); // a range twice
                case 6 -> bytes = spliced(bytes, at, at + length, bytes, 0, 0); // a range less
                default -> { // a range from elsewhere
                    int from = rng.nextInt(bytes.length - length + 1);
                    bytes = spliced(
                            bytes,
                            at,
                            at + length,
                            original,
                            Math.min(from, original.length - length),
                            Math.min(from, original.length - length) + length);
                }
            }
        }
        return bytes;
    }

    /** The bytes with those from start to before end replaced by a range of others. */
    private static byte[] spliced(byte[] bytes, int start, int end, byte[] other, int from, int to) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, start);
        out.write(other, from, to - from);
        out.write(bytes, end, bytes.length - end);
        return out.toByteArray();
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
