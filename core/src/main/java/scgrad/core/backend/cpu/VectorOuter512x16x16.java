package scgrad.core.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** 16 x 16 with 512-bit vectors, for a last single panel. */
final class VectorOuter512x16x16 implements OuterTile {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_512;

    @Override
    public int rows() {
        return 16;
    }

    @Override
    public int columns() {
        return 16;
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
            int cPitch,
            boolean accumulate) {
        int o0 = cOffset + 0 * cPitch;
        int o1 = cOffset + 1 * cPitch;
        int o2 = cOffset + 2 * cPitch;
        int o3 = cOffset + 3 * cPitch;
        int o4 = cOffset + 4 * cPitch;
        int o5 = cOffset + 5 * cPitch;
        int o6 = cOffset + 6 * cPitch;
        int o7 = cOffset + 7 * cPitch;
        int o8 = cOffset + 8 * cPitch;
        int o9 = cOffset + 9 * cPitch;
        int o10 = cOffset + 10 * cPitch;
        int o11 = cOffset + 11 * cPitch;
        int o12 = cOffset + 12 * cPitch;
        int o13 = cOffset + 13 * cPitch;
        int o14 = cOffset + 14 * cPitch;
        int o15 = cOffset + 15 * cPitch;
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
        FloatVector c12 = FloatVector.zero(SPECIES);
        FloatVector c13 = FloatVector.zero(SPECIES);
        FloatVector c14 = FloatVector.zero(SPECIES);
        FloatVector c15 = FloatVector.zero(SPECIES);
        if (accumulate) {
            c0 = FloatVector.fromArray(SPECIES, c, o0);
            c1 = FloatVector.fromArray(SPECIES, c, o1);
            c2 = FloatVector.fromArray(SPECIES, c, o2);
            c3 = FloatVector.fromArray(SPECIES, c, o3);
            c4 = FloatVector.fromArray(SPECIES, c, o4);
            c5 = FloatVector.fromArray(SPECIES, c, o5);
            c6 = FloatVector.fromArray(SPECIES, c, o6);
            c7 = FloatVector.fromArray(SPECIES, c, o7);
            c8 = FloatVector.fromArray(SPECIES, c, o8);
            c9 = FloatVector.fromArray(SPECIES, c, o9);
            c10 = FloatVector.fromArray(SPECIES, c, o10);
            c11 = FloatVector.fromArray(SPECIES, c, o11);
            c12 = FloatVector.fromArray(SPECIES, c, o12);
            c13 = FloatVector.fromArray(SPECIES, c, o13);
            c14 = FloatVector.fromArray(SPECIES, c, o14);
            c15 = FloatVector.fromArray(SPECIES, c, o15);
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
        c0.intoArray(c, o0);
        c1.intoArray(c, o1);
        c2.intoArray(c, o2);
        c3.intoArray(c, o3);
        c4.intoArray(c, o4);
        c5.intoArray(c, o5);
        c6.intoArray(c, o6);
        c7.intoArray(c, o7);
        c8.intoArray(c, o8);
        c9.intoArray(c, o9);
        c10.intoArray(c, o10);
        c11.intoArray(c, o11);
        c12.intoArray(c, o12);
        c13.intoArray(c, o13);
        c14.intoArray(c, o14);
        c15.intoArray(c, o15);
    }
}
