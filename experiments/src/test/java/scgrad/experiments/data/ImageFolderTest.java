package scgrad.experiments.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scgrad.nn.data.Batch;
import scgrad.nn.data.BatchLoader;
import scgrad.nn.data.Box;
import scgrad.nn.data.LoaderSettings;
import scgrad.nn.data.Normalization;
import scgrad.nn.data.Resize;

class ImageFolderTest {
    @TempDir
    Path folder;

    private void write(String file, int width, int height, Color color, int type, String format) throws IOException {
        BufferedImage image = new BufferedImage(width, height, type);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(color);
        graphics.fillRect(0, 0, width, height);
        graphics.dispose();
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        assertThat(ImageIO.write(image, format, path.toFile())).isTrue();
    }

    @BeforeEach
    void images() throws IOException {
        write("train/n02/b.JPEG", 60, 40, new Color(200, 100, 50), BufferedImage.TYPE_INT_RGB, "jpeg");
        write("train/n02/a.png", 30, 50, new Color(10, 20, 30), BufferedImage.TYPE_INT_ARGB, "png");
        write("train/n01/c.jpg", 20, 20, new Color(0, 0, 255), BufferedImage.TYPE_INT_RGB, "jpeg");
        write("val/n02/d.jpg", 20, 20, new Color(0, 255, 0), BufferedImage.TYPE_INT_RGB, "jpeg");
        Files.writeString(folder.resolve("train/n01/notes.txt"), "not an image");
    }

    private float[] image(ImageFolder dataset, int index) {
        float[] image = new float[dataset.imageLength()];
        dataset.image(index, image, 0);
        return image;
    }

    @Test
    void foldersAreClassesInAlphabeticalOrder() throws IOException {
        ImageFolder train = new ImageFolder(folder, "train", 16);
        assertThat(train.classNames()).containsExactly("n01", "n02");
        assertThat(train.size()).isEqualTo(3);
        assertThat(train.file(1)).hasFileName("a.png");
        assertThat(new int[] {train.label(0), train.label(1), train.label(2)}).containsExactly(0, 1, 1);
        assertThat(new ImageFolder(folder, "val", 16).label(0)).isEqualTo(1);
        float[] expected = {200, 100, 50};
        for (int round = 0; round < 2; round++) {
            float[] jpeg = image(train, 2);
            for (int i = 0; i < jpeg.length; i++) {
                assertThat(jpeg[i] * 255).isCloseTo(expected[i % 3], within(4f));
            }
        }
        assertThat(image(train, 1)).startsWith(10 / 255f, 20 / 255f, 30 / 255f);
    }

    @Test
    void greyBecomesColourWithoutBrightening() throws IOException {
        for (String format : new String[] {"png", "jpeg"}) {
            BufferedImage grey = new BufferedImage(10, 10, BufferedImage.TYPE_BYTE_GRAY);
            for (int i = 0; i < 100; i++) {
                grey.getRaster().setSample(i % 10, i / 10, 0, 100);
            }
            ImageIO.write(grey, format, folder.resolve("train/n01/a." + format).toFile());
            float[] image = image(new ImageFolder(folder, "train", 10), 0);
            for (float value : image) {
                assertThat(value * 255).isCloseTo(100, within(1.5f));
            }
            Files.delete(folder.resolve("train/n01/a." + format));
        }
    }

    @Test
    void theTwelveMonkeysReaderIsTheOneForJpeg() {
        ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
        assertThat(reader.getClass().getName()).startsWith("com.twelvemonkeys");
    }

