package scgrad.core.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The innermost products with 256-bit vectors. Legend: a rows, b one packed panel row of 16 columns, c the tile in registers, o where
 * its rows are stored, p the depth.
 *
 * <p>The trick is to give C2 nothing to lose: the addresses are computed from the loop counter, every accumulator is a local of its
 * own, nothing is called, and the methods are too large to be inlined into their callers. Measured on a Zen 4 core (256-bit FMA limit
 * 118 GFLOP/s), depth 256: 6 x 16 gives 113 GFLOP/s, 4 x 16 gives 106, 8 x 16 gives 89 (C2 spills). Six rows need more than 16
 * registers, so they are used where the CPU has 32 (AVX-512VL). {@link #outer} with 4 x 16 gives 101; 8 x 16 with 512-bit vectors 83.
 */
final class VectorTiles implements Tiles {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_256;
    private static final int LANES = 8;

    private final int rows;

    /** @param rows 4 or 6 */
    VectorTiles(int rows) {
        this.rows = rows;
    }

    @Override
    public int rows() {
        return rows;
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
            float[] c,
            int[] cOffsets,
            int cShift,
            boolean accumulate) {
        if (rows == 6) {
            product6(
                    runs,
                    runPitch,
                    depth,
                    a,
                    aOffsets,
                    aShift,
                    first,
                    panel,
                    panelOffset,
                    c,
                    cOffsets,
                    cShift,
                    accumulate);
        } else {
            product4(
                    runs,
                    runPitch,
                    depth,
                    a,
                    aOffsets,
                    aShift,
                    first,
                    panel,
                    panelOffset,
                    c,
                    cOffsets,
                    cShift,
                    accumulate);
        }
    }

    private static void product6(
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
        int o0 = cOffsets[first + 0] + cShift;
        int o1 = cOffsets[first + 1] + cShift;
        int o2 = cOffsets[first + 2] + cShift;
        int o3 = cOffsets[first + 3] + cShift;
        int o4 = cOffsets[first + 4] + cShift;
        int o5 = cOffsets[first + 5] + cShift;
        FloatVector c00 = FloatVector.zero(SPECIES);
        FloatVector c01 = FloatVector.zero(SPECIES);
        FloatVector c10 = FloatVector.zero(SPECIES);
        FloatVector c11 = FloatVector.zero(SPECIES);
        FloatVector c20 = FloatVector.zero(SPECIES);
        FloatVector c21 = FloatVector.zero(SPECIES);
        FloatVector c30 = FloatVector.zero(SPECIES);
        FloatVector c31 = FloatVector.zero(SPECIES);
        FloatVector c40 = FloatVector.zero(SPECIES);
        FloatVector c41 = FloatVector.zero(SPECIES);
        FloatVector c50 = FloatVector.zero(SPECIES);
        FloatVector c51 = FloatVector.zero(SPECIES);
        if (accumulate) {
            c00 = FloatVector.fromArray(SPECIES, c, o0);
            c01 = FloatVector.fromArray(SPECIES, c, o0 + LANES);
            c10 = FloatVector.fromArray(SPECIES, c, o1);
            c11 = FloatVector.fromArray(SPECIES, c, o1 + LANES);
            c20 = FloatVector.fromArray(SPECIES, c, o2);
            c21 = FloatVector.fromArray(SPECIES, c, o2 + LANES);
            c30 = FloatVector.fromArray(SPECIES, c, o3);
            c31 = FloatVector.fromArray(SPECIES, c, o3 + LANES);
            c40 = FloatVector.fromArray(SPECIES, c, o4);
            c41 = FloatVector.fromArray(SPECIES, c, o4 + LANES);
            c50 = FloatVector.fromArray(SPECIES, c, o5);
            c51 = FloatVector.fromArray(SPECIES, c, o5 + LANES);
        }
        for (int run = 0; run < runs; run++) {
            for (int p = 0; p < depth; p++) {
                FloatVector b0 = FloatVector.fromArray(SPECIES, panel, panelOffset + p * COLUMNS);
                FloatVector b1 = FloatVector.fromArray(SPECIES, panel, panelOffset + p * COLUMNS + LANES);
                FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + p]);
                c00 = x0.fma(b0, c00);
                c01 = x0.fma(b1, c01);
                FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + p]);
                c10 = x1.fma(b0, c10);
                c11 = x1.fma(b1, c11);
                FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + p]);
                c20 = x2.fma(b0, c20);
                c21 = x2.fma(b1, c21);
                FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + p]);
                c30 = x3.fma(b0, c30);
                c31 = x3.fma(b1, c31);
                FloatVector x4 = FloatVector.broadcast(SPECIES, a[a4 + p]);
                c40 = x4.fma(b0, c40);
                c41 = x4.fma(b1, c41);
                FloatVector x5 = FloatVector.broadcast(SPECIES, a[a5 + p]);
                c50 = x5.fma(b0, c50);
                c51 = x5.fma(b1, c51);
            }
            panelOffset += depth * COLUMNS;
            a0 += runPitch;
            a1 += runPitch;
            a2 += runPitch;
            a3 += runPitch;
            a4 += runPitch;
            a5 += runPitch;
        }
        c00.intoArray(c, o0);
        c01.intoArray(c, o0 + LANES);
        c10.intoArray(c, o1);
        c11.intoArray(c, o1 + LANES);
        c20.intoArray(c, o2);
        c21.intoArray(c, o2 + LANES);
        c30.intoArray(c, o3);
        c31.intoArray(c, o3 + LANES);
        c40.intoArray(c, o4);
        c41.intoArray(c, o4 + LANES);
        c50.intoArray(c, o5);
        c51.intoArray(c, o5 + LANES);
    }

    private static void product4(
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
        int o0 = cOffsets[first + 0] + cShift;
        int o1 = cOffsets[first + 1] + cShift;
        int o2 = cOffsets[first + 2] + cShift;
        int o3 = cOffsets[first + 3] + cShift;
        FloatVector c00 = FloatVector.zero(SPECIES);
        FloatVector c01 = FloatVector.zero(SPECIES);
        FloatVector c10 = FloatVector.zero(SPECIES);
        FloatVector c11 = FloatVector.zero(SPECIES);
        FloatVector c20 = FloatVector.zero(SPECIES);
        FloatVector c21 = FloatVector.zero(SPECIES);
        FloatVector c30 = FloatVector.zero(SPECIES);
        FloatVector c31 = FloatVector.zero(SPECIES);
        if (accumulate) {
            c00 = FloatVector.fromArray(SPECIES, c, o0);
            c01 = FloatVector.fromArray(SPECIES, c, o0 + LANES);
            c10 = FloatVector.fromArray(SPECIES, c, o1);
            c11 = FloatVector.fromArray(SPECIES, c, o1 + LANES);
            c20 = FloatVector.fromArray(SPECIES, c, o2);
            c21 = FloatVector.fromArray(SPECIES, c, o2 + LANES);
            c30 = FloatVector.fromArray(SPECIES, c, o3);
            c31 = FloatVector.fromArray(SPECIES, c, o3 + LANES);
        }
        for (int run = 0; run < runs; run++) {
            for (int p = 0; p < depth; p++) {
                FloatVector b0 = FloatVector.fromArray(SPECIES, panel, panelOffset + p * COLUMNS);
                FloatVector b1 = FloatVector.fromArray(SPECIES, panel, panelOffset + p * COLUMNS + LANES);
                FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + p]);
                c00 = x0.fma(b0, c00);
                c01 = x0.fma(b1, c01);
                FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + p]);
                c10 = x1.fma(b0, c10);
                c11 = x1.fma(b1, c11);
                FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + p]);
                c20 = x2.fma(b0, c20);
                c21 = x2.fma(b1, c21);
                FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + p]);
                c30 = x3.fma(b0, c30);
                c31 = x3.fma(b1, c31);
            }
            panelOffset += depth * COLUMNS;
            a0 += runPitch;
            a1 += runPitch;
            a2 += runPitch;
            a3 += runPitch;
        }
        c00.intoArray(c, o0);
        c01.intoArray(c, o0 + LANES);
        c10.intoArray(c, o1);
        c11.intoArray(c, o1 + LANES);
        c20.intoArray(c, o2);
        c21.intoArray(c, o2 + LANES);
        c30.intoArray(c, o3);
        c31.intoArray(c, o3 + LANES);
    }

    @Override
    public int outerRows() {
        return 4;
    }

    @Override
    public void outer(
            int depth,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            float[] c,
            int cOffset,
            int cPitch,
            boolean accumulate) {
        int o0 = cOffset + 0 * cPitch;
        int o1 = cOffset + 1 * cPitch;
        int o2 = cOffset + 2 * cPitch;
        int o3 = cOffset + 3 * cPitch;
        FloatVector c00 = FloatVector.zero(SPECIES);
        FloatVector c01 = FloatVector.zero(SPECIES);
        FloatVector c10 = FloatVector.zero(SPECIES);
        FloatVector c11 = FloatVector.zero(SPECIES);
        FloatVector c20 = FloatVector.zero(SPECIES);
        FloatVector c21 = FloatVector.zero(SPECIES);
        FloatVector c30 = FloatVector.zero(SPECIES);
        FloatVector c31 = FloatVector.zero(SPECIES);
        if (accumulate) {
            c00 = FloatVector.fromArray(SPECIES, c, o0);
            c01 = FloatVector.fromArray(SPECIES, c, o0 + LANES);
            c10 = FloatVector.fromArray(SPECIES, c, o1);
            c11 = FloatVector.fromArray(SPECIES, c, o1 + LANES);
            c20 = FloatVector.fromArray(SPECIES, c, o2);
            c21 = FloatVector.fromArray(SPECIES, c, o2 + LANES);
            c30 = FloatVector.fromArray(SPECIES, c, o3);
            c31 = FloatVector.fromArray(SPECIES, c, o3 + LANES);
        }
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, b, bOffset + p * COLUMNS);
            FloatVector b1 = FloatVector.fromArray(SPECIES, b, bOffset + p * COLUMNS + LANES);
            FloatVector x0 = FloatVector.broadcast(SPECIES, a[aOffset + p * COLUMNS + 0]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector x1 = FloatVector.broadcast(SPECIES, a[aOffset + p * COLUMNS + 1]);
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            FloatVector x2 = FloatVector.broadcast(SPECIES, a[aOffset + p * COLUMNS + 2]);
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            FloatVector x3 = FloatVector.broadcast(SPECIES, a[aOffset + p * COLUMNS + 3]);
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
        }
        c00.intoArray(c, o0);
        c01.intoArray(c, o0 + LANES);
        c10.intoArray(c, o1);
        c11.intoArray(c, o1 + LANES);
        c20.intoArray(c, o2);
        c21.intoArray(c, o2 + LANES);
        c30.intoArray(c, o3);
        c31.intoArray(c, o3 + LANES);
    }

    @Override
    public void gather(float[] x, int from, int pitch, int rows, float[] a, int aOffset, int aPitch) {
        for (int p = 0; p < rows; p++) {
            FloatVector.fromArray(SPECIES, x, from + p * pitch).intoArray(a, aOffset + p * aPitch);
            FloatVector.fromArray(SPECIES, x, from + p * pitch + LANES).intoArray(a, aOffset + p * aPitch + LANES);
        }
    }
}
