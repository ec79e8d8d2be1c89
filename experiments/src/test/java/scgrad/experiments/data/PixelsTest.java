package scgrad.experiments.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scgrad.nn.data.Box;

/** Files of every kind of colours that a folder of photographs may hold, each with colours that are known. */
class PixelsTest {
    private static final int SIDE = 32;
    /** Cyan, magenta, yellow and black of the four quarters, and what they show. */
    private static final int[][] INKS = {{0, 255, 255, 0}, {255, 0, 255, 0}, {0, 0, 0, 128}, {255, 255, 0, 51}};

    private static final int[][] SHOWN = {{255, 0, 0}, {0, 255, 0}, {127, 127, 127}, {0, 0, 204}};

    @TempDir
    Path folder;

    private interface Colors {
        int[] at(int quarter);
    }

    private static void fill(WritableRaster raster, Colors colors) {
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                raster.setPixel(x, y, colors.at(y / (SIDE / 2) * 2 + x / (SIDE / 2)));
            }
        }
    }

    private Path png(BufferedImage image) throws IOException {
        Path file = folder.resolve("image.png");
        assertThat(ImageIO.write(image, "png", file.toFile())).isTrue();
        return file;
    }

    private static int[] middle(Pixels pixels, int quarter) {
        int y = quarter / 2 * (SIDE / 2) + SIDE / 4;
        int x = quarter % 2 * (SIDE / 2) + SIDE / 4;
        int at = (y * SIDE + x) * 3;
        return new int[] {pixels.rgb()[at] & 0xff, pixels.rgb()[at + 1] & 0xff, pixels.rgb()[at + 2] & 0xff};
    }

    private static void assertShown(Path file, int[][] expected, int tolerance) throws IOException {
        Pixels pixels = Pixels.read(file);
        assertThat(pixels.height()).isEqualTo(SIDE);
        assertThat(pixels.width()).isEqualTo(SIDE);
        for (int quarter = 0; quarter < 4; quarter++) {
            int[] actual = middle(pixels, quarter);
            for (int c = 0; c < 3; c++) {
                assertThat(actual[c])
                        .as("quarter " + quarter + ": " + Arrays.toString(actual))
                        .isCloseTo(expected[quarter][c], within(tolerance));
            }
        }
    }

    /** As Adobe writes it: inks inverted, said by a marker whose last byte is the transform. */
    private byte[] adobe(Colors inks) throws IOException {
        ColorSpace four = new ColorSpace(ColorSpace.TYPE_CMYK, 4) {
            @Override
            public float[] toRGB(float[] inks) {
                throw new UnsupportedOperationException();
            }

            @Override
            public float[] fromRGB(float[] rgb) {
                throw new UnsupportedOperationException();
            }

            @Override
            public float[] toCIEXYZ(float[] inks) {
                throw new UnsupportedOperationException();
            }

            @Override
            public float[] fromCIEXYZ(float[] xyz) {
                throw new UnsupportedOperationException();
            }
        };
        ColorModel model = new ComponentColorModel(four, false, false, Transparency.OPAQUE, DataBuffer.TYPE_BYTE);
        WritableRaster raster = model.createCompatibleWritableRaster(SIDE, SIDE);
        fill(raster, inks);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(new BufferedImage(model, raster, false, null), null, null), null);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private static int transformByte(byte[] jpeg) {
        for (int i = 0; i < jpeg.length; i++) {
            if (jpeg[i] == 'A' && jpeg[i + 1] == 'd' && jpeg[i + 2] == 'o' && jpeg[i + 3] == 'b') {
                return i + 11;
            }
        }
        throw new AssertionError("no Adobe marker");
    }

    @Test
    void cmykShowsItsInksOnWhite() throws IOException {
        byte[] jpeg = adobe(quarter -> INKS[quarter]);
        assertThat(jpeg[transformByte(jpeg)]).isZero();
        Path file = Files.write(folder.resolve("cmyk.jpg"), jpeg);
        assertShown(file, SHOWN, 4);
    }

    @Test
    void ycckShowsItsInksOnWhite() throws IOException {
        byte[] jpeg = adobe(quarter -> {
            double c = INKS[quarter][0];
            double m = INKS[quarter][1];
            double y = INKS[quarter][2];
            // the file holds luma and differences of the inks; the writer inverts what it is given
            double luma = .299 * c + .587 * m + .114 * y;
            double blue = 128 + .564 * (y - luma);
            double red = 128 + .713 * (c - luma);
            return new int[] {
                255 - (int) Math.round(luma),
                255 - Math.clamp(Math.round(blue), 0, 255),
                255 - Math.clamp(Math.round(red), 0, 255),
                INKS[quarter][3]
            };
        });
        jpeg[transformByte(jpeg)] = 2;
        Path file = Files.write(folder.resolve("ycck.jpg"), jpeg);
        assertShown(file, SHOWN, 5);
    }

    @Test
    void sixteenBitsAreScaledDown() throws IOException {
        // not multiples of 257, whose low byte would be right by chance
        int[] levels = {30, 70 * 257 + 100, 100 * 257 - 90, 65535};
        BufferedImage grey = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_USHORT_GRAY);
        fill(grey.getRaster(), quarter -> new int[] {levels[quarter]});
        int[][] greys = {{0, 0, 0}, {70, 70, 70}, {100, 100, 100}, {255, 255, 255}};
        assertShown(png(grey), greys, 0);
        ColorModel model = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_sRGB), false, false, Transparency.OPAQUE, DataBuffer.TYPE_USHORT);
        WritableRaster raster = model.createCompatibleWritableRaster(SIDE, SIDE);
        fill(raster, quarter -> new int[] {levels[quarter], levels[(quarter + 1) % 4], levels[(quarter + 2) % 4]});
        int[][] colours = {{0, 70, 100}, {70, 100, 255}, {100, 255, 0}, {255, 0, 70}};
        assertShown(png(new BufferedImage(model, raster, false, null)), colours, 0);
    }

    @Test
    void palettesShowTheirColours() throws IOException {
        byte[] red = {(byte) 255, 0, 0, 40};
        byte[] green = {0, (byte) 200, 0, 50};
        byte[] blue = {0, 0, (byte) 150, 60};
        int[][] colours = {{255, 0, 0}, {0, 200, 0}, {0, 0, 150}, {40, 50, 60}};
        for (int bits : new int[] {2, 8}) {
            IndexColorModel palette = new IndexColorModel(bits, 4, red, green, blue);
            BufferedImage image = new BufferedImage(
                    SIDE, SIDE, bits == 2 ? BufferedImage.TYPE_BYTE_BINARY : BufferedImage.TYPE_BYTE_INDEXED, palette);
            fill(image.getRaster(), quarter -> new int[] {quarter});
            assertShown(png(image), colours, 0);
        }
    }

    @Test
    void transparencyIsLeftOutAndColoursStay() throws IOException {
        int[][] colours = {{255, 0, 0}, {0, 200, 0}, {0, 0, 150}, {40, 50, 60}};
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_ARGB);
        fill(image.getRaster(), quarter ->
                new int[] {colours[quarter][0], colours[quarter][1], colours[quarter][2], quarter * 85});
        assertShown(png(image), colours, 0);
        ColorModel model = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_GRAY),
                true,
                false,
                Transparency.TRANSLUCENT,
                DataBuffer.TYPE_BYTE);
        WritableRaster raster = model.createCompatibleWritableRaster(SIDE, SIDE);
        fill(raster, quarter -> new int[] {quarter * 60, 255 - quarter * 85});
        int[][] greys = {{0, 0, 0}, {60, 60, 60}, {120, 120, 120}, {180, 180, 180}};
        assertShown(png(new BufferedImage(model, raster, false, null)), greys, 0);
    }

    @Test
    void fewBitsOfGreyAreSpreadOverTheWholeRange() throws IOException {
        byte[] ramp = {0, 85, (byte) 170, (byte) 255};
        BufferedImage image = new BufferedImage(
                SIDE, SIDE, BufferedImage.TYPE_BYTE_BINARY, new IndexColorModel(2, 4, ramp, ramp, ramp));
        fill(image.getRaster(), quarter -> new int[] {quarter});
        int[][] greys = {{0, 0, 0}, {85, 85, 85}, {170, 170, 170}, {255, 255, 255}};
        assertShown(png(image), greys, 0);
    }

    /** What a profile of another kind of red, green and blue means is shown, not its numbers. */
    @Test
    void linearLightIsShownBrighter() {
        ColorModel linear = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_LINEAR_RGB),
                false,
                false,
                Transparency.OPAQUE,
                DataBuffer.TYPE_BYTE);
        WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, SIDE, SIDE, 3, null);
        fill(raster, quarter -> new int[] {55, 55, 55});
        Pixels pixels = Pixels.of(new BufferedImage(linear, raster, false, null));
        // 55/255 = .2157 of the light is .5019 on the sRGB curve
        assertThat(middle(pixels, 0)[0]).isCloseTo(128, within(2));
    }

    @Test
    void aFileThatEndsTooEarlyIsNoImage() throws IOException {
        BufferedImage noise = new BufferedImage(200, 150, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(1);
        for (int i = 0; i < 200 * 150; i++) {
            noise.setRGB(i % 200, i / 200, random.nextInt());
        }
        for (String format : new String[] {"jpeg", "png"}) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            ImageIO.write(noise, format, bytes);
            byte[] whole = bytes.toByteArray();
            Path file = Files.write(folder.resolve("whole." + format), whole);
            assertThat(Pixels.read(file).width()).isEqualTo(200);
            for (int length : new int[] {0, 40, whole.length / 2}) {
                Path cut = Files.write(folder.resolve("cut." + format), Arrays.copyOf(whole, length));
                assertThatThrownBy(() -> Pixels.read(cut))
                        .as(format + " cut at " + length)
                        .isInstanceOf(IOException.class)
                        .message()
                        .isNotBlank()
                        .doesNotContain("null");
            }
        }
    }

    @Test
    void aPartHasItsOwnPixels() {
        byte[] rgb = new byte[4 * 5 * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i + 180);
        }
        float[] part = new Pixels(4, 5, rgb).part(new Box(1, 2, 2, 2));
        int first = (5 + 2) * 3;
        int second = (10 + 2) * 3;
        for (int i = 0; i < 6; i++) {
            assertThat(part[i]).isEqualTo((first + i + 180) % 256);
            assertThat(part[6 + i]).isEqualTo((second + i + 180) % 256);
        }
    }
}
