package scgrad.core.backend.cpu;

/**
 * The inner loops of grouped convolutions with few channels per group, along slices of 16 output channels: every array of pixels here is
 * {@code [pixels][16]}.
 */
interface GroupLoops {
    int SLICE = 16;
    /** Pixels of one step of {@link #convolve}; outputs and addresses are filled up to a multiple. */
    int PIXELS = 6;
    /** Taps of one step of {@link #correlate}. */
    int TAPS = 5;

    /**
     * For each output channel its group's c-th input channel: {@code to[p][i] = x[from + p * pitch + (first + i) / outputs * inputs + c]} for
     * i below {@code width}, anything for the others.
     *
     * @param inputs channels per group
     * @param outputs channels per group
     */
    default void spread(
            float[] x,
            int from,
            int pitch,
            int pixels,
            int first,
            int width,
            int inputs,
            int outputs,
            int c,
            float[] to,
            int offset) {
        for (int i = 0; i < width; i++) {
            int in = from + (first + i) / outputs * inputs + c;
            for (int p = 0; p < pixels; p++) {
                to[offset + p * SLICE + i] = x[in + p * pitch];
            }
        }
    }

    /** {@code y[p] (+)= sum over taps t of x[addresses[p] + shifts[t]] * w[t]}, channel by channel; addresses count floats. */
    void convolve(
            int pixels,
            int taps,
            float[] x,
            int[] addresses,
            int[] shifts,
            float[] w,
            int wOffset,
            float[] y,
            boolean accumulate);

    /** Pixels of one step of {@link #convolveThree}. */
    int ROW = 4;

    /**
     * {@code y[j] (+)= sum over r and s = 0 .. 2 of x[from + r * rowPitch + (j + s) * 16] * w[3 r + s]} for j = 0 .. columns - 1, a multiple of
     * {@link #ROW}: taps that are neighbours, of which each loaded pixel serves three.
     */
    void convolveThree(
            int columns,
            int tapRows,
            float[] x,
            int from,
            int rowPitch,
            float[] w,
            int wOffset,
            float[] y,
            int to,
            boolean accumulate);

    /** {@code sum[t] (+)= sum over pixels p of x[addresses[p] + shifts[t]] * dy[p]}, channel by channel, for {@link #TAPS} taps from first on. */
    void correlate(
            int pixels,
            float[] x,
            int[] addresses,
            int[] shifts,
            int first,
            float[] dy,
            float[] sum,
            int sumOffset,
            boolean accumulate);
}
