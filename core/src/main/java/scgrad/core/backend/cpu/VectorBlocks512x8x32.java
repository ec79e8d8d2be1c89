package scgrad.core.backend.cpu;

import static jdk.incubator.vector.VectorOperators.LE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops of {@link VectorProduct512x8x32} for blocks side by side and for outputs, each of which begins and ends in one way.
 *
 * <p>Three steps at a time save the computation of addresses. On a Zen 5 core that multiplies at 267 GFLOP/s in C, numbers in the first two
 * caches, two steps gave 210, 234, 252, 257, 263 at a depth of 16, 32, 64, 128, 256, where {@link VectorProduct512x8x32#product} reaches 174,
 * 201, 231, 243, 248. On an Emerald Rapids core (176 in C) two give 132, 138, 147, 150 at a depth of 32, 64, 128, 256 and three 140, 148, 159,
 * 163; four spill.
 *
 * <p>C2 pays for a choice. One loop whose sums began with zeros or with what was there, by a masked address, reached 125, 135, 152, 158 there
 * instead of these 140, 148, 159, 163; with a branch behind the loop that adds what was there, 107, 120, 127, 132.
 *
 * <p>Outputs go straight to where they belong, with shift and floor: their lines arrive while the next tile multiplies. By a block of sums in the
 * cache, 64 to 256 channels of 8 images of 56x56 ran at 178 GFLOP/s on two such cores instead of 200, 256 to 1,024 of 14x14 at 264 instead of
 * 290, the 7x7 stem at 220 instead of 252. The floor is by operations of the vector alone: C2 inlines no method of ours beyond 18,000 nodes, but
 * what the JDK forces it to.
 */
final class VectorBlocks512x8x32 {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_512;
    private static final int LANES = 16;

    private VectorBlocks512x8x32() {}

    /** c = a b for blocks side by side; the parameters are those of {@link ProductTile#products}. */
    static void set(
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
        int a7 = aOffsets[first + 7] + aShift;
        int o0 = cOffsets[first + 0] + cShift;
        int o1 = cOffsets[first + 1] + cShift;
        int o2 = cOffsets[first + 2] + cShift;
        int o3 = cOffsets[first + 3] + cShift;
        int o4 = cOffsets[first + 4] + cShift;
        int o5 = cOffsets[first + 5] + cShift;
        int o6 = cOffsets[first + 6] + cShift;
        int o7 = cOffsets[first + 7] + cShift;
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
            FloatVector c70 = FloatVector.zero(SPECIES);
            FloatVector c71 = FloatVector.zero(SPECIES);
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
                FloatVector x7 = FloatVector.broadcast(SPECIES, a[a7 + p]);
                c70 = x7.fma(b0, c70);
                c71 = x7.fma(b1, c71);
                FloatVector y7 = FloatVector.broadcast(SPECIES, a[a7 + p + 1]);
                c70 = y7.fma(d0, c70);
                c71 = y7.fma(d1, c71);
                FloatVector z7 = FloatVector.broadcast(SPECIES, a[a7 + p + 2]);
                c70 = z7.fma(e0, c70);
                c71 = z7.fma(e1, c71);
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
                FloatVector x7 = FloatVector.broadcast(SPECIES, a[a7 + p]);
                c70 = x7.fma(b0, c70);
                c71 = x7.fma(b1, c71);
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
            c70.intoArray(c, o7 + shift);
            c71.intoArray(c, o7 + shift + LANES);
        }
    }

    /** c += a b. */
    static void add(
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
        int a7 = aOffsets[first + 7] + aShift;
        int o0 = cOffsets[first + 0] + cShift;
        int o1 = cOffsets[first + 1] + cShift;
        int o2 = cOffsets[first + 2] + cShift;
        int o3 = cOffsets[first + 3] + cShift;
        int o4 = cOffsets[first + 4] + cShift;
        int o5 = cOffsets[first + 5] + cShift;
        int o6 = cOffsets[first + 6] + cShift;
        int o7 = cOffsets[first + 7] + cShift;
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
            FloatVector c70 = FloatVector.fromArray(SPECIES, c, o7 + shift);
            FloatVector c71 = FloatVector.fromArray(SPECIES, c, o7 + shift + LANES);
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
                FloatVector x7 = FloatVector.broadcast(SPECIES, a[a7 + p]);
                c70 = x7.fma(b0, c70);
                c71 = x7.fma(b1, c71);
                FloatVector y7 = FloatVector.broadcast(SPECIES, a[a7 + p + 1]);
                c70 = y7.fma(d0, c70);
                c71 = y7.fma(d1, c71);
                FloatVector z7 = FloatVector.broadcast(SPECIES, a[a7 + p + 2]);
                c70 = z7.fma(e0, c70);
                c71 = z7.fma(e1, c71);
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
                FloatVector x7 = FloatVector.broadcast(SPECIES, a[a7 + p]);
                c70 = x7.fma(b0, c70);
                c71 = x7.fma(b1, c71);
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
            c70.intoArray(c, o7 + shift);
            c71.intoArray(c, o7 + shift + LANES);
        }
    }

    /** c = max(a b + shift, floor). */
    static void outputs(
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
            float[] shifts,
            int shiftFrom,
            float floor) {
        int a0 = aOffsets[first + 0] + aShift;
        int a1 = aOffsets[first + 1] + aShift;
        int a2 = aOffsets[first + 2] + aShift;
        int a3 = aOffsets[first + 3] + aShift;
        int a4 = aOffsets[first + 4] + aShift;
        int a5 = aOffsets[first + 5] + aShift;
        int a6 = aOffsets[first + 6] + aShift;
        int a7 = aOffsets[first + 7] + aShift;
        int o0 = cOffsets[first + 0] + cShift;
        int o1 = cOffsets[first + 1] + cShift;
        int o2 = cOffsets[first + 2] + cShift;
        int o3 = cOffsets[first + 3] + cShift;
        int o4 = cOffsets[first + 4] + cShift;
        int o5 = cOffsets[first + 5] + cShift;
        int o6 = cOffsets[first + 6] + cShift;
        int o7 = cOffsets[first + 7] + cShift;
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
            FloatVector c70 = FloatVector.zero(SPECIES);
            FloatVector c71 = FloatVector.zero(SPECIES);
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
                FloatVector x7 = FloatVector.broadcast(SPECIES, a[a7 + p]);
                c70 = x7.fma(b0, c70);
                c71 = x7.fma(b1, c71);
                FloatVector y7 = FloatVector.broadcast(SPECIES, a[a7 + p + 1]);
                c70 = y7.fma(d0, c70);
                c71 = y7.fma(d1, c71);
                FloatVector z7 = FloatVector.broadcast(SPECIES, a[a7 + p + 2]);
                c70 = z7.fma(e0, c70);
                c71 = z7.fma(e1, c71);
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
                FloatVector x7 = FloatVector.broadcast(SPECIES, a[a7 + p]);
                c70 = x7.fma(b0, c70);
                c71 = x7.fma(b1, c71);
            }
            FloatVector least = FloatVector.broadcast(SPECIES, floor);
            FloatVector s0 = FloatVector.fromArray(SPECIES, shifts, shiftFrom + shift);
            FloatVector s1 = FloatVector.fromArray(SPECIES, shifts, shiftFrom + shift + LANES);
            c00 = c00.add(s0);
            c00.blend(least, c00.compare(LE, least)).intoArray(c, o0 + shift);
            c01 = c01.add(s1);
            c01.blend(least, c01.compare(LE, least)).intoArray(c, o0 + shift + LANES);
            c10 = c10.add(s0);
            c10.blend(least, c10.compare(LE, least)).intoArray(c, o1 + shift);
            c11 = c11.add(s1);
            c11.blend(least, c11.compare(LE, least)).intoArray(c, o1 + shift + LANES);
            c20 = c20.add(s0);
            c20.blend(least, c20.compare(LE, least)).intoArray(c, o2 + shift);
            c21 = c21.add(s1);
            c21.blend(least, c21.compare(LE, least)).intoArray(c, o2 + shift + LANES);
            c30 = c30.add(s0);
            c30.blend(least, c30.compare(LE, least)).intoArray(c, o3 + shift);
            c31 = c31.add(s1);
            c31.blend(least, c31.compare(LE, least)).intoArray(c, o3 + shift + LANES);
            c40 = c40.add(s0);
            c40.blend(least, c40.compare(LE, least)).intoArray(c, o4 + shift);
            c41 = c41.add(s1);
            c41.blend(least, c41.compare(LE, least)).intoArray(c, o4 + shift + LANES);
            c50 = c50.add(s0);
            c50.blend(least, c50.compare(LE, least)).intoArray(c, o5 + shift);
            c51 = c51.add(s1);
            c51.blend(least, c51.compare(LE, least)).intoArray(c, o5 + shift + LANES);
            c60 = c60.add(s0);
            c60.blend(least, c60.compare(LE, least)).intoArray(c, o6 + shift);
            c61 = c61.add(s1);
            c61.blend(least, c61.compare(LE, least)).intoArray(c, o6 + shift + LANES);
            c70 = c70.add(s0);
            c70.blend(least, c70.compare(LE, least)).intoArray(c, o7 + shift);
            c71 = c71.add(s1);
            c71.blend(least, c71.compare(LE, least)).intoArray(c, o7 + shift + LANES);
        }
    }

    /** c = max(a b + shift + residual, floor), where the residual lies as c does and may be c: all of it is read before any is written. */
    static void joined(
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
            float[] shifts,
            int shiftFrom,
            float floor,
            float[] residual) {
        int a0 = aOffsets[first + 0] + aShift;
        int a1 = aOffsets[first + 1] + aShift;
        int a2 = aOffsets[first + 2] + aShift;
        int a3 = aOffsets[first + 3] + aShift;
        int a4 = aOffsets[first + 4] + aShift;
        int a5 = aOffsets[first + 5] + aShift;
        int a6 = aOffsets[first + 6] + aShift;
        int a7 = aOffsets[first + 7] + aShift;
        int o0 = cOffsets[first + 0] + cShift;
        int o1 = cOffsets[first + 1] + cShift;
        int o2 = cOffsets[first + 2] + cShift;
        int o3 = cOffsets[first + 3] + cShift;
        int o4 = cOffsets[first + 4] + cShift;
        int o5 = cOffsets[first + 5] + cShift;
        int o6 = cOffsets[first + 6] + cShift;
        int o7 = cOffsets[first + 7] + cShift;
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
            FloatVector c70 = FloatVector.zero(SPECIES);
            FloatVector c71 = FloatVector.zero(SPECIES);
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
                FloatVector x7 = FloatVector.broadcast(SPECIES, a[a7 + p]);
                c70 = x7.fma(b0, c70);
                c71 = x7.fma(b1, c71);
                FloatVector y7 = FloatVector.broadcast(SPECIES, a[a7 + p + 1]);
                c70 = y7.fma(d0, c70);
                c71 = y7.fma(d1, c71);
                FloatVector z7 = FloatVector.broadcast(SPECIES, a[a7 + p + 2]);
                c70 = z7.fma(e0, c70);
                c71 = z7.fma(e1, c71);
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
                FloatVector x7 = FloatVector.broadcast(SPECIES, a[a7 + p]);
                c70 = x7.fma(b0, c70);
                c71 = x7.fma(b1, c71);
            }
            FloatVector least = FloatVector.broadcast(SPECIES, floor);
            FloatVector s0 = FloatVector.fromArray(SPECIES, shifts, shiftFrom + shift);
            FloatVector s1 = FloatVector.fromArray(SPECIES, shifts, shiftFrom + shift + LANES);
            c00 = c00.add(s0).add(FloatVector.fromArray(SPECIES, residual, o0 + shift));
            c01 = c01.add(s1).add(FloatVector.fromArray(SPECIES, residual, o0 + shift + LANES));
            c10 = c10.add(s0).add(FloatVector.fromArray(SPECIES, residual, o1 + shift));
            c11 = c11.add(s1).add(FloatVector.fromArray(SPECIES, residual, o1 + shift + LANES));
            c20 = c20.add(s0).add(FloatVector.fromArray(SPECIES, residual, o2 + shift));
            c21 = c21.add(s1).add(FloatVector.fromArray(SPECIES, residual, o2 + shift + LANES));
            c30 = c30.add(s0).add(FloatVector.fromArray(SPECIES, residual, o3 + shift));
            c31 = c31.add(s1).add(FloatVector.fromArray(SPECIES, residual, o3 + shift + LANES));
            c40 = c40.add(s0).add(FloatVector.fromArray(SPECIES, residual, o4 + shift));
            c41 = c41.add(s1).add(FloatVector.fromArray(SPECIES, residual, o4 + shift + LANES));
            c50 = c50.add(s0).add(FloatVector.fromArray(SPECIES, residual, o5 + shift));
            c51 = c51.add(s1).add(FloatVector.fromArray(SPECIES, residual, o5 + shift + LANES));
            c60 = c60.add(s0).add(FloatVector.fromArray(SPECIES, residual, o6 + shift));
            c61 = c61.add(s1).add(FloatVector.fromArray(SPECIES, residual, o6 + shift + LANES));
            c70 = c70.add(s0).add(FloatVector.fromArray(SPECIES, residual, o7 + shift));
            c71 = c71.add(s1).add(FloatVector.fromArray(SPECIES, residual, o7 + shift + LANES));
            c00.blend(least, c00.compare(LE, least)).intoArray(c, o0 + shift);
            c01.blend(least, c01.compare(LE, least)).intoArray(c, o0 + shift + LANES);
            c10.blend(least, c10.compare(LE, least)).intoArray(c, o1 + shift);
            c11.blend(least, c11.compare(LE, least)).intoArray(c, o1 + shift + LANES);
            c20.blend(least, c20.compare(LE, least)).intoArray(c, o2 + shift);
            c21.blend(least, c21.compare(LE, least)).intoArray(c, o2 + shift + LANES);
            c30.blend(least, c30.compare(LE, least)).intoArray(c, o3 + shift);
            c31.blend(least, c31.compare(LE, least)).intoArray(c, o3 + shift + LANES);
            c40.blend(least, c40.compare(LE, least)).intoArray(c, o4 + shift);
            c41.blend(least, c41.compare(LE, least)).intoArray(c, o4 + shift + LANES);
            c50.blend(least, c50.compare(LE, least)).intoArray(c, o5 + shift);
            c51.blend(least, c51.compare(LE, least)).intoArray(c, o5 + shift + LANES);
            c60.blend(least, c60.compare(LE, least)).intoArray(c, o6 + shift);
            c61.blend(least, c61.compare(LE, least)).intoArray(c, o6 + shift + LANES);
            c70.blend(least, c70.compare(LE, least)).intoArray(c, o7 + shift);
            c71.blend(least, c71.compare(LE, least)).intoArray(c, o7 + shift + LANES);
        }
    }

    /** {@link #outputs} for one block of several runs, as in {@link ProductTile#product}. */
    static void output(
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
            float[] shifts,
            int shiftFrom,
            float floor) {
        int a0 = aOffsets[first + 0] + aShift;
        int a1 = aOffsets[first + 1] + aShift;
        int a2 = aOffsets[first + 2] + aShift;
        int a3 = aOffsets[first + 3] + aShift;
        int a4 = aOffsets[first + 4] + aShift;
        int a5 = aOffsets[first + 5] + aShift;
        int a6 = aOffsets[first + 6] + aShift;
        int a7 = aOffsets[first + 7] + aShift;
        int o0 = cOffsets[first + 0] + cShift;
        int o1 = cOffsets[first + 1] + cShift;
        int o2 = cOffsets[first + 2] + cShift;
        int o3 = cOffsets[first + 3] + cShift;
        int o4 = cOffsets[first + 4] + cShift;
        int o5 = cOffsets[first + 5] + cShift;
        int o6 = cOffsets[first + 6] + cShift;
        int o7 = cOffsets[first + 7] + cShift;
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
        FloatVector c70 = FloatVector.zero(SPECIES);
        FloatVector c71 = FloatVector.zero(SPECIES);
        for (int run = 0; run < runs; run++) {
            for (int p = 0; p < depth; p++) {
                FloatVector b0 = FloatVector.fromArray(SPECIES, panel, panelOffset + p * Tiles.COLUMNS);
                FloatVector b1 = FloatVector.fromArray(SPECIES, panel, panelOffset + panelPitch + p * Tiles.COLUMNS);
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
                FloatVector x7 = FloatVector.broadcast(SPECIES, a[a7 + p]);
                c70 = x7.fma(b0, c70);
                c71 = x7.fma(b1, c71);
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
        }
        FloatVector least = FloatVector.broadcast(SPECIES, floor);
        FloatVector s0 = FloatVector.fromArray(SPECIES, shifts, shiftFrom);
        FloatVector s1 = FloatVector.fromArray(SPECIES, shifts, shiftFrom + LANES);
        c00 = c00.add(s0);
        c00.blend(least, c00.compare(LE, least)).intoArray(c, o0);
        c01 = c01.add(s1);
        c01.blend(least, c01.compare(LE, least)).intoArray(c, o0 + LANES);
        c10 = c10.add(s0);
        c10.blend(least, c10.compare(LE, least)).intoArray(c, o1);
        c11 = c11.add(s1);
        c11.blend(least, c11.compare(LE, least)).intoArray(c, o1 + LANES);
        c20 = c20.add(s0);
        c20.blend(least, c20.compare(LE, least)).intoArray(c, o2);
        c21 = c21.add(s1);
        c21.blend(least, c21.compare(LE, least)).intoArray(c, o2 + LANES);
        c30 = c30.add(s0);
        c30.blend(least, c30.compare(LE, least)).intoArray(c, o3);
        c31 = c31.add(s1);
        c31.blend(least, c31.compare(LE, least)).intoArray(c, o3 + LANES);
        c40 = c40.add(s0);
        c40.blend(least, c40.compare(LE, least)).intoArray(c, o4);
        c41 = c41.add(s1);
        c41.blend(least, c41.compare(LE, least)).intoArray(c, o4 + LANES);
        c50 = c50.add(s0);
        c50.blend(least, c50.compare(LE, least)).intoArray(c, o5);
        c51 = c51.add(s1);
        c51.blend(least, c51.compare(LE, least)).intoArray(c, o5 + LANES);
        c60 = c60.add(s0);
        c60.blend(least, c60.compare(LE, least)).intoArray(c, o6);
        c61 = c61.add(s1);
        c61.blend(least, c61.compare(LE, least)).intoArray(c, o6 + LANES);
        c70 = c70.add(s0);
        c70.blend(least, c70.compare(LE, least)).intoArray(c, o7);
        c71 = c71.add(s1);
        c71.blend(least, c71.compare(LE, least)).intoArray(c, o7 + LANES);
    }
}
