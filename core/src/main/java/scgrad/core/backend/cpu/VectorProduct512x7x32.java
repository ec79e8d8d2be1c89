package scgrad.core.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * 7 x 32 with 512-bit vectors, 14 accumulators, written as {@link VectorBlocks512x8x32} is: maps of 7x7 and 14x14 pixels leave no row of it
 * empty. 49 pixels times 512 to 1,024 channels in the first two caches reach 235 GFLOP/s on a Zen 5 core, in tiles of 8 rows 207. Several runs
 * store their sums in between.
 */
final class VectorProduct512x7x32 implements ProductTile {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_512;
    private static final int LANES = 16;

    @Override
    public int rows() {
        return 7;
    }

    @Override
    public int columns() {
        return 32;
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
        for (int run = 0; run < runs; run++) {
            products(
                    1,
                    depth,
                    a,
                    aOffsets,
                    aShift + run * runPitch,
                    first,
                    panel,
                    panelOffset + run * depth * Tiles.COLUMNS,
                    panelPitch,
                    c,
                    cOffsets,
                    cShift,
                    accumulate || run > 0);
        }
    }

    @Override
    public void products(
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
        if (accumulate) {
            add(blocks, depth, a, aOffsets, aShift, first, panel, panelOffset, panelPitch, c, cOffsets, cShift);
        } else {
            set(blocks, depth, a, aOffsets, aShift, first, panel, panelOffset, panelPitch, c, cOffsets, cShift);
        }
    }

