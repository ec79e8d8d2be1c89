package scgrad.core.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** 16 x 16 with 512-bit vectors, for a last single panel. */
final class VectorOuter512x16x16 implements OuterTile {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_512;
    /** Columns, and floats from row to row of c. */
    private static final int WIDTH = 16;

    @Override
    public int rows() {
        return 16;
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
        FloatVector c8 = FloatVector.fromArray(SPECIES, start, from + 8 * WIDTH);
        FloatVector c9 = FloatVector.fromArray(SPECIES, start, from + 9 * WIDTH);
        FloatVector c10 = FloatVector.fromArray(SPECIES, start, from + 10 * WIDTH);
        FloatVector c11 = FloatVector.fromArray(SPECIES, start, from + 11 * WIDTH);
        FloatVector c12 = FloatVector.fromArray(SPECIES, start, from + 12 * WIDTH);
        FloatVector c13 = FloatVector.fromArray(SPECIES, start, from + 13 * WIDTH);
        FloatVector c14 = FloatVector.fromArray(SPECIES, start, from + 14 * WIDTH);
        FloatVector c15 = FloatVector.fromArray(SPECIES, start, from + 15 * WIDTH);
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
            c8 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 8])
                    .fma(row, c8);
            c9 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 9])
                    .fma(row, c9);
            c10 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 10])
                    .fma(row, c10);
            c11 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 11])
                    .fma(row, c11);
            c12 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 12])
                    .fma(row, c12);
            c13 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 13])
                    .fma(row, c13);
            c14 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 14])
                    .fma(row, c14);
            c15 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 15])
                    .fma(row, c15);
        }
        c0.intoArray(c, cOffset);
        c1.intoArray(c, cOffset + 1 * WIDTH);
        c2.intoArray(c, cOffset + 2 * WIDTH);
        c3.intoArray(c, cOffset + 3 * WIDTH);
        c4.intoArray(c, cOffset + 4 * WIDTH);
        c5.intoArray(c, cOffset + 5 * WIDTH);
        c6.intoArray(c, cOffset + 6 * WIDTH);
        c7.intoArray(c, cOffset + 7 * WIDTH);
        c8.intoArray(c, cOffset + 8 * WIDTH);
        c9.intoArray(c, cOffset + 9 * WIDTH);
        c10.intoArray(c, cOffset + 10 * WIDTH);
        c11.intoArray(c, cOffset + 11 * WIDTH);
        c12.intoArray(c, cOffset + 12 * WIDTH);
        c13.intoArray(c, cOffset + 13 * WIDTH);
        c14.intoArray(c, cOffset + 14 * WIDTH);
        c15.intoArray(c, cOffset + 15 * WIDTH);
    }
}
