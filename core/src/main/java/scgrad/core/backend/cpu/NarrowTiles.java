package scgrad.core.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The innermost products where there are at most 8 columns, as in the halves of a small self-calibrated convolution: a tile of 16 columns would
 * be half empty. 12 x 8 and, for kernel gradients, 8 x 8 with 256-bit vectors: 12 and 8 accumulators, which 16 registers hold. Panels and their
 * pitch of 16 are those of {@link Tiles}, and so are the bits. Legend: see {@link VectorTiles256}.
 */
final class NarrowTiles {
    /** Columns of a tile. */
    static final int COLUMNS = 8;

    /** Rows of a tile of {@link #product}. */
    static final int ROWS = 12;

    /** Rows of a tile of {@link #outer}. */
    static final int OUTER_ROWS = 8;

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_256;

    /** See {@link Tiles#product}, for 12 rows and 8 columns. */
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
            boolean accumulate) {
        int a0 = aOffsets[first + 0] + aShift;
        int a1 = aOffsets[first + 1] + aShift;
        int a2 = aOffsets[first + 2] + aShift;
        int a3 = aOffsets[first + 3] + aShift;
        int a4 = aOffsets[first + 4] + aShift;
        int a5 = aOffsets[first + 5] + aShift;
        int a6 = aOffsets[first + 6] + aShift;
        int a7 = aOffsets[first + 7] + aShift;
        int a8 = aOffsets[first + 8] + aShift;
        int a9 = aOffsets[first + 9] + aShift;
        int a10 = aOffsets[first + 10] + aShift;
        int a11 = aOffsets[first + 11] + aShift;
        FloatVector c0 = FloatVector.zero(SPECIES);
        FloatVector c1 = FloatVector.zero(SPECIES);
        FloatVector c2 = FloatVector.zero(SPECIES);
        FloatVector c3 = FloatVector.zero(SPECIES);
        FloatVector c4 = FloatVector.zero(SPECIES);
        FloatVector c5 = FloatVector.zero(SPECIES);
        FloatVector c6 = FloatVector.zero(SPECIES);
        FloatVector c7 = FloatVector.zero(SPECIES);
        FloatVector c8 = FloatVector.zero(SPECIES);
        FloatVector c9 = FloatVector.zero(SPECIES);
        FloatVector c10 = FloatVector.zero(SPECIES);
        FloatVector c11 = FloatVector.zero(SPECIES);
        if (accumulate) {
            c0 = FloatVector.fromArray(SPECIES, c, cOffsets[first + 0] + cShift);
            c1 = FloatVector.fromArray(SPECIES, c, cOffsets[first + 1] + cShift);
            c2 = FloatVector.fromArray(SPECIES, c, cOffsets[first + 2] + cShift);
            c3 = FloatVector.fromArray(SPECIES, c, cOffsets[first + 3] + cShift);
            c4 = FloatVector.fromArray(SPECIES, c, cOffsets[first + 4] + cShift);
            c5 = FloatVector.fromArray(SPECIES, c, cOffsets[first + 5] + cShift);
            c6 = FloatVector.fromArray(SPECIES, c, cOffsets[first + 6] + cShift);
            c7 = FloatVector.fromArray(SPECIES, c, cOffsets[first + 7] + cShift);
            c8 = FloatVector.fromArray(SPECIES, c, cOffsets[first + 8] + cShift);
            c9 = FloatVector.fromArray(SPECIES, c, cOffsets[first + 9] + cShift);
            c10 = FloatVector.fromArray(SPECIES, c, cOffsets[first + 10] + cShift);
            c11 = FloatVector.fromArray(SPECIES, c, cOffsets[first + 11] + cShift);
        }
        for (int run = 0; run < runs; run++) {
            for (int p = 0; p < depth; p++) {
                FloatVector b = FloatVector.fromArray(SPECIES, panel, panelOffset + p * Tiles.COLUMNS);
                c0 = FloatVector.broadcast(SPECIES, a[a0 + p]).fma(b, c0);
                c1 = FloatVector.broadcast(SPECIES, a[a1 + p]).fma(b, c1);
                c2 = FloatVector.broadcast(SPECIES, a[a2 + p]).fma(b, c2);
                c3 = FloatVector.broadcast(SPECIES, a[a3 + p]).fma(b, c3);
                c4 = FloatVector.broadcast(SPECIES, a[a4 + p]).fma(b, c4);
                c5 = FloatVector.broadcast(SPECIES, a[a5 + p]).fma(b, c5);
                c6 = FloatVector.broadcast(SPECIES, a[a6 + p]).fma(b, c6);
                c7 = FloatVector.broadcast(SPECIES, a[a7 + p]).fma(b, c7);
                c8 = FloatVector.broadcast(SPECIES, a[a8 + p]).fma(b, c8);
                c9 = FloatVector.broadcast(SPECIES, a[a9 + p]).fma(b, c9);
                c10 = FloatVector.broadcast(SPECIES, a[a10 + p]).fma(b, c10);
                c11 = FloatVector.broadcast(SPECIES, a[a11 + p]).fma(b, c11);
            }
            panelOffset += depth * Tiles.COLUMNS;
            a0 += runPitch;
            a1 += runPitch;
            a2 += runPitch;
            a3 += runPitch;
            a4 += runPitch;
            a5 += runPitch;
            a6 += runPitch;
            a7 += runPitch;
            a8 += runPitch;
            a9 += runPitch;
            a10 += runPitch;
            a11 += runPitch;
        }
        c0.intoArray(c, cOffsets[first + 0] + cShift);
        c1.intoArray(c, cOffsets[first + 1] + cShift);
        c2.intoArray(c, cOffsets[first + 2] + cShift);
        c3.intoArray(c, cOffsets[first + 3] + cShift);
        c4.intoArray(c, cOffsets[first + 4] + cShift);
        c5.intoArray(c, cOffsets[first + 5] + cShift);
        c6.intoArray(c, cOffsets[first + 6] + cShift);
        c7.intoArray(c, cOffsets[first + 7] + cShift);
        c8.intoArray(c, cOffsets[first + 8] + cShift);
        c9.intoArray(c, cOffsets[first + 9] + cShift);
        c10.intoArray(c, cOffsets[first + 10] + cShift);
        c11.intoArray(c, cOffsets[first + 11] + cShift);
    }

    /** See {@link Tiles#outer}, for 8 rows and 8 columns. */
    void outer(
            int depth,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            float[] c,
            int cOffset,
            int cPitch,
            boolean accumulate) {
        FloatVector c0 = FloatVector.zero(SPECIES);
        FloatVector c1 = FloatVector.zero(SPECIES);
        FloatVector c2 = FloatVector.zero(SPECIES);
        FloatVector c3 = FloatVector.zero(SPECIES);
        FloatVector c4 = FloatVector.zero(SPECIES);
        FloatVector c5 = FloatVector.zero(SPECIES);
        FloatVector c6 = FloatVector.zero(SPECIES);
        FloatVector c7 = FloatVector.zero(SPECIES);
        if (accumulate) {
            c0 = FloatVector.fromArray(SPECIES, c, cOffset + 0 * cPitch);
            c1 = FloatVector.fromArray(SPECIES, c, cOffset + 1 * cPitch);
            c2 = FloatVector.fromArray(SPECIES, c, cOffset + 2 * cPitch);
            c3 = FloatVector.fromArray(SPECIES, c, cOffset + 3 * cPitch);
            c4 = FloatVector.fromArray(SPECIES, c, cOffset + 4 * cPitch);
            c5 = FloatVector.fromArray(SPECIES, c, cOffset + 5 * cPitch);
            c6 = FloatVector.fromArray(SPECIES, c, cOffset + 6 * cPitch);
            c7 = FloatVector.fromArray(SPECIES, c, cOffset + 7 * cPitch);
        }
        for (int p = 0; p < depth; p++) {
            FloatVector row = FloatVector.fromArray(SPECIES, b, bOffset + p * Tiles.COLUMNS);
            c0 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 0])
                    .fma(row, c0);
            c1 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 1])
                    .fma(row, c1);
            c2 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 2])
                    .fma(row, c2);
            c3 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 3])
                    .fma(row, c3);
            c4 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 4])
                    .fma(row, c4);
            c5 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 5])
                    .fma(row, c5);
            c6 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 6])
                    .fma(row, c6);
            c7 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 7])
                    .fma(row, c7);
        }
        c0.intoArray(c, cOffset + 0 * cPitch);
        c1.intoArray(c, cOffset + 1 * cPitch);
        c2.intoArray(c, cOffset + 2 * cPitch);
        c3.intoArray(c, cOffset + 3 * cPitch);
        c4.intoArray(c, cOffset + 4 * cPitch);
        c5.intoArray(c, cOffset + 5 * cPitch);
        c6.intoArray(c, cOffset + 6 * cPitch);
        c7.intoArray(c, cOffset + 7 * cPitch);
    }

    /** a[p][0..7] = x[from + p * pitch ...], for p = 0 .. rows - 1, rows of a 16 apart. */
    void gather(float[] x, int from, int pitch, int rows, float[] a, int aOffset) {
        for (int p = 0; p < rows; p++) {
            FloatVector.fromArray(SPECIES, x, from + p * pitch).intoArray(a, aOffset + p * Tiles.COLUMNS);
        }
    }
}
