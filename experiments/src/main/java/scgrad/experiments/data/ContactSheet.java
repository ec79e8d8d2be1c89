package scgrad.experiments.data;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import scgrad.experiments.report.Fonts;
import scgrad.nn.data.ClassOrder;
import scgrad.nn.data.Dataset;

/** Samples of a data set at a glance: one row a class, its name above its images. */
public final class ContactSheet {
    private static final int GAP = 6;
    private static final int CAPTION = 24;
    private static final int MARGIN = 16;
    /** Small images are enlarged by a whole factor to about this many pixels, so that their pixels stay square. */
    private static final int SHOWN = 96;
    /** More classes than this make a sheet nobody reads. */
    private static final int MOST_CLASSES = 100;

    private ContactSheet() {}

    /** Writes a PNG with the first {@code perClass} images of each class. */
    public static void write(Dataset dataset, int perClass, Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Fonts.require();
        if (!ImageIO.write(draw(dataset, perClass), "png", file.toFile())) {
            throw new IOException(file + ": this JDK writes no PNG");
        }
    }

    static BufferedImage draw(Dataset dataset, int perClass) {
        if (perClass < 1) {
            throw new IllegalArgumentException("contact sheet: " + perClass + " images a class, expected 1 or more");
        }
        List<List<Integer>> members = ClassOrder.members(dataset);
        int rows = Math.min(members.size(), MOST_CLASSES);
        int factor = Math.max(1, SHOWN / dataset.height());
        int width = dataset.width() * factor;
        int height = dataset.height() * factor;
        int rowHeight = CAPTION + height + GAP;
        BufferedImage sheet = new BufferedImage(
                2 * MARGIN + perClass * (width + GAP) - GAP, 2 * MARGIN + rows * rowHeight, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = sheet.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
        graphics.setColor(Color.DARK_GRAY);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 15));
        for (int label = 0; label < rows; label++) {
            int top = MARGIN + label * rowHeight;
            graphics.drawString(label + "  " + dataset.classNames().get(label), MARGIN, top + CAPTION - 7);
            List<Integer> indices = members.get(label);
            for (int i = 0; i < Math.min(perClass, indices.size()); i++) {
                BufferedImage image = picture(dataset, indices.get(i));
                graphics.drawImage(image, MARGIN + i * (width + GAP), top + CAPTION, width, height, null);
            }
        }
        graphics.dispose();
        return sheet;
    }

    /** One image of a data set as it would be shown; a single channel is shown as grey. */
    public static BufferedImage picture(Dataset dataset, int index) {
        float[] values = new float[dataset.imageLength()];
        dataset.image(index, values, 0);
        BufferedImage image = new BufferedImage(dataset.width(), dataset.height(), BufferedImage.TYPE_INT_RGB);
        int channels = dataset.channels();
        for (int y = 0; y < dataset.height(); y++) {
            for (int x = 0; x < dataset.width(); x++) {
                int at = (y * dataset.width() + x) * channels;
                int rgb = 0;
                for (int c = 0; c < 3; c++) {
                    float value = values[at + Math.min(c, channels - 1)];
                    rgb = rgb << 8 | Math.clamp(Math.round(value * 255), 0, 255);
                }
                image.setRGB(x, y, rgb);
            }
        }
        return image;
    }
}
