package scgrad.experiments.data;

/**
 * Resizes [H, W, 3] images with a triangle filter, separably. When it enlarges that is bilinear interpolation; when it shrinks, the
 * triangle widens with the factor so that every source pixel counts and nothing aliases (Pillow's "bilinear" does the same).
 */
final class Resize {
    private Resize() {}

    /** Which source pixels make a target pixel, and their weights: first[i], weights[i]. */
    private record Filter(int[] first, float[][] weights) {
        static Filter of(int from, int to) {
            double scale = (double) from / to;
            double reach = Math.max(1, scale);
            int[] first = new int[to];
            float[][] weights = new float[to][];
            for (int i = 0; i < to; i++) {
                double center = (i + .5) * scale;
                int low = Math.max(0, (int) Math.ceil(center - reach - .5));
                int high = Math.min(from - 1, (int) Math.floor(center + reach - .5));
                double[] raw = new double[high - low + 1];
                double sum = 0;
                for (int j = low; j <= high; j++) {
                    raw[j - low] = Math.max(0, 1 - Math.abs(j + .5 - center) / reach);
                    sum += raw[j - low];
                }
                first[i] = low;
                weights[i] = new float[raw.length];
                for (int j = 0; j < raw.length; j++) {
                    weights[i][j] = (float) (raw[j] / sum);
                }
            }
            return new Filter(first, weights);
        }
    }

    /** {@code image} [height, width, 3] as [toHeight, toWidth, 3]. */
    static float[] of(float[] image, int height, int width, int toHeight, int toWidth) {
        if (height == toHeight && width == toWidth) {
            return image;
        }
        Filter across = Filter.of(width, toWidth);
        Filter down = Filter.of(height, toHeight);
        float[] narrow = new float[height * toWidth * 3];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < toWidth; x++) {
                accumulate(
                        image, (y * width + across.first[x]) * 3, 3, across.weights[x], narrow, (y * toWidth + x) * 3);
            }
        }
        float[] result = new float[toHeight * toWidth * 3];
        for (int y = 0; y < toHeight; y++) {
            for (int x = 0; x < toWidth; x++) {
                int start = (down.first[y] * toWidth + x) * 3;
                accumulate(narrow, start, toWidth * 3, down.weights[y], result, (y * toWidth + x) * 3);
            }
        }
        return result;
    }

    private static void accumulate(float[] from, int start, int step, float[] weights, float[] into, int at) {
        float red = 0;
        float green = 0;
        float blue = 0;
        for (int i = 0; i < weights.length; i++) {
            int source = start + i * step;
            red += weights[i] * from[source];
            green += weights[i] * from[source + 1];
            blue += weights[i] * from[source + 2];
        }
        into[at] = red;
        into[at + 1] = green;
        into[at + 2] = blue;
    }
}
