package scgrad.experiments.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetsTest {
    @TempDir
    Path directory;

    @Test
    void contextOpensInAnySizeAndNumber() throws IOException {
        Datasets.Split split = Datasets.open(Datasets.Choice.of("context"));
        assertThat(split.train().size()).isEqualTo(5000);
        assertThat(split.test().size()).isEqualTo(2000);
        assertThat(split.normalization().name()).isEqualTo("context");
        Datasets.Split small =
                Datasets.open(Datasets.Choice.of("context").sized(48).limited(30, 20));
        assertThat(small.train().height()).isEqualTo(48);
        assertThat(small.train().size()).isEqualTo(30);
        assertThat(small.test().size()).isEqualTo(20);
    }

    @Test
    void aFolderIsFoundByPathOrInTheDataDirectory() throws IOException {
        for (String file : new String[] {"train/b/1.png", "train/b/2.png", "train/a/1.png", "val/a/1.png"}) {
            Path path = directory.resolve("mine").resolve(file);
            Files.createDirectories(path.getParent());
            ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", path.toFile());
        }
        Datasets.Split byPath = Datasets.open(
                Datasets.Choice.of(directory.resolve("mine").toString()).sized(8));
        assertThat(byPath.train().size()).isEqualTo(3);
        Datasets.Split byName =
                Datasets.open(Datasets.Choice.of("mine").in(directory).limited(2, 0));
        assertThat(byName.train().size()).isEqualTo(2);
        assertThat(byName.train().label(0)).isZero();
        assertThat(byName.train().label(1)).isEqualTo(1);
        assertThat(byName.train().height()).isEqualTo(64);
    }

    @Test
    void anUnknownNameGetsASuggestion() {
        assertThatThrownBy(() -> Datasets.open(Datasets.Choice.of("CIFAR-10")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "data: there is no 'CIFAR-10', did you mean 'cifar10'?; expected context, cifar10, cifar100,"
                                + " or a folder with train/<class> and val/<class>");
        assertThatThrownBy(() -> Datasets.open(Datasets.Choice.of("contxt")))
                .hasMessageContaining("did you mean 'context'?");
        assertThatThrownBy(() -> Datasets.open(Datasets.Choice.of("mnist"))).hasMessageNotContaining("did you mean");
        assertThatThrownBy(() -> Datasets.open(Datasets.Choice.of(directory.toString())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has no train folder");
    }

    @Test
    void figuresThatCannotWorkAreRefused() {
        assertThatThrownBy(() -> Datasets.open(Datasets.Choice.of("cifar10").sized(64)))
                .hasMessageContaining("cifar10: image size 64, its images are 32x32");
        assertThatThrownBy(() -> Datasets.Choice.of("context").limited(-1, 0)).hasMessageContaining("train images -1");
        assertThatThrownBy(() -> Datasets.open(Datasets.Choice.of("context").resized(40)))
                .hasMessageContaining("context: resize 40 is for folders of images");
    }

    @Test
    void aContactSheetShowsEveryClass() throws IOException {
        Context context = new Context(0, "train", 40, 32);
        Path file = directory.resolve("new/sheet.png");
        ContactSheet.write(context, 4, file);
        BufferedImage sheet = ImageIO.read(file.toFile());
        assertThat(sheet.getWidth()).isGreaterThan(4 * 96);
        assertThat(sheet.getHeight()).isGreaterThan(10 * 96);
        // The third image of class 1 stands enlarged by 3, with its own pixels.
        BufferedImage picture = ContactSheet.picture(context, 21);
        int left = 16 + 2 * (96 + 6);
        int top = 16 + (24 + 96 + 6) + 24;
        for (int y = 0; y < 32; y += 5) {
            for (int x = 0; x < 32; x += 5) {
                assertThat(sheet.getRGB(left + 3 * x + 1, top + 3 * y + 1)).isEqualTo(picture.getRGB(x, y));
            }
        }
    }
}
