package scgrad.nn.data;

/**
 * Resizes [H, W, C] images with a triangle filter, separably. When it enlarges that is bilinear interpolation; when it shrinks, the
 * triangle widens with the factor so that every source pixel counts and nothing aliases (Pillow's "bilinear" does the same).
 */
public final class Resize {
    private Resize() {}

    /** Which source pixels make a target pixel, and their weights: first[i], weights[i]. */
    private record Filter(int[] first, float[][] weights) {
        /** For {@code count} target pixels from {@code start} on, out of {@code to} that stand for {@code from} source pixels. */
        static Filter of(int from, int to, int start, int count) {
            double scale = (double) from / to;
            double reach = Math.max(1, scale);
            int[] first = new int[count];
            float[][] weights = new float[count][];
            for (int i = 0; i < count; i++) {
                double center = (start + i + .5) * scale;
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

        /** One past the last source pixel that counts. */
        int end() {
            int last = first.length - 1;
            return first[last] + weights[last].length;
        }
    }

    /** {@code image} [height, width, channels] as [toHeight, toWidth, channels]. */
    public static float[] of(float[] image, int height, int width, int channels, int toHeight, int toWidth) {
        if (height == toHeight && width == toWidth) {
            return image;
        }
        return of(image, height, width, channels, toHeight, toWidth, Box.whole(toHeight, toWidth));
    }

    /** The part {@code window} of what {@code image} resized to {@code toHeight} x {@code toWidth} is; the rest is not computed. */
    public static float[] of(
            float[] image, int height, int width, int channels, int toHeight, int toWidth, Box window) {
        Filter across = Filter.of(width, toWidth, window.left(), window.width());
        Filter down = Filter.of(height, toHeight, window.top(), window.height());
        int firstRow = down.first[0];
        int rows = down.end() - firstRow;
        int stride = window.width() * channels;
        float[] narrow = new float[rows * stride];
        for (int y = 0; y < rows; y++) {
            for (int x = 0; x < window.width(); x++) {
                int start = ((firstRow + y) * width + across.first[x]) * channels;
                accumulate(image, start, channels, across.weights[x], narrow, y * stride + x * channels, channels);
            }
        }
        float[] result = new float[window.height() * stride];
        for (int y = 0; y < window.height(); y++) {
            // along a row all values have the same weights, so the filter runs over whole rows
            accumulate(
                    narrow, (down.first[y] - firstRow) * stride, stride, down.weights[y], result, y * stride, stride);
        }
        return result;
    }

    /** {@code count} neighbouring values, each the weighted sum of those that lie {@code step} apart in {@code from}. */
    private static void accumulate(
            float[] from, int start, int step, float[] weights, float[] into, int at, int count) {
        for (int i = 0; i < weights.length; i++) {
            int source = start + i * step;
            float weight = weights[i];
            for (int j = 0; j < count; j++) {
                into[at + j] += weight * from[source + j];
            }
        }
    }
}
