package scgrad.core.backend.cpu;

/**
 * The inner loops of grouped convolutions with few channels per group, along slices of 16 output channels: every array of pixels here is
 * {@code [pixels][16]}, and indices count floats. Pixels of y, dy and {@code before} begin at {@link CacheLine#FIRST}.
 *
 * <p>Either a slice's groups have their input channels side by side in one plane, {@code perGroup} each, and the loops bring the c-th of a group
 * to all its output channels ({@link #shared}); or there is one plane for each c, in which they stand already, and perGroup is 0.
 */
interface GroupLoops {
    int SLICE = 16;
    /** Rows and columns of a block of taps. */
    int BLOCK = 3;
    /** Pixels of one step of the convolution tap by tap. */
    int STEP = 8;
    /** Taps of one step of the gradient of the kernel tap by tap. */
    int TAPS = 9;

    /** The transforms of Winograd's filtering along groups. */
    GroupTransforms transforms();

    /** Whether groups of so many input and output channels share a plane. */
    boolean shared(int inputs, int outputs);

    /** Copies {@code width} channels of each pixel. */
    default void copy(int pixels, int width, float[] x, int from, int xPitch, float[] y, int to, int yPitch) {
        for (int p = 0; p < pixels; p++) {
            System.arraycopy(x, from + p * xPitch, y, to + p * yPitch, width);
        }
    }

    /**
     * A block of taps for 2 or 3 rows of outputs: {@code after[i, p] = before[i, p] + sum over r and s = 0 .. 2 of x[i + r, p + s] * w[r, s]} for
     * {@code p + 2 < pixels}. The two arrays may be one; the two pixels behind the last one of a row of {@code before} are read.
     *
     * @param afterPixelPitch floats from one pixel of {@code after} to the next
     */
    void convolve(
            int rows,
            int pixels,
            int perGroup,
            int c,
            float[] x,
            int from,
            int xPitch,
            float[] w,
            int wOffset,
            float[] before,
            int beforePitch,
            float[] after,
            int afterFrom,
            int afterPitch,
            int afterPixelPitch);

    /**
     * Any taps: {@code y[p] = sum over c < depth and taps t of x[c * planePitch + addresses[p] + shifts[t]] * w[c, t]} for a number of pixels
     * that is a multiple of {@link #STEP}.
     */
    void convolve(
            int pixels,
            int depth,
            int perGroup,
            int planePitch,
            int taps,
            float[] x,
            int[] addresses,
            int[] shifts,
            float[] w,
            int wOffset,
            float[] y);

    /**
     * A block of taps for all c below depth: {@code sum[c * sumPitch + (r, s)] += sum over pixels p of x[from + c * planePitch + r * xPitch, p] *
     * dy[p - s]}; dy is zero before its first pixel.
     */
    void correlate(
            int pixels,
            int depth,
            int perGroup,
            int planePitch,
            float[] x,
            int from,
            int xPitch,
            float[] dy,
            float[] sum,
            int sumOffset,
            int sumPitch);

    /** Any {@link #TAPS} taps from {@code first} on: {@code sum[t] += sum over pixels p of x[from + addresses[p] + shifts[t]] * dy[p]}. */
    void correlate(
            int pixels,
            int perGroup,
            int c,
            float[] x,
            int from,
            int[] addresses,
            int[] shifts,
            int first,
            float[] dy,
            float[] sum,
            int sumOffset);
}