    @Test
    void aDamagedFileIsNamedByTheLoader() throws IOException {
        byte[] jpeg = Files.readAllBytes(folder.resolve("train/n02/b.JPEG"));
        Path damaged = folder.resolve("train/n01/damaged.jpg");
        Files.write(damaged, Arrays.copyOf(jpeg, 40));
        ImageFolder train = new ImageFolder(folder, "train", 16);
        LoaderSettings settings = LoaderSettings.evaluation(4, Normalization.of("none"));
        try (BatchLoader loader = new BatchLoader(train, settings, 0);
                BatchLoader.Epoch batches = loader.epoch(0)) {
            assertThatThrownBy(batches::next)
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("cannot decode " + damaged);
        }
        Files.writeString(damaged, "<html>404</html>");
        assertThatThrownBy(() -> image(new ImageFolder(folder, "train", 16), 1))
                .hasMessageContaining("cannot decode " + damaged + " (no JPEG or PNG image)");
        Files.delete(damaged);
        try (BatchLoader loader = new BatchLoader(new ImageFolder(folder, "train", 16), settings, 0);
                BatchLoader.Epoch batches = loader.epoch(0)) {
            Batch batch = batches.next();
            assertThat(batch.size()).isEqualTo(3);
        }
    }

    @Test
    void whatIsMissingIsNamed() throws IOException {
        assertThatThrownBy(() -> new ImageFolder(folder.resolve("nowhere"), "train", 16))
                .hasMessageContaining("nowhere/train is missing");
        Files.createDirectories(folder.resolve("val/n09"));
        assertThatThrownBy(() -> new ImageFolder(folder, "val", 16)).hasMessageContaining("val/n09 is no class of");
    }

    @Test
    void shrinkingAveragesAndEnlargingInterpolates() {
        float[] stripes = new float[8 * 8 * 3];
        for (int i = 0; i < 64; i++) {
            for (int c = 0; c < 3; c++) {
                stripes[i * 3 + c] = i % 2 == 0 ? 0 : 100;
            }
        }
        float[] small = Resize.of(stripes, 8, 8, 3, 2, 2);
        for (float value : small) {
            // A filter that looked at every fourth pixel would see one colour only.
            assertThat(value).isBetween(40f, 60f);
        }
        float[] ramp = {0, 0, 0, 90, 90, 90};
        assertThat(Resize.of(ramp, 1, 2, 3, 1, 4))
                .containsExactly(
                        new float[] {0, 0, 0, 22.5f, 22.5f, 22.5f, 67.5f, 67.5f, 67.5f, 90, 90, 90}, within(1e-4f));
    }

