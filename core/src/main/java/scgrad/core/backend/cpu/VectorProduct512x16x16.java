package scgrad.core.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * 16 x 16 with 512-bit vectors, for a last single panel: 163 GFLOP/s on a Zen 5 core at a depth of 256; two steps at a time, as in {@link
 * VectorProduct512x8x32}, 207.
 */
final class VectorProduct512x16x16 implements ProductTile {
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
        int a12 = aOffsets[first + 12] + aShift;
        int a13 = aOffsets[first + 13] + aShift;
        int a14 = aOffsets[first + 14] + aShift;
        int a15 = aOffsets[first + 15] + aShift;
        int o0 = cOffsets[first + 0] + cShift;
        int o1 = cOffsets[first + 1] + cShift;
        int o2 = cOffsets[first + 2] + cShift;
        int o3 = cOffsets[first + 3] + cShift;
        int o4 = cOffsets[first + 4] + cShift;
        int o5 = cOffsets[first + 5] + cShift;
        int o6 = cOffsets[first + 6] + cShift;
        int o7 = cOffsets[first + 7] + cShift;
        int o8 = cOffsets[first + 8] + cShift;
        int o9 = cOffsets[first + 9] + cShift;
        int o10 = cOffsets[first + 10] + cShift;
        int o11 = cOffsets[first + 11] + cShift;
        int o12 = cOffsets[first + 12] + cShift;
        int o13 = cOffsets[first + 13] + cShift;
        int o14 = cOffsets[first + 14] + cShift;
        int o15 = cOffsets[first + 15] + cShift;
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
                c12 = FloatVector.broadcast(SPECIES, a[a12 + p]).fma(b, c12);
                c13 = FloatVector.broadcast(SPECIES, a[a13 + p]).fma(b, c13);
                c14 = FloatVector.broadcast(SPECIES, a[a14 + p]).fma(b, c14);
                c15 = FloatVector.broadcast(SPECIES, a[a15 + p]).fma(b, c15);
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
            a12 += runPitch;
            a13 += runPitch;
            a14 += runPitch;
            a15 += runPitch;
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
        int a12 = aOffsets[first + 12] + aShift;
        int a13 = aOffsets[first + 13] + aShift;
        int a14 = aOffsets[first + 14] + aShift;
        int a15 = aOffsets[first + 15] + aShift;
        int o0 = cOffsets[first + 0] + cShift;
        int o1 = cOffsets[first + 1] + cShift;
        int o2 = cOffsets[first + 2] + cShift;
        int o3 = cOffsets[first + 3] + cShift;
        int o4 = cOffsets[first + 4] + cShift;
        int o5 = cOffsets[first + 5] + cShift;
        int o6 = cOffsets[first + 6] + cShift;
        int o7 = cOffsets[first + 7] + cShift;
        int o8 = cOffsets[first + 8] + cShift;
        int o9 = cOffsets[first + 9] + cShift;
        int o10 = cOffsets[first + 10] + cShift;
        int o11 = cOffsets[first + 11] + cShift;
        int o12 = cOffsets[first + 12] + cShift;
        int o13 = cOffsets[first + 13] + cShift;
        int o14 = cOffsets[first + 14] + cShift;
        int o15 = cOffsets[first + 15] + cShift;
        // zeros or c, without a branch in the loop: C2 gives up hoisting checks once a branch that it took for dead is
        // taken
        float[] start = accumulate ? c : Tiles.ZEROS;
        int mask = accumulate ? -1 : 0;
        for (int block = 0; block < blocks; block++) {
            int shift = block * 16;
            int near = panelOffset + block * panelPitch;
            FloatVector c0 = FloatVector.fromArray(SPECIES, start, (o0 + shift & mask));
            FloatVector c1 = FloatVector.fromArray(SPECIES, start, (o1 + shift & mask));
            FloatVector c2 = FloatVector.fromArray(SPECIES, start, (o2 + shift & mask));
            FloatVector c3 = FloatVector.fromArray(SPECIES, start, (o3 + shift & mask));
            FloatVector c4 = FloatVector.fromArray(SPECIES, start, (o4 + shift & mask));
            FloatVector c5 = FloatVector.fromArray(SPECIES, start, (o5 + shift & mask));
            FloatVector c6 = FloatVector.fromArray(SPECIES, start, (o6 + shift & mask));
            FloatVector c7 = FloatVector.fromArray(SPECIES, start, (o7 + shift & mask));
            FloatVector c8 = FloatVector.fromArray(SPECIES, start, (o8 + shift & mask));
            FloatVector c9 = FloatVector.fromArray(SPECIES, start, (o9 + shift & mask));
            FloatVector c10 = FloatVector.fromArray(SPECIES, start, (o10 + shift & mask));
            FloatVector c11 = FloatVector.fromArray(SPECIES, start, (o11 + shift & mask));
            FloatVector c12 = FloatVector.fromArray(SPECIES, start, (o12 + shift & mask));
            FloatVector c13 = FloatVector.fromArray(SPECIES, start, (o13 + shift & mask));
            FloatVector c14 = FloatVector.fromArray(SPECIES, start, (o14 + shift & mask));
            FloatVector c15 = FloatVector.fromArray(SPECIES, start, (o15 + shift & mask));
            int p = 0;
            for (; p < depth - 1; p += 2) {
                FloatVector b = FloatVector.fromArray(SPECIES, panel, near + p * Tiles.COLUMNS);
                FloatVector d = FloatVector.fromArray(SPECIES, panel, near + (p + 1) * Tiles.COLUMNS);
                FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + p]);
                FloatVector y0 = FloatVector.broadcast(SPECIES, a[a0 + p + 1]);
                c0 = x0.fma(b, c0);
                c0 = y0.fma(d, c0);
                FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + p]);
                FloatVector y1 = FloatVector.broadcast(SPECIES, a[a1 + p + 1]);
                c1 = x1.fma(b, c1);
                c1 = y1.fma(d, c1);
                FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + p]);
                FloatVector y2 = FloatVector.broadcast(SPECIES, a[a2 + p + 1]);
                c2 = x2.fma(b, c2);
                c2 = y2.fma(d, c2);
                FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + p]);
                FloatVector y3 = FloatVector.broadcast(SPECIES, a[a3 + p + 1]);
                c3 = x3.fma(b, c3);
                c3 = y3.fma(d, c3);
                FloatVector x4 = FloatVector.broadcast(SPECIES, a[a4 + p]);
                FloatVector y4 = FloatVector.broadcast(SPECIES, a[a4 + p + 1]);
                c4 = x4.fma(b, c4);
                c4 = y4.fma(d, c4);
                FloatVector x5 = FloatVector.broadcast(SPECIES, a[a5 + p]);
                FloatVector y5 = FloatVector.broadcast(SPECIES, a[a5 + p + 1]);
                c5 = x5.fma(b, c5);
                c5 = y5.fma(d, c5);
                FloatVector x6 = FloatVector.broadcast(SPECIES, a[a6 + p]);
                FloatVector y6 = FloatVector.broadcast(SPECIES, a[a6 + p + 1]);
                c6 = x6.fma(b, c6);
                c6 = y6.fma(d, c6);
                FloatVector x7 = FloatVector.broadcast(SPECIES, a[a7 + p]);
                FloatVector y7 = FloatVector.broadcast(SPECIES, a[a7 + p + 1]);
                c7 = x7.fma(b, c7);
                c7 = y7.fma(d, c7);
                FloatVector x8 = FloatVector.broadcast(SPECIES, a[a8 + p]);
                FloatVector y8 = FloatVector.broadcast(SPECIES, a[a8 + p + 1]);
                c8 = x8.fma(b, c8);
                c8 = y8.fma(d, c8);
                FloatVector x9 = FloatVector.broadcast(SPECIES, a[a9 + p]);
                FloatVector y9 = FloatVector.broadcast(SPECIES, a[a9 + p + 1]);
                c9 = x9.fma(b, c9);
                c9 = y9.fma(d, c9);
                FloatVector x10 = FloatVector.broadcast(SPECIES, a[a10 + p]);
                FloatVector y10 = FloatVector.broadcast(SPECIES, a[a10 + p + 1]);
                c10 = x10.fma(b, c10);
                c10 = y10.fma(d, c10);
                FloatVector x11 = FloatVector.broadcast(SPECIES, a[a11 + p]);
                FloatVector y11 = FloatVector.broadcast(SPECIES, a[a11 + p + 1]);
                c11 = x11.fma(b, c11);
                c11 = y11.fma(d, c11);
                FloatVector x12 = FloatVector.broadcast(SPECIES, a[a12 + p]);
                FloatVector y12 = FloatVector.broadcast(SPECIES, a[a12 + p + 1]);
                c12 = x12.fma(b, c12);
                c12 = y12.fma(d, c12);
                FloatVector x13 = FloatVector.broadcast(SPECIES, a[a13 + p]);
                FloatVector y13 = FloatVector.broadcast(SPECIES, a[a13 + p + 1]);
                c13 = x13.fma(b, c13);
                c13 = y13.fma(d, c13);
                FloatVector x14 = FloatVector.broadcast(SPECIES, a[a14 + p]);
                FloatVector y14 = FloatVector.broadcast(SPECIES, a[a14 + p + 1]);
                c14 = x14.fma(b, c14);
                c14 = y14.fma(d, c14);
                FloatVector x15 = FloatVector.broadcast(SPECIES, a[a15 + p]);
                FloatVector y15 = FloatVector.broadcast(SPECIES, a[a15 + p + 1]);
                c15 = x15.fma(b, c15);
                c15 = y15.fma(d, c15);
            }
            if (p < depth) {
                FloatVector b = FloatVector.fromArray(SPECIES, panel, near + p * Tiles.COLUMNS);
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
                c12 = FloatVector.broadcast(SPECIES, a[a12 + p]).fma(b, c12);
                c13 = FloatVector.broadcast(SPECIES, a[a13 + p]).fma(b, c13);
                c14 = FloatVector.broadcast(SPECIES, a[a14 + p]).fma(b, c14);
                c15 = FloatVector.broadcast(SPECIES, a[a15 + p]).fma(b, c15);
            }
            c0.intoArray(c, o0 + shift);
            c1.intoArray(c, o1 + shift);
            c2.intoArray(c, o2 + shift);
            c3.intoArray(c, o3 + shift);
            c4.intoArray(c, o4 + shift);
            c5.intoArray(c, o5 + shift);
            c6.intoArray(c, o6 + shift);
            c7.intoArray(c, o7 + shift);
            c8.intoArray(c, o8 + shift);
            c9.intoArray(c, o9 + shift);
            c10.intoArray(c, o10 + shift);
            c11.intoArray(c, o11 + shift);
            c12.intoArray(c, o12 + shift);
            c13.intoArray(c, o13 + shift);
            c14.intoArray(c, o14 + shift);
            c15.intoArray(c, o15 + shift);
        }
    }
}
