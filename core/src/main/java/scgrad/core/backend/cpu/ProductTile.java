package scgrad.core.backend.cpu;

/**
 * A block of a product in registers. Every element of c is one chain of fused multiply-adds over the depth, in order, so that all shapes and
 * vector widths give the same bits.
 *
 * <p>Legend: a rows, b one row of a packed panel, c the block in registers, o where its rows are stored, p the depth.
 *
 * <p>The trick of all vector tiles is to give C2 nothing to lose: the addresses are computed from the loop counter, every accumulator is
 * a local of its own, nothing is called, and the methods are too large to be inlined into their callers. A ReLU on the accumulators as a
 * maximum halved the speed of 8 x 32 (C2 spills), and behind the stores it waited for them ({@link VectorBlocks512x8x32} has another form). The
 * loops are written out once for each width and number of rows: the species must be a constant, and accumulators in an array would live in memory.
 */
interface ProductTile {
    int rows();

    /** 8, half a panel; 16, a panel; or 32, two neighbouring panels. */
    int columns();

    /**
     * c[r][0 .. columns - 1] = sum over p of a[r][p] * panel[p], added to c or not, for the rows r = first .. first + rows() - 1: row r of a is
     * {@code runs} runs of {@code depth} numbers, {@code runPitch} apart, of which the first begins at {@code aOffsets[r] + aShift}; row r of c
     * begins at {@code cOffsets[r] + cShift}; a second panel begins {@code panelPitch} behind the first. Rows may repeat: all are read before
     * any is written.
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
            int panelPitch,
            float[] c,
            int[] cOffsets,
            int cShift,
            boolean accumulate);

    /**
     * Blocks side by side: the same rows, of one run, times panels that follow each other {@code panelPitch} apart. Where a tile checks the
     * addresses of its rows once for all blocks, this is faster than a {@link #product} each.
     */
    default void products(
            int blocks,
            int depth,
            float[] a,
            int[] aOffsets,
            int aShift,
            int first,
            float[] panel,
            int panelOffset,
            int panelPitch,
            float[] c,
            int[] cOffsets,
            int cShift,
            boolean accumulate) {
        for (int block = 0; block < blocks; block++) {
            product(
                    1,
                    0,
                    depth,
                    a,
                    aOffsets,
                    aShift,
                    first,
                    panel,
                    panelOffset + block * Panels.count(columns()) * panelPitch,
                    panelPitch,
                    c,
                    cOffsets,
                    cShift + block * columns(),
                    accumulate);
        }
    }
}