    /** An image whose red says the column and whose green says the row, losslessly. */
    private void ramp(String file, int width, int height) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, x << 16 | y << 8);
            }
        }
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        ImageIO.write(image, "png", path.toFile());
    }

    /** Shorter side 40 to 20, so 60 to 30; of 30x20 the middle 16x16 begins at column 7, row 2; a pixel's middle lies at 2 (x + 7.5) - .5. */
    @Test
    void theMiddleIsTakenAfterTheShorterSideIsResized() throws IOException {
        ramp("val/n01/ramp.png", 60, 40);
        float[] image = image(new ImageFolder(folder, "val", 16, 20), 0);
        for (int y = 0; y < 16; y++) {
            for (int x = 0; x < 16; x++) {
                int at = (y * 16 + x) * 3;
                assertThat(image[at] * 255).isCloseTo(2 * (x + 7) + .5f, within(0.51f));
                assertThat(image[at + 1] * 255).isCloseTo(2 * (y + 2) + .5f, within(0.51f));
            }
        }
        // with the image size itself nothing of the shorter side is cut off: column 10 to 50, row 0 to 40
        float[] whole = image(new ImageFolder(folder, "val", 20), 0);
        assertThat(whole[0] * 255).isCloseTo(10.5f, within(0.51f));
        assertThat(whole[19 * 3] * 255).isCloseTo(48.5f, within(0.51f));
        assertThatThrownBy(() -> new ImageFolder(folder, "val", 16, 15))
                .hasMessageContaining("resize 15 is less than the image size 16");
    }

    @Test
    void aCropIsCutFromTheFilesOwnPixels() throws IOException {
        ramp("val/n01/ramp.png", 60, 40);
        ImageFolder val = new ImageFolder(folder, "val", 8);
        float[] into = new float[val.imageLength() + 1];
        val.image(
                0,
                (height, width) -> {
                    assertThat(height).isEqualTo(40);
                    assertThat(width).isEqualTo(60);
                    return new Box(30, 45, 8, 8);
                },
                into,
                1);
        for (int i = 0; i < 64; i++) {
            assertThat(into[1 + i * 3] * 255).isCloseTo(45 + i % 8, within(1e-3f));
            assertThat(into[1 + i * 3 + 1] * 255).isCloseTo(30 + i / 8, within(1e-3f));
        }
        // the whole image is as it was: two ways to look at one file
        assertThat(image(val, 0)).isEqualTo(image(new ImageFolder(folder, "val", 8), 0));
    }

    @Test
    void classesHaveReadableNamesFromAList() throws IOException {
        Path list = folder.resolve("classes.txt");
        Files.writeString(list, "n02 great white shark, man-eater\n\nn09\tnot here\n");
        ImageFolder train = new ImageFolder(folder, "train", 16);
        assertThat(train.classNames()).containsExactly("n01", "great white shark, man-eater");
        assertThat(train.label(1)).isEqualTo(1);
        Files.writeString(list, "n02\n");
        assertThatThrownBy(() -> new ImageFolder(folder, "train", 16))
                .hasMessageContaining(list + ", line 1: 'n02' has no name");
        Files.writeString(list, "n02 shark\nn02 tench\n");
        assertThatThrownBy(() -> new ImageFolder(folder, "train", 16))
                .hasMessageContaining(list + ", line 2: n02 has a name already");
    }

    @Test
    void brokenFilesAreLeftOutOnRequestOnly() throws IOException {
        byte[] jpeg = Files.readAllBytes(folder.resolve("train/n02/b.JPEG"));
        Path cut = folder.resolve("train/n01/a-cut.jpg");
        Path page = folder.resolve("train/n02/page.jpg");
        Files.write(cut, Arrays.copyOf(jpeg, jpeg.length / 2));
        Files.writeString(page, "<html>404</html>");
        Datasets.Choice choice = Datasets.Choice.of(folder.toString()).sized(16);
        Datasets.Split all = Datasets.open(choice);
        assertThat(all.train().size()).isEqualTo(5);
        assertThatThrownBy(() -> image((ImageFolder) all.train(), 0))
                .hasMessageContaining(cut.toString())
                .hasMessageContaining("--skip-broken");
        List<String> heard = new ArrayList<>();
        BrokenFiles.Listener listener = new BrokenFiles.Listener() {
            @Override
            public void onChecked(String dataset, int done, int total) {
                heard.add(dataset + " " + done + "/" + total);
            }

            @Override
            public void onBroken(BrokenFiles.Broken broken) {
                heard.add(broken.file() + " " + !broken.reason().isBlank());
            }
        };
        ImageFolder train =
                (ImageFolder) Datasets.open(choice.skipping(true), listener).train();
        String name = folder.getFileName().toString();
        assertThat(heard).containsExactly(name + " train 5/5", cut + " true", page + " true", name + " val 1/1");
        assertThat(train.size()).isEqualTo(3);
        assertThat(new int[] {train.label(0), train.label(1), train.label(2)}).containsExactly(0, 1, 1);
        assertThat(train.file(0)).hasFileName("c.jpg");
        for (int i = 0; i < 3; i++) {
            image(train, i);
        }
        Files.writeString(folder.resolve("val/n02/d.jpg"), "");
        assertThatThrownBy(() -> Datasets.open(choice.skipping(true)))
                .hasMessageContaining("val: none of its 1 images can be read");
    }

    @Test
    void imagesThatDoNotFitAreMadeAgainAndAreTheSame() {
        int[] made = new int[3];
        PixelCache cache = new PixelCache(3, 2 * 12);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 3; i++) {
                Pixels pixels = cache.get(i, index -> {
                    made[index]++;
                    return new Pixels(2, 2, new byte[12]);
                });
                assertThat(pixels.rgb()).hasSize(12);
            }
        }
        assertThat(made).containsExactly(1, 1, 3);
    }
}
