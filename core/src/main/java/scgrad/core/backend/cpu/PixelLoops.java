package scgrad.core.backend.cpu;

/**
 * The loops of pooling and interpolation: between whole rows of an image, and between the pixels of two rows. What combines several rows
 * does that first, with full vectors along the row whatever the channels; only the smaller rest goes pixel by pixel. Pixels are
 * {@code channels} numbers, rows begin at the given offsets.
 */
interface PixelLoops {
    /** y = the sum of {@code rows} rows of {@code count} numbers that lie {@code pitch} apart. */
    void sumRows(float[] x, int from, int pitch, int rows, float[] y, int to, int count);

    /** y = the largest of {@code rows} rows of {@code count} numbers that lie {@code pitch} apart. */
    void maxRows(float[] x, int from, int pitch, int rows, float[] y, int to, int count);

    /** y = (1 - weight) * the row at low + weight * the row at high, count numbers. */
    void mixRows(float[] x, int low, int high, float weight, float[] y, int to, int count);

    /** y += x * factor, count numbers. */
    void addScaled(float[] x, int from, float factor, float[] y, int to, int count);

    /** Pixel j of y = the sum of pixels start[j] .. end[j]-1 of x over scale * divisor[j]. */
    void averagePixels(
            float[] x, int from, int[] start, int[] end, int[] divisor, int scale, int channels, float[] y, int to);

    /** Pixels start[j] .. end[j]-1 of y += pixel j of x over scale * divisor[j]. */
    void spreadPixels(
            float[] x, int from, int[] start, int[] end, int[] divisor, int scale, int channels, float[] y, int to);

    /** Pixel j of y = the largest of pixels start[j] .. end[j]-1 of x. */
    void maxPixels(float[] x, int from, int[] start, int[] end, int channels, float[] y, int to);

    /**
     * The gradient of max pooling by the input rows {@code first .. last-1} from one row of windows, which begins at {@code out} of y and dy.
     * The windows see input rows {@code top .. bottom-1}; row 0 begins at {@code image} of x and dx, where the gradient is added, and rows
     * lie {@code pitch} apart. It goes to the first number of a window that equals the largest, rows before {@code first} included.
     */
    void maxGradient(
            float[] x,
            float[] y,
            float[] dy,
            int out,
            int top,
            int bottom,
            int[] start,
            int[] end,
            int channels,
            float[] dx,
            int image,
            int pitch,
            int first,
            int last);

    /**
     * Adds boxes of x to y, {@code rows} rows of {@code count} numbers each: the boxes lie {@code xStep} apart in x, row behind row, and
     * {@code yStep} apart in y, rows {@code yPitch} apart, where they may overlap. Numbers behind a row of y may be read and written back, 15
     * at most.
     */
    void scatter(
            float[] x, int from, int xStep, int boxes, int rows, int count, float[] y, int to, int yStep, int yPitch);

    /** Pixel j of y = (1 - weight[j]) * pixel low[j] of x + weight[j] * pixel high[j]. */
    void mixPixels(float[] x, int from, int[] low, int[] high, double[] weight, int channels, float[] y, int to);

    /** Pixel low[j] of y += (1 - weight[j]) * pixel j of x, and pixel high[j] += weight[j] * pixel j. */
    void unmixPixels(float[] x, int from, int[] low, int[] high, double[] weight, int channels, float[] y, int to);
}
