package scgrad.core.backend.cpu;

/**
 * The innermost products. Every element of c is one chain of fused multiply-adds over the depth, in order, so that all shapes and
 * vector widths give the same bits.
 */
interface Tiles {
    /** Columns of a packed panel. */
    int COLUMNS = 16;

    /** What {@link TileChoice} and users call it: rows, columns and vector width. */
    String name();

    /** Rows of a tile of {@link #product}. */
    int rows();

    /** Rows of a tile of {@link #outer}; divides 16. */
    int outerRows();

    /**
     * c[r][0..15] (+)= sum over p of a[r][p] * panel[p][0..15], for the rows r = first .. first + rows() - 1: row r of a is {@code runs} runs
     * of {@code depth} numbers, {@code runPitch} apart, of which the first begins at {@code aOffsets[r] + aShift}; row r of c begins at {@code
     * cOffsets[r] + cShift}. Rows may repeat: all are read before any is written.
     */
    void product(
            int runs,
            int runPitch,
            int depth,
            float[] a,
            int[] aOffsets,
            int aShift,
            int first,
            float[] panel,
            int panelOffset,
            float[] c,
            int[] cOffsets,
            int cShift,
            boolean accumulate);

    /**
     * c[i][0..15] (+)= sum over p of a[p][i] * b[p][0..15], for i = 0 .. outerRows() - 1, where rows of a and b are 16 long; row i of c
     * begins at {@code cOffset + i * cPitch}.
     */
    void outer(
            int depth,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            float[] c,
            int cOffset,
            int cPitch,
            boolean accumulate);

    /** a[p][0..15] = x[from + p * pitch ...], for p = 0 .. rows - 1, rows of a {@code aPitch} apart. */
    void gather(float[] x, int from, int pitch, int rows, float[] a, int aOffset, int aPitch);
}
