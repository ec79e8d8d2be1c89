package scgrad.core.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** 2 x 16 with 128-bit vectors: 8 accumulators. */
final class VectorOuter128x2x16 implements OuterTile {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_128;
    /** Columns, and floats from row to row of c. */
    private static final int WIDTH = 16;

    private static final int LANES = 4;

    @Override
    public int rows() {
        return 2;
    }

    @Override
    public int columns() {
        return WIDTH;
    }

    @Override
    public void outer(
            int depth,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            int bPitch,
            float[] c,
            int cOffset,
            boolean accumulate) {
        float[] start = accumulate ? c : Tiles.ZEROS;
        int from = accumulate ? cOffset : 0;
        FloatVector c00 = FloatVector.fromArray(SPECIES, start, from);
        FloatVector c01 = FloatVector.fromArray(SPECIES, start, from + LANES);
        FloatVector c02 = FloatVector.fromArray(SPECIES, start, from + 2 * LANES);
        FloatVector c03 = FloatVector.fromArray(SPECIES, start, from + 3 * LANES);
        FloatVector c10 = FloatVector.fromArray(SPECIES, start, from + 1 * WIDTH);
        FloatVector c11 = FloatVector.fromArray(SPECIES, start, from + 1 * WIDTH + LANES);
        FloatVector c12 = FloatVector.fromArray(SPECIES, start, from + 1 * WIDTH + 2 * LANES);
        FloatVector c13 = FloatVector.fromArray(SPECIES, start, from + 1 * WIDTH + 3 * LANES);
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, b, bOffset + p * Tiles.COLUMNS);
            FloatVector b1 = FloatVector.fromArray(SPECIES, b, bOffset + p * Tiles.COLUMNS + LANES);
            FloatVector b2 = FloatVector.fromArray(SPECIES, b, bOffset + p * Tiles.COLUMNS + 2 * LANES);
            FloatVector b3 = FloatVector.fromArray(SPECIES, b, bOffset + p * Tiles.COLUMNS + 3 * LANES);
            FloatVector x0 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 0]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            c02 = x0.fma(b2, c02);
            c03 = x0.fma(b3, c03);
            FloatVector x1 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 1]);
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            c12 = x1.fma(b2, c12);
            c13 = x1.fma(b3, c13);
        }
        c00.intoArray(c, cOffset);
        c01.intoArray(c, cOffset + LANES);
        c02.intoArray(c, cOffset + 2 * LANES);
        c03.intoArray(c, cOffset + 3 * LANES);
        c10.intoArray(c, cOffset + 1 * WIDTH);
        c11.intoArray(c, cOffset + 1 * WIDTH + LANES);
        c12.intoArray(c, cOffset + 1 * WIDTH + 2 * LANES);
        c13.intoArray(c, cOffset + 1 * WIDTH + 3 * LANES);
    }
}
