package scgrad.experiments.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scgrad.nn.data.Dataset;

class CifarTest {
    @TempDir
    Path directory;

    /** A file of records whose label bytes are given by record and whose pixels are bytes counted up. */
    private static void write(Path file, int records, int labelBytes, int classes) throws IOException {
        byte[] content = new byte[records * (labelBytes + 3072)];
        int at = 0;
        for (int record = 0; record < records; record++) {
            for (int b = 0; b < labelBytes; b++) {
                content[at++] = (byte) (b == labelBytes - 1 ? record % classes : 19);
            }
            for (int i = 0; i < 3072; i++) {
                content[at++] = (byte) (record + i * 7 + i / 1024);
            }
        }
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    private Path cifar10(String file) {
        return directory.resolve("cifar-10-batches-bin").resolve(file);
    }

    private void writeCifar10Test() throws IOException {
        write(cifar10("test_batch.bin"), 10_000, 1, 10);
        Files.writeString(
                cifar10("batches.meta.txt"),
                "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n");
    }

    @Test
    void planesBecomeChannelsLast() throws IOException {
        writeCifar10Test();
        Dataset test = Cifar.read(Cifar.Kind.CIFAR10, directory, false);
        assertThat(test.name()).isEqualTo("cifar10 test");
        assertThat(test.size()).isEqualTo(10_000);
        assertThat(test.label(9_987)).isEqualTo(7);
        assertThat(test.classNames()).hasSize(10).contains("truck");
        float[] image = new float[3072 + 4];
        test.image(9_987, image, 4);
        for (int pixel = 0; pixel < 1024; pixel += 31) {
            for (int channel = 0; channel < 3; channel++) {
                int i = channel * 1024 + pixel;
                assertThat(image[4 + pixel * 3 + channel]).isEqualTo(((9_987 + i * 7 + channel) & 0xff) / 255f);
            }
        }
    }

    @Test
    void cifar100CountsTheFineLabel() throws IOException {
        Path folder = directory.resolve("cifar-100-binary");
        write(folder.resolve("test.bin"), 10_000, 2, 100);
        String names = IntStream.range(0, 100).mapToObj(i -> "class" + i).collect(Collectors.joining("\n"));
        Files.writeString(folder.resolve("fine_label_names.txt"), names);
        Dataset test = Cifar.read(Cifar.Kind.CIFAR100, directory, false);
        assertThat(test.size()).isEqualTo(10_000);
        assertThat(test.classes()).isEqualTo(100);
        assertThat(test.label(142)).isEqualTo(42);
        float[] image = new float[3072];
        test.image(142, image, 0);
        assertThat(image[0]).isEqualTo(142 / 255f);
    }

    @Test
    void aFileCutOffIsNamed() throws IOException {
        writeCifar10Test();
        try (RandomAccessFile file =
                new RandomAccessFile(cifar10("test_batch.bin").toFile(), "rw")) {
            file.setLength(30_729_999);
        }
        assertThatThrownBy(() -> Cifar.read(Cifar.Kind.CIFAR10, directory, false))
                .isInstanceOf(IOException.class)
                .hasMessage("cifar10: " + cifar10("test_batch.bin")
                        + " has 30729999 bytes, expected 30730000; download it again with ./scgrad data cifar10");
    }

    @Test
    void aMissingFileSaysHowToGetIt() {
        assertThatThrownBy(() -> Cifar.read(Cifar.Kind.CIFAR100, directory, true))
                .hasMessageContaining("train.bin is missing; download it with ./scgrad data cifar100")
                .hasMessageContaining("--data-dir");
    }

    @Test
    void aLabelOutOfRangeIsNamed() throws IOException {
        writeCifar10Test();
        try (RandomAccessFile file =
                new RandomAccessFile(cifar10("test_batch.bin").toFile(), "rw")) {
            file.seek(77 * 3073);
            file.write(200);
        }
        assertThatThrownBy(() -> Cifar.read(Cifar.Kind.CIFAR10, directory, false))
                .hasMessageContaining("has label 200 in record 77, expected 0..9");
    }

    @Test
    void aListOfTooFewClassesIsNamed() throws IOException {
        writeCifar10Test();
        Files.writeString(cifar10("batches.meta.txt"), "airplane\n");
        assertThatThrownBy(() -> Cifar.read(Cifar.Kind.CIFAR10, directory, false))
                .hasMessageContaining("batches.meta.txt names 1 classes, expected 10");
    }
}
