package scgrad.experiments.inside;

import java.awt.image.BufferedImage;
import scgrad.core.array.Resampling;
import scgrad.scnet.HeatMap;

/**
 * How large something small is shown: by a whole factor, so that its pixels stay square.
 *
 * @param height in shown pixels
 * @param width in shown pixels
 */
record Enlargement(int height, int width) {
    /** Of an image to at least so many pixels; a larger one keeps its size. */
    static Enlargement of(int height, int width, int atLeast) {
        int factor = Math.ceilDiv(atLeast, Math.min(height, width));
        return new Enlargement(height * factor, width * factor);
    }

    BufferedImage of(BufferedImage image) {
        BufferedImage shown = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                shown.setRGB(x, y, image.getRGB(x * image.getWidth() / width, y * image.getHeight() / height));
            }
        }
        return shown;
    }

    /** A map's values 0..1 as colours, its places as squares. */
    BufferedImage of(HeatMap map) {
        HeatMap large = map.resized(Resampling.Mode.NEAREST, height, width);
        BufferedImage shown = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < height * width; i++) {
            shown.setRGB(i % width, i / width, Viridis.rgb(large.values()[i]));
        }
        return shown;
    }

    /** A map's values 0..1 as colours over a grey image; the colour covers more where the value is greater. */
    BufferedImage of(HeatMap map, BufferedImage image) {
        HeatMap large = map.resized(Resampling.Mode.BILINEAR, height, width);
        BufferedImage shown = of(image);
        for (int i = 0; i < height * width; i++) {
            double value = large.values()[i];
            int rgb = shown.getRGB(i % width, i / width);
            // Rec. 601
            int grey = (299 * (rgb >> 16 & 0xff) + 587 * (rgb >> 8 & 0xff) + 114 * (rgb & 0xff)) / 1000;
            shown.setRGB(i % width, i / width, Viridis.mix(grey * 0x010101, Viridis.rgb(value), .4 + .25 * value));
        }
        return shown;
    }
}
