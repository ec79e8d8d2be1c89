package scgrad.core.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** 8 x 8 with 256-bit vectors, for at most 8 columns. */
final class VectorOuter256x8x8 implements OuterTile {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_256;
    /** Columns, and floats from row to row of c. */
    private static final int WIDTH = 8;

    @Override
    public int rows() {
        return 8;
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
        FloatVector c0 = FloatVector.fromArray(SPECIES, start, from);
        FloatVector c1 = FloatVector.fromArray(SPECIES, start, from + 1 * WIDTH);
        FloatVector c2 = FloatVector.fromArray(SPECIES, start, from + 2 * WIDTH);
        FloatVector c3 = FloatVector.fromArray(SPECIES, start, from + 3 * WIDTH);
        FloatVector c4 = FloatVector.fromArray(SPECIES, start, from + 4 * WIDTH);
        FloatVector c5 = FloatVector.fromArray(SPECIES, start, from + 5 * WIDTH);
        FloatVector c6 = FloatVector.fromArray(SPECIES, start, from + 6 * WIDTH);
        FloatVector c7 = FloatVector.fromArray(SPECIES, start, from + 7 * WIDTH);
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
        c0.intoArray(c, cOffset);
        c1.intoArray(c, cOffset + 1 * WIDTH);
        c2.intoArray(c, cOffset + 2 * WIDTH);
        c3.intoArray(c, cOffset + 3 * WIDTH);
        c4.intoArray(c, cOffset + 4 * WIDTH);
        c5.intoArray(c, cOffset + 5 * WIDTH);
        c6.intoArray(c, cOffset + 6 * WIDTH);
        c7.intoArray(c, cOffset + 7 * WIDTH);
    }
}
