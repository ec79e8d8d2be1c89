package scgrad.core.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** 2 x 16 with 128-bit vectors (SSE with FMA, NEON): 8 accumulators, for 16 registers. Legend: see {@link ProductTile}. */
final class VectorProduct128x2x16 implements ProductTile {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_128;
    private static final int LANES = 4;

    @Override
    public int rows() {
        return 2;
    }

    @Override
    public int columns() {
        return 16;
    }

    @Override
    public void product(
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
            boolean accumulate) {
        int a0 = aOffsets[first + 0] + aShift;
        int a1 = aOffsets[first + 1] + aShift;
        int o0 = cOffsets[first + 0] + cShift;
        int o1 = cOffsets[first + 1] + cShift;
        FloatVector c00 = FloatVector.zero(SPECIES);
        FloatVector c01 = FloatVector.zero(SPECIES);
        FloatVector c02 = FloatVector.zero(SPECIES);
        FloatVector c03 = FloatVector.zero(SPECIES);
        FloatVector c10 = FloatVector.zero(SPECIES);
        FloatVector c11 = FloatVector.zero(SPECIES);
        FloatVector c12 = FloatVector.zero(SPECIES);
        FloatVector c13 = FloatVector.zero(SPECIES);
        if (accumulate) {
            c00 = FloatVector.fromArray(SPECIES, c, o0);
            c01 = FloatVector.fromArray(SPECIES, c, o0 + LANES);
            c02 = FloatVector.fromArray(SPECIES, c, o0 + 2 * LANES);
            c03 = FloatVector.fromArray(SPECIES, c, o0 + 3 * LANES);
            c10 = FloatVector.fromArray(SPECIES, c, o1);
            c11 = FloatVector.fromArray(SPECIES, c, o1 + LANES);
            c12 = FloatVector.fromArray(SPECIES, c, o1 + 2 * LANES);
            c13 = FloatVector.fromArray(SPECIES, c, o1 + 3 * LANES);
        }
        for (int run = 0; run < runs; run++) {
            for (int p = 0; p < depth; p++) {
                FloatVector b0 = FloatVector.fromArray(SPECIES, panel, panelOffset + p * Tiles.COLUMNS);
                FloatVector b1 = FloatVector.fromArray(SPECIES, panel, panelOffset + p * Tiles.COLUMNS + LANES);
                FloatVector b2 = FloatVector.fromArray(SPECIES, panel, panelOffset + p * Tiles.COLUMNS + 2 * LANES);
                FloatVector b3 = FloatVector.fromArray(SPECIES, panel, panelOffset + p * Tiles.COLUMNS + 3 * LANES);
                FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + p]);
                c00 = x0.fma(b0, c00);
                c01 = x0.fma(b1, c01);
                c02 = x0.fma(b2, c02);
                c03 = x0.fma(b3, c03);
                FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + p]);
                c10 = x1.fma(b0, c10);
                c11 = x1.fma(b1, c11);
                c12 = x1.fma(b2, c12);
                c13 = x1.fma(b3, c13);
            }
            panelOffset += depth * Tiles.COLUMNS;
            a0 += runPitch;
            a1 += runPitch;
        }
        c00.intoArray(c, o0);
        c01.intoArray(c, o0 + LANES);
        c02.intoArray(c, o0 + 2 * LANES);
        c03.intoArray(c, o0 + 3 * LANES);
        c10.intoArray(c, o1);
        c11.intoArray(c, o1 + LANES);
        c12.intoArray(c, o1 + 2 * LANES);
        c13.intoArray(c, o1 + 3 * LANES);
    }
}
