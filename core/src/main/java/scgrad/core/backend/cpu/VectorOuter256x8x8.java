package scgrad.core.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** 8 x 8 with 256-bit vectors, for at most 8 columns. */
final class VectorOuter256x8x8 implements OuterTile {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_256;

    @Override
    public int rows() {
        return 8;
    }

    @Override
    public int columns() {
        return 8;
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
        FloatVector c0 = FloatVector.zero(SPECIES);
        FloatVector c1 = FloatVector.zero(SPECIES);
        FloatVector c2 = FloatVector.zero(SPECIES);
        FloatVector c3 = FloatVector.zero(SPECIES);
        FloatVector c4 = FloatVector.zero(SPECIES);
        FloatVector c5 = FloatVector.zero(SPECIES);
        FloatVector c6 = FloatVector.zero(SPECIES);
        FloatVector c7 = FloatVector.zero(SPECIES);
        if (accumulate) {
            c0 = FloatVector.fromArray(SPECIES, c, o0);
            c1 = FloatVector.fromArray(SPECIES, c, o1);
            c2 = FloatVector.fromArray(SPECIES, c, o2);
            c3 = FloatVector.fromArray(SPECIES, c, o3);
            c4 = FloatVector.fromArray(SPECIES, c, o4);
            c5 = FloatVector.fromArray(SPECIES, c, o5);
            c6 = FloatVector.fromArray(SPECIES, c, o6);
            c7 = FloatVector.fromArray(SPECIES, c, o7);
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
        c0.intoArray(c, o0);
        c1.intoArray(c, o1);
        c2.intoArray(c, o2);
        c3.intoArray(c, o3);
        c4.intoArray(c, o4);
        c5.intoArray(c, o5);
        c6.intoArray(c, o6);
        c7.intoArray(c, o7);
    }
}
