package scgrad.core.backend.cpu;

/**
 * The transforms of Winograd's filtering along columns alone, for seven rows of taps and a stride of 2 ({@link StemConvolution}). Three outputs
 * meet six odd rows of the source with four taps, F(3, 4) at the points 0, 1, -1, 2, -2 and infinity, and five even rows with three taps, F(3, 3) at the same
 * points but -2. Both are summed at each point before the way back, which is the same for both:
 *
 * <pre>
 *   odd rows  B'  4  0 -5  0  1  0     even rows  B'  2 -1 -2  1  0     back  A'  1  1  1  1  1  0
 *                 0 -4 -4  1  1  0                    0 -2 -1  1  0               0  1 -1  2 -2  0
 *                 0  4 -4 -1  1  0                    0  2 -3  1  0               0  1  1  4  4  1
 *                 0 -2 -1  2  1  0                    0 -1  0  1  0
 *                 0  2 -1 -2  1  0                    -
 *                 0  4  0 -5  0  1                    0  2 -1 -2  1
 * </pre>
 */
interface StemTransforms {
    /** Rows of outputs. */
    int ROWS = 3;
    /** Rows of the source that they read, of which the first is odd. */
    int SOURCE_ROWS = 11;

    int POINTS = 6;
    /** The point that odd rows have alone. */
    int ODD_POINT = 4;

    /** G [6][4] of the first tap, the third, the fifth and the seventh. */
    float[][] ODD = {
        {1f / 4, 0, 0, 0},
        {-1f / 6, -1f / 6, -1f / 6, -1f / 6},
        {-1f / 6, 1f / 6, -1f / 6, 1f / 6},
        {1f / 24, 1f / 12, 1f / 6, 1f / 3},
        {1f / 24, -1f / 12, 1f / 6, -1f / 3},
        {0, 0, 0, 1}
    };

    /** G [6][3] of the others. */
    float[][] EVEN = {
        {1f / 2, 0, 0},
        {-1f / 2, -1f / 2, -1f / 2},
        {-1f / 6, 1f / 6, -1f / 6},
        {1f / 6, 1f / 3, 2f / 3},
        {0, 0, 0},
        {0, 0, 1}
    };

    /**
     * B' x of at least {@code count} numbers of eleven rows, up to {@link CacheLine#FLOATS} more: those of odd rows at point p in line 2p, those of even ones
     * in line 2p + 1.
     */
    void inputs(int count, float[] x, int from, int rowPitch, float[] lines, int to, int linePitch);

    /**
     * The first {@code rows} rows of A' m for each of the pixels, {@code m [6][pixels][filters]} from {@link CacheLine#FIRST} on, a multiple of 16
     * filters.
     */
    void outputs(int pixels, int filters, int rows, float[] m, float[] y, int to, int rowPitch, Epilogue epilogue);
}
