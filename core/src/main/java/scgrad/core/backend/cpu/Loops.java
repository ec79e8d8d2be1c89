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

    /** The loops of batch normalisation, of the same kind. */
    NormLoops norms();

    /** y = f(x) from index from to index to - 1. */
    void unary(Unary f, float parameter, float[] x, float[] y, int from, int to);

    /** dx = dy * f'(x); x may be y where the derivative comes from the value. */
    void unaryGradient(Unary f, float parameter, float[] x, float[] y, float[] dy, float[] dx, int from, int to);

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
