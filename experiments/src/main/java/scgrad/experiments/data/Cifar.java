package scgrad.experiments.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import scgrad.nn.data.Dataset;

/**
 * CIFAR-10 and CIFAR-100 from their official binary files, held in memory as bytes. A record is the label (in CIFAR-100 two: coarse,
 * then fine, and the fine one counts) and 3072 bytes: the red, green and blue planes of a 32x32 image.
 */
public final class Cifar implements Dataset {
    private static final int SIDE = 32;
    private static final int PLANE = SIDE * SIDE;
    private static final float[] UNIT = unit();

    /** One of the two data sets: where its files lie, and what is in them. */
    public enum Kind {
        CIFAR10("cifar10", "cifar-10-batches-bin", "batches.meta.txt", 10, 1),
        CIFAR100("cifar100", "cifar-100-binary", "fine_label_names.txt", 100, 2);

        private final String title;
        private final String folder;
        private final String classFile;
        private final int classes;
        private final int labelBytes;

        Kind(String title, String folder, String classFile, int classes, int labelBytes) {
            this.title = title;
            this.folder = folder;
            this.classFile = classFile;
            this.classes = classes;
            this.labelBytes = labelBytes;
        }

        /** The name on the command line. */
        public String title() {
            return title;
        }

        /** The folder that the official archive unpacks to. */
        public String folder() {
            return folder;
        }

        private int recordBytes() {
            return labelBytes + 3 * PLANE;
        }

        /** The files of the training or test images, with the number of records that each must hold. */
        private List<Part> parts(boolean train) {
            if (this == CIFAR100) {
                return List.of(train ? new Part("train.bin", 50_000) : new Part("test.bin", 10_000));
            }
            return train
                    ? List.of(
                            new Part("data_batch_1.bin", 10_000),
                            new Part("data_batch_2.bin", 10_000),
                            new Part("data_batch_3.bin", 10_000),
                            new Part("data_batch_4.bin", 10_000),
                            new Part("data_batch_5.bin", 10_000))
                    : List.of(new Part("test_batch.bin", 10_000));
        }
    }

    private record Part(String file, int records) {}

    private final Kind kind;
    private final boolean train;
    private final List<String> classNames;
    private final byte[] records;

    private Cifar(Kind kind, boolean train, List<String> classNames, byte[] records) {
        this.kind = kind;
        this.train = train;
        this.classNames = classNames;
        this.records = records;
    }

    /**
     * Reads the 50,000 training or 10,000 test images.
     *
     * @param directory the data directory, in which the archive was unpacked
     */
    public static Cifar read(Kind kind, Path directory, boolean train) throws IOException {
        Path folder = directory.resolve(kind.folder);
        List<Part> parts = kind.parts(train);
        // Sizes first: a file that is missing or cut off is reported before anything is read.
        for (Part part : parts) {
            checkSize(kind, folder.resolve(part.file), part.records);
        }
        List<String> classNames = classNames(kind, folder.resolve(kind.classFile));
        int total = parts.stream().mapToInt(Part::records).sum();
        byte[] records = new byte[total * kind.recordBytes()];
        int filled = 0;
        for (Part part : parts) {
            byte[] content = Files.readAllBytes(folder.resolve(part.file));
            checkLabels(kind, folder.resolve(part.file), content);
            System.arraycopy(content, 0, records, filled, content.length);
            filled += content.length;
        }
        return new Cifar(kind, train, classNames, records);
    }

    private static void checkSize(Kind kind, Path file, int expectedRecords) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(kind.title + ": " + file + " is missing; " + remedy(kind));
        }
        long expected = (long) expectedRecords * kind.recordBytes();
        if (Files.size(file) != expected) {
            throw new IOException(kind.title + ": " + file + " has " + Files.size(file) + " bytes, expected " + expected
                    + "; download it again with ./scgrad data " + kind.title);
        }
    }

    private static void checkLabels(Kind kind, Path file, byte[] content) throws IOException {
        for (int at = kind.labelBytes - 1; at < content.length; at += kind.recordBytes()) {
            int label = content[at] & 0xff;
            if (label >= kind.classes) {
                throw new IOException(kind.title + ": " + file + " has label " + label + " in record "
                        + at / kind.recordBytes() + ", expected 0.." + (kind.classes - 1)
                        + "; download it again with ./scgrad data " + kind.title);
            }
        }
    }

    private static List<String> classNames(Kind kind, Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(kind.title + ": " + file + " is missing; " + remedy(kind));
        }
        List<String> names = Files.readAllLines(file).stream()
                .filter(line -> !line.isBlank())
                .toList();
        if (names.size() != kind.classes) {
            throw new IOException(kind.title + ": " + file + " names " + names.size() + " classes, expected "
                    + kind.classes + "; download it again with ./scgrad data " + kind.title);
        }
        return names;
    }

    private static String remedy(Kind kind) {
        return "download it with ./scgrad data " + kind.title
                + ", or name its parent folder with --data-dir or SCGRAD_DATA";
    }

    @Override
    public String name() {
        return kind.title + (train ? " train" : " test");
    }

    @Override
    public int size() {
        return records.length / kind.recordBytes();
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public int classes() {
        return kind.classes;
    }

    @Override
    public int height() {
        return SIDE;
    }

    @Override
    public int width() {
        return SIDE;
    }

    @Override
    public int channels() {
        return 3;
    }

    @Override
    public int label(int index) {
        return records[index * kind.recordBytes() + kind.labelBytes - 1];
    }

    @Override
    public void image(int index, float[] into, int offset) {
        int red = index * kind.recordBytes() + kind.labelBytes;
        for (int pixel = 0; pixel < PLANE; pixel++) {
            into[offset + 3 * pixel] = UNIT[records[red + pixel] & 0xff];
            into[offset + 3 * pixel + 1] = UNIT[records[red + PLANE + pixel] & 0xff];
            into[offset + 3 * pixel + 2] = UNIT[records[red + 2 * PLANE + pixel] & 0xff];
        }
    }

    /** A byte's value in 0..1, looked up because a division a value is slower. */
    private static float[] unit() {
        float[] unit = new float[256];
        for (int value = 0; value < 256; value++) {
            unit[value] = value / 255f;
        }
        return unit;
    }
}
