package scgrad.core.backend.cpu;

import scgrad.core.array.Unary;

/**
 * Loops along contiguous numbers whose speed depends on vectors: functions of one number, and the channel loops of an image. Simpler
 * loops are plain Java, which C2 vectorises as well.
 *
 * <p>In channel loops an image is {@code rows} pixels of {@code channels} numbers that begin at {@code offset}; vectors over channels begin
 * at 0.
 */
interface Loops {
    /** One line: vector width, or why there is none. */
    String description();

    /** y = f(x) from index from to index to - 1. */
    void unary(Unary f, float parameter, float[] x, float[] y, int from, int to);

    /** dx = dy * f'(x); x may be y where the derivative comes from the value. */
    void unaryGradient(Unary f, float parameter, float[] x, float[] y, float[] dy, float[] dx, int from, int to);

    /** Mean and sum of squared deviations of each channel, stored from {@code out} on. */
    void moments(float[] x, int offset, int rows, int channels, float[] mean, float[] squares, int out);

    /** Sum of each channel, stored from {@code out} on. */
    void sums(float[] x, int offset, int rows, int channels, float[] sum, int out);

    /** y = act(x * scale + shift + residual); residual may be null; act is ReLU or nothing. */
    void scaleShift(
            float[] x,
            int offset,
            int rows,
            int channels,
            float[] scale,
            float[] shift,
            float[] residual,
            boolean relu,
            float[] y);

    /** y = act(y * scale + shift + residual) for {@code count} channels from {@code channel} on, which begin at {@code offset} of y. */
    void finish(
            float[] y,
            int offset,
            int count,
            float[] scale,
            float[] shift,
            int channel,
            float[] residual,
            boolean relu);

    /** Sums of dy and of dy * (x - mean), where y is null or positive, stored from {@code out} on. */
    void gradientSums(
            float[] x,
            float[] dy,
            float[] y,
            int offset,
            int rows,
            int channels,
            float[] mean,
            float[] sum,
            float[] product,
            int out);

    /** dx = a dy + b x + c with dy zeroed where y is not positive (y may be null), and that dy to dresidual if not null. */
    void normGradient(
            float[] x,
            float[] dy,
            float[] y,
            int offset,
            int rows,
            int channels,
            float[] a,
            float[] b,
            float[] c,
            float[] dx,
            float[] dresidual);

    /** y = a * sigmoid(b + up), count numbers; b may be null. */
    void gate(float[] a, float[] b, int offset, float[] up, int upOffset, float[] y, int count);

    /** The gradients of {@link #gate} by a and by the sigmoid's argument. */
    void gateGradient(
            float[] a, float[] b, int offset, float[] up, int upOffset, float[] dy, float[] da, float[] db, int count);

    /** Copies rows of {@code count} numbers between arrays of other pitches. */
    void copyRows(float[] x, int from, int xPitch, float[] y, int to, int yPitch, int rows, int count);

    /** Pixel at[j] of y += pixel j of x, for {@code pixels} pixels of {@code channels} numbers that begin at the offsets. */
    void addPixels(float[] x, int xOffset, int[] at, int pixels, int channels, float[] y, int yOffset);

    /** y += x * factor, count numbers. */
    void addScaled(float[] x, int xOffset, float factor, float[] y, int yOffset, int count);

    /** y = max(y, x), count numbers. */
    void max(float[] x, int xOffset, float[] y, int yOffset, int count);
}
