package scgrad.core.backend.cpu;

/**
 * The loops of batch normalisation. Numbers lie in lines of {@code width}, a multiple of {@link #ALIGNMENT}, from {@code offset} on,
 * {@code count} in all; the last line may be shorter. A line is as many pixels as fill vectors. Vectors along a line begin at 0, and
 * results are stored from {@code out} on. Memory is read in order, line after line: walking down columns instead takes one cache line from
 * each pixel and reads a third as fast.
 */
interface NormLoops {
    /** Every vector's length divides it. */
    int ALIGNMENT = 16;

    /** Sum of each column. */
    void sums(float[] x, int offset, int count, int width, float[] sum, int out);

    /** Passed, which may be dy, gets dy where y is positive and 0 elsewhere; sum of each column of it. */
    void passedSums(float[] dy, float[] y, float[] passed, int offset, int count, int width, float[] sum, int out);

    /** y = x - centre. */
    void centre(float[] x, int offset, int count, int width, float[] centre, float[] y, int to);

    /**
     * Of each column the mean of its first numbers as {@code shift}, and the sums of x - shift and of its square. A variance that follows
     * loses little to cancellation, because the numbers of the shift count in it themselves: with four of n, at most a factor of 1 + n / 4.
     */
    void moments(float[] x, int offset, int count, int width, float[] shift, float[] sum, float[] squares, int out);

    /** Sums of dy and of dy * (x - mean), where scale is null or x * scale + shift positive, of each column. */
    void gradientSums(
            float[] x,
            float[] dy,
            int offset,
            int count,
            int width,
            float[] mean,
            float[] scale,
            float[] shift,
            float[] sum,
            float[] product,
            int out);

    /** The same sums where y is positive; passed, which may be dy, gets dy there and 0 elsewhere. */
    void gradientSums(
            float[] x,
            float[] dy,
            float[] y,
            float[] passed,
            int offset,
            int count,
            int width,
            float[] mean,
            float[] sum,
            float[] product,
            int out);

    /** y = act(x * scale + shift + residual); residual may be null; act is ReLU or nothing. */
    void scaleShift(
            float[] x,
            int offset,
            int count,
            int width,
            float[] scale,
            float[] shift,
            float[] residual,
            boolean relu,
            float[] y);

    /**
     * dx = a dy + b x + c, stored from {@code to} on, with dy zeroed where x * scale + shift is not positive; scale may be null; dx may be dy if
     * {@code to} is {@code offset}.
     */
    void normGradient(
            float[] x,
            float[] dy,
            int offset,
            int count,
            int width,
            float[] a,
            float[] b,
            float[] c,
            float[] scale,
            float[] shift,
            float[] dx,
            int to);
}
