package scgrad.experiments.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.DataBufferByte;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.awt.image.SampleModel;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicReference;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import scgrad.nn.data.Box;

/** An image as it is shown: [H, W, 3], a byte for each of red, green and blue (sRGB). */
record Pixels(int height, int width, byte[] rgb) {
    /** How the JPEG decoder begins its warning when a file ends too early; the rest of the image is grey then. */
    private static final String TRUNCATED = "Truncated File";

    /**
     * Reads a JPEG or PNG of any colours: grey, palette, 16 bits, CMYK and YCCK. Transparency is left out: the colours are those that the
     * file holds, as in Pillow's {@code convert("RGB")}.
     *
     * @throws IOException with the reason alone, where the file holds no whole image
     */
    static Pixels read(Path file) throws IOException {
        try {
            return of(decode(file.toFile()));
        } catch (RuntimeException broken) {
            // Decoders throw any kind of unchecked exception over damaged files.
            throw new IOException(broken.toString(), broken);
        }
    }

    private static BufferedImage decode(File file) throws IOException {
        try (ImageInputStream in = ImageIO.createImageInputStream(file)) {
            if (in == null) {
                throw new IOException("cannot be opened");
            }
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new IOException("no JPEG or PNG image");
            }
            ImageReader reader = readers.next();
            try {
                AtomicReference<String> truncated = new AtomicReference<>();
                reader.addIIOReadWarningListener((source, warning) -> {
                    if (warning.startsWith(TRUNCATED)) {
                        truncated.set(warning);
                    }
                });
                reader.setInput(in, true, true);
                BufferedImage image = reader.read(0);
                if (truncated.get() != null) {
                    throw new IOException(truncated.get());
                }
                return image;
            } finally {
                reader.dispose();
            }
        }
    }

    static Pixels of(BufferedImage image) {
        int height = image.getHeight();
        int width = image.getWidth();
        byte[] rgb = new byte[height * width * 3];
        ColorSpace colors = image.getColorModel().getColorSpace();
        if (image.getType() == BufferedImage.TYPE_3BYTE_BGR && interleaved(image.getRaster())) {
            byte[] bgr = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
            for (int i = 0; i < rgb.length; i += 3) {
                rgb[i] = bgr[i + 2];
                rgb[i + 1] = bgr[i + 1];
                rgb[i + 2] = bgr[i];
            }
        } else if (colors.getType() == ColorSpace.TYPE_GRAY) {
            grey(image.getRaster(), rgb);
        } else {
            coloured(colors.isCS_sRGB() ? image : shown(image), rgb);
        }
        return new Pixels(height, width, rgb);
    }

    /** Whether the raster's bytes are the image's and nothing else. */
    private static boolean interleaved(Raster raster) {
        return raster.getSampleModel() instanceof PixelInterleavedSampleModel model
                && model.getScanlineStride() == 3 * raster.getWidth()
                && raster.getDataBuffer().getSize() == 3 * raster.getWidth() * raster.getHeight()
                && raster.getParent() == null;
    }

    /** getRGB would read grey samples as linear light and brighten them; files hold what is shown. */
    private static void grey(Raster raster, byte[] rgb) {
        SampleModel samples = raster.getSampleModel();
        float scale = 255f / ((1L << samples.getSampleSize(0)) - 1);
        float[] row = new float[raster.getWidth()];
        int at = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getSamples(raster.getMinX(), raster.getMinY() + y, row.length, 1, 0, row);
            for (float sample : row) {
                byte value = (byte) Math.round(sample * scale);
                rgb[at++] = value;
                rgb[at++] = value;
                rgb[at++] = value;
            }
        }
    }

    private static void coloured(BufferedImage image, byte[] rgb) {
        int[] row = new int[image.getWidth()];
        int at = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRGB(0, y, row.length, 1, row, 0, row.length);
            for (int pixel : row) {
                rgb[at++] = (byte) (pixel >> 16);
                rgb[at++] = (byte) (pixel >> 8);
                rgb[at++] = (byte) pixel;
            }
        }
    }

    /** From a colour profile of the file's own, all at once: pixel by pixel takes a hundred times as long. */
    private static BufferedImage shown(BufferedImage image) {
        BufferedImage standard = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
        return new ColorConvertOp(null).filter(image, standard);
    }

    /** A part as [H, W, 3] with values 0..255. */
    float[] part(Box box) {
        float[] part = new float[box.height() * box.width() * 3];
        int at = 0;
        for (int y = box.top(); y < box.top() + box.height(); y++) {
            int from = (y * width + box.left()) * 3;
            for (int i = from; i < from + box.width() * 3; i++) {
                part[at++] = rgb[i] & 0xff;
            }
        }
        return part;
    }
}