    /** c = a b. */
    private static void set(
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
            int cShift) {
        int a0 = aOffsets[first + 0] + aShift;
        int a1 = aOffsets[first + 1] + aShift;
        int a2 = aOffsets[first + 2] + aShift;
        int a3 = aOffsets[first + 3] + aShift;
        int a4 = aOffsets[first + 4] + aShift;
        int a5 = aOffsets[first + 5] + aShift;
        int a6 = aOffsets[first + 6] + aShift;
        int o0 = cOffsets[first + 0] + cShift;
        int o1 = cOffsets[first + 1] + cShift;
        int o2 = cOffsets[first + 2] + cShift;
        int o3 = cOffsets[first + 3] + cShift;
        int o4 = cOffsets[first + 4] + cShift;
        int o5 = cOffsets[first + 5] + cShift;
        int o6 = cOffsets[first + 6] + cShift;
        for (int block = 0; block < blocks; block++) {
            int shift = block * 32;
            int near = panelOffset + 2 * block * panelPitch;
            int far = near + panelPitch;
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
            FloatVector c60 = FloatVector.zero(SPECIES);
            FloatVector c61 = FloatVector.zero(SPECIES);
            int p = 0;
            for (; p < depth - 2; p += 3) {
                FloatVector b0 = FloatVector.fromArray(SPECIES, panel, near + p * Tiles.COLUMNS);
                FloatVector b1 = FloatVector.fromArray(SPECIES, panel, far + p * Tiles.COLUMNS);
                FloatVector d0 = FloatVector.fromArray(SPECIES, panel, near + (p + 1) * Tiles.COLUMNS);
                FloatVector d1 = FloatVector.fromArray(SPECIES, panel, far + (p + 1) * Tiles.COLUMNS);
                FloatVector e0 = FloatVector.fromArray(SPECIES, panel, near + (p + 2) * Tiles.COLUMNS);
                FloatVector e1 = FloatVector.fromArray(SPECIES, panel, far + (p + 2) * Tiles.COLUMNS);
                FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + p]);
                c00 = x0.fma(b0, c00);
                c01 = x0.fma(b1, c01);
                FloatVector y0 = FloatVector.broadcast(SPECIES, a[a0 + p + 1]);
                c00 = y0.fma(d0, c00);
                c01 = y0.fma(d1, c01);
                FloatVector z0 = FloatVector.broadcast(SPECIES, a[a0 + p + 2]);
                c00 = z0.fma(e0, c00);
                c01 = z0.fma(e1, c01);
                FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + p]);
                c10 = x1.fma(b0, c10);
                c11 = x1.fma(b1, c11);
                FloatVector y1 = FloatVector.broadcast(SPECIES, a[a1 + p + 1]);
                c10 = y1.fma(d0, c10);
                c11 = y1.fma(d1, c11);
                FloatVector z1 = FloatVector.broadcast(SPECIES, a[a1 + p + 2]);
                c10 = z1.fma(e0, c10);
                c11 = z1.fma(e1, c11);
                FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + p]);
                c20 = x2.fma(b0, c20);
                c21 = x2.fma(b1, c21);
                FloatVector y2 = FloatVector.broadcast(SPECIES, a[a2 + p + 1]);
                c20 = y2.fma(d0, c20);
                c21 = y2.fma(d1, c21);
                FloatVector z2 = FloatVector.broadcast(SPECIES, a[a2 + p + 2]);
                c20 = z2.fma(e0, c20);
                c21 = z2.fma(e1, c21);
                FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + p]);
                c30 = x3.fma(b0, c30);
                c31 = x3.fma(b1, c31);
                FloatVector y3 = FloatVector.broadcast(SPECIES, a[a3 + p + 1]);
                c30 = y3.fma(d0, c30);
                c31 = y3.fma(d1, c31);
                FloatVector z3 = FloatVector.broadcast(SPECIES, a[a3 + p + 2]);
                c30 = z3.fma(e0, c30);
                c31 = z3.fma(e1, c31);
                FloatVector x4 = FloatVector.broadcast(SPECIES, a[a4 + p]);
                c40 = x4.fma(b0, c40);
                c41 = x4.fma(b1, c41);
                FloatVector y4 = FloatVector.broadcast(SPECIES, a[a4 + p + 1]);
                c40 = y4.fma(d0, c40);
                c41 = y4.fma(d1, c41);
                FloatVector z4 = FloatVector.broadcast(SPECIES, a[a4 + p + 2]);
                c40 = z4.fma(e0, c40);
                c41 = z4.fma(e1, c41);
                FloatVector x5 = FloatVector.broadcast(SPECIES, a[a5 + p]);
                c50 = x5.fma(b0, c50);
                c51 = x5.fma(b1, c51);
                FloatVector y5 = FloatVector.broadcast(SPECIES, a[a5 + p + 1]);
                c50 = y5.fma(d0, c50);
                c51 = y5.fma(d1, c51);
                FloatVector z5 = FloatVector.broadcast(SPECIES, a[a5 + p + 2]);
                c50 = z5.fma(e0, c50);
                c51 = z5.fma(e1, c51);
                FloatVector x6 = FloatVector.broadcast(SPECIES, a[a6 + p]);
                c60 = x6.fma(b0, c60);
                c61 = x6.fma(b1, c61);
                FloatVector y6 = FloatVector.broadcast(SPECIES, a[a6 + p + 1]);
                c60 = y6.fma(d0, c60);
                c61 = y6.fma(d1, c61);
                FloatVector z6 = FloatVector.broadcast(SPECIES, a[a6 + p + 2]);
                c60 = z6.fma(e0, c60);
                c61 = z6.fma(e1, c61);
            }
            for (; p < depth; p++) {
                FloatVector b0 = FloatVector.fromArray(SPECIES, panel, near + p * Tiles.COLUMNS);
                FloatVector b1 = FloatVector.fromArray(SPECIES, panel, far + p * Tiles.COLUMNS);
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
                FloatVector x6 = FloatVector.broadcast(SPECIES, a[a6 + p]);
                c60 = x6.fma(b0, c60);
                c61 = x6.fma(b1, c61);
            }
            c00.intoArray(c, o0 + shift);
            c01.intoArray(c, o0 + shift + LANES);
            c10.intoArray(c, o1 + shift);
            c11.intoArray(c, o1 + shift + LANES);
            c20.intoArray(c, o2 + shift);
            c21.intoArray(c, o2 + shift + LANES);
            c30.intoArray(c, o3 + shift);
            c31.intoArray(c, o3 + shift + LANES);
            c40.intoArray(c, o4 + shift);
            c41.intoArray(c, o4 + shift + LANES);
            c50.intoArray(c, o5 + shift);
            c51.intoArray(c, o5 + shift + LANES);
            c60.intoArray(c, o6 + shift);
            c61.intoArray(c, o6 + shift + LANES);
        }
    }

    /** c += a b. */
    private static void add(
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
            int cShift) {
        int a0 = aOffsets[first + 0] + aShift;
        int a1 = aOffsets[first + 1] + aShift;
        int a2 = aOffsets[first + 2] + aShift;
        int a3 = aOffsets[first + 3] + aShift;
        int a4 = aOffsets[first + 4] + aShift;
        int a5 = aOffsets[first + 5] + aShift;
        int a6 = aOffsets[first + 6] + aShift;
        int o0 = cOffsets[first + 0] + cShift;
        int o1 = cOffsets[first + 1] + cShift;
        int o2 = cOffsets[first + 2] + cShift;
        int o3 = cOffsets[first + 3] + cShift;
        int o4 = cOffsets[first + 4] + cShift;
        int o5 = cOffsets[first + 5] + cShift;
        int o6 = cOffsets[first + 6] + cShift;
        for (int block = 0; block < blocks; block++) {
            int shift = block * 32;
            int near = panelOffset + 2 * block * panelPitch;
            int far = near + panelPitch;
            FloatVector c00 = FloatVector.fromArray(SPECIES, c, o0 + shift);
            FloatVector c01 = FloatVector.fromArray(SPECIES, c, o0 + shift + LANES);
            FloatVector c10 = FloatVector.fromArray(SPECIES, c, o1 + shift);
            FloatVector c11 = FloatVector.fromArray(SPECIES, c, o1 + shift + LANES);
            FloatVector c20 = FloatVector.fromArray(SPECIES, c, o2 + shift);
            FloatVector c21 = FloatVector.fromArray(SPECIES, c, o2 + shift + LANES);
            FloatVector c30 = FloatVector.fromArray(SPECIES, c, o3 + shift);
            FloatVector c31 = FloatVector.fromArray(SPECIES, c, o3 + shift + LANES);
            FloatVector c40 = FloatVector.fromArray(SPECIES, c, o4 + shift);
            FloatVector c41 = FloatVector.fromArray(SPECIES, c, o4 + shift + LANES);
            FloatVector c50 = FloatVector.fromArray(SPECIES, c, o5 + shift);
            FloatVector c51 = FloatVector.fromArray(SPECIES, c, o5 + shift + LANES);
            FloatVector c60 = FloatVector.fromArray(SPECIES, c, o6 + shift);
            FloatVector c61 = FloatVector.fromArray(SPECIES, c, o6 + shift + LANES);
            int p = 0;
            for (; p < depth - 2; p += 3) {
                FloatVector b0 = FloatVector.fromArray(SPECIES, panel, near + p * Tiles.COLUMNS);
                FloatVector b1 = FloatVector.fromArray(SPECIES, panel, far + p * Tiles.COLUMNS);
                FloatVector d0 = FloatVector.fromArray(SPECIES, panel, near + (p + 1) * Tiles.COLUMNS);
                FloatVector d1 = FloatVector.fromArray(SPECIES, panel, far + (p + 1) * Tiles.COLUMNS);
                FloatVector e0 = FloatVector.fromArray(SPECIES, panel, near + (p + 2) * Tiles.COLUMNS);
                FloatVector e1 = FloatVector.fromArray(SPECIES, panel, far + (p + 2) * Tiles.COLUMNS);
                FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + p]);
                c00 = x0.fma(b0, c00);
                c01 = x0.fma(b1, c01);
                FloatVector y0 = FloatVector.broadcast(SPECIES, a[a0 + p + 1]);
                c00 = y0.fma(d0, c00);
                c01 = y0.fma(d1, c01);
                FloatVector z0 = FloatVector.broadcast(SPECIES, a[a0 + p + 2]);
                c00 = z0.fma(e0, c00);
                c01 = z0.fma(e1, c01);
                FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + p]);
                c10 = x1.fma(b0, c10);
                c11 = x1.fma(b1, c11);
                FloatVector y1 = FloatVector.broadcast(SPECIES, a[a1 + p + 1]);
                c10 = y1.fma(d0, c10);
                c11 = y1.fma(d1, c11);
                FloatVector z1 = FloatVector.broadcast(SPECIES, a[a1 + p + 2]);
                c10 = z1.fma(e0, c10);
                c11 = z1.fma(e1, c11);
                FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + p]);
                c20 = x2.fma(b0, c20);
                c21 = x2.fma(b1, c21);
                FloatVector y2 = FloatVector.broadcast(SPECIES, a[a2 + p + 1]);
                c20 = y2.fma(d0, c20);
                c21 = y2.fma(d1, c21);
                FloatVector z2 = FloatVector.broadcast(SPECIES, a[a2 + p + 2]);
                c20 = z2.fma(e0, c20);
                c21 = z2.fma(e1, c21);
                FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + p]);
                c30 = x3.fma(b0, c30);
                c31 = x3.fma(b1, c31);
                FloatVector y3 = FloatVector.broadcast(SPECIES, a[a3 + p + 1]);
                c30 = y3.fma(d0, c30);
                c31 = y3.fma(d1, c31);
                FloatVector z3 = FloatVector.broadcast(SPECIES, a[a3 + p + 2]);
                c30 = z3.fma(e0, c30);
                c31 = z3.fma(e1, c31);
                FloatVector x4 = FloatVector.broadcast(SPECIES, a[a4 + p]);
                c40 = x4.fma(b0, c40);
                c41 = x4.fma(b1, c41);
                FloatVector y4 = FloatVector.broadcast(SPECIES, a[a4 + p + 1]);
                c40 = y4.fma(d0, c40);
                c41 = y4.fma(d1, c41);
                FloatVector z4 = FloatVector.broadcast(SPECIES, a[a4 + p + 2]);
                c40 = z4.fma(e0, c40);
                c41 = z4.fma(e1, c41);
                FloatVector x5 = FloatVector.broadcast(SPECIES, a[a5 + p]);
                c50 = x5.fma(b0, c50);
                c51 = x5.fma(b1, c51);
                FloatVector y5 = FloatVector.broadcast(SPECIES, a[a5 + p + 1]);
                c50 = y5.fma(d0, c50);
                c51 = y5.fma(d1, c51);
                FloatVector z5 = FloatVector.broadcast(SPECIES, a[a5 + p + 2]);
                c50 = z5.fma(e0, c50);
                c51 = z5.fma(e1, c51);
                FloatVector x6 = FloatVector.broadcast(SPECIES, a[a6 + p]);
                c60 = x6.fma(b0, c60);
                c61 = x6.fma(b1, c61);
                FloatVector y6 = FloatVector.broadcast(SPECIES, a[a6 + p + 1]);
                c60 = y6.fma(d0, c60);
                c61 = y6.fma(d1, c61);
                FloatVector z6 = FloatVector.broadcast(SPECIES, a[a6 + p + 2]);
                c60 = z6.fma(e0, c60);
                c61 = z6.fma(e1, c61);
            }
            for (; p < depth; p++) {
                FloatVector b0 = FloatVector.fromArray(SPECIES, panel, near + p * Tiles.COLUMNS);
                FloatVector b1 = FloatVector.fromArray(SPECIES, panel, far + p * Tiles.COLUMNS);
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
                FloatVector x6 = FloatVector.broadcast(SPECIES, a[a6 + p]);
                c60 = x6.fma(b0, c60);
                c61 = x6.fma(b1, c61);
            }
            c00.intoArray(c, o0 + shift);
            c01.intoArray(c, o0 + shift + LANES);
            c10.intoArray(c, o1 + shift);
            c11.intoArray(c, o1 + shift + LANES);
            c20.intoArray(c, o2 + shift);
            c21.intoArray(c, o2 + shift + LANES);
            c30.intoArray(c, o3 + shift);
            c31.intoArray(c, o3 + shift + LANES);
            c40.intoArray(c, o4 + shift);
            c41.intoArray(c, o4 + shift + LANES);
            c50.intoArray(c, o5 + shift);
            c51.intoArray(c, o5 + shift + LANES);
            c60.intoArray(c, o6 + shift);
            c61.intoArray(c, o6 + shift + LANES);
        }
    }
}
