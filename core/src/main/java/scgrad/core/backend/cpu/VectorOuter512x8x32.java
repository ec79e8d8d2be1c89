package scgrad.core.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * 8 x 32 with 512-bit vectors: two neighbouring panels, 16 accumulators. Two steps at a time an Emerald Rapids core that multiplies at 180 GFLOP/s
 * reaches 152, 164 and 170 of them at a depth of 48, 96 and 192, one step at a time 138, 139 and 142, three or four 142 to 168. What
 * is left of an odd depth is a step and not a loop, behind which C2 keeps addresses in vector registers.
 */
final class VectorOuter512x8x32 implements OuterTile {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_512;
    /** Columns, and floats from row to row of c. */
    private static final int WIDTH = 32;

    private static final int LANES = 16;

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
        FloatVector c00 = FloatVector.fromArray(SPECIES, start, from);
        FloatVector c01 = FloatVector.fromArray(SPECIES, start, from + LANES);
        FloatVector c10 = FloatVector.fromArray(SPECIES, start, from + 1 * WIDTH);
        FloatVector c11 = FloatVector.fromArray(SPECIES, start, from + 1 * WIDTH + LANES);
        FloatVector c20 = FloatVector.fromArray(SPECIES, start, from + 2 * WIDTH);
        FloatVector c21 = FloatVector.fromArray(SPECIES, start, from + 2 * WIDTH + LANES);
        FloatVector c30 = FloatVector.fromArray(SPECIES, start, from + 3 * WIDTH);
        FloatVector c31 = FloatVector.fromArray(SPECIES, start, from + 3 * WIDTH + LANES);
        FloatVector c40 = FloatVector.fromArray(SPECIES, start, from + 4 * WIDTH);
        FloatVector c41 = FloatVector.fromArray(SPECIES, start, from + 4 * WIDTH + LANES);
        FloatVector c50 = FloatVector.fromArray(SPECIES, start, from + 5 * WIDTH);
        FloatVector c51 = FloatVector.fromArray(SPECIES, start, from + 5 * WIDTH + LANES);
        FloatVector c60 = FloatVector.fromArray(SPECIES, start, from + 6 * WIDTH);
        FloatVector c61 = FloatVector.fromArray(SPECIES, start, from + 6 * WIDTH + LANES);
        FloatVector c70 = FloatVector.fromArray(SPECIES, start, from + 7 * WIDTH);
        FloatVector c71 = FloatVector.fromArray(SPECIES, start, from + 7 * WIDTH + LANES);
        int p = 0;
        for (; p < depth - 1; p += 2) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, b, bOffset + p * Tiles.COLUMNS);
            FloatVector b1 = FloatVector.fromArray(SPECIES, b, bOffset + bPitch + p * Tiles.COLUMNS);
            FloatVector d0 = FloatVector.fromArray(SPECIES, b, bOffset + (p + 1) * Tiles.COLUMNS);
            FloatVector d1 = FloatVector.fromArray(SPECIES, b, bOffset + bPitch + (p + 1) * Tiles.COLUMNS);
            FloatVector x0 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 0]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector y0 = FloatVector.broadcast(SPECIES, a[aOffset + (p + 1) * Tiles.COLUMNS + 0]);
            c00 = y0.fma(d0, c00);
            c01 = y0.fma(d1, c01);
            FloatVector x1 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 1]);
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            FloatVector y1 = FloatVector.broadcast(SPECIES, a[aOffset + (p + 1) * Tiles.COLUMNS + 1]);
            c10 = y1.fma(d0, c10);
            c11 = y1.fma(d1, c11);
            FloatVector x2 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 2]);
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            FloatVector y2 = FloatVector.broadcast(SPECIES, a[aOffset + (p + 1) * Tiles.COLUMNS + 2]);
            c20 = y2.fma(d0, c20);
            c21 = y2.fma(d1, c21);
            FloatVector x3 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 3]);
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
            FloatVector y3 = FloatVector.broadcast(SPECIES, a[aOffset + (p + 1) * Tiles.COLUMNS + 3]);
            c30 = y3.fma(d0, c30);
            c31 = y3.fma(d1, c31);
            FloatVector x4 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 4]);
            c40 = x4.fma(b0, c40);
            c41 = x4.fma(b1, c41);
            FloatVector y4 = FloatVector.broadcast(SPECIES, a[aOffset + (p + 1) * Tiles.COLUMNS + 4]);
            c40 = y4.fma(d0, c40);
            c41 = y4.fma(d1, c41);
            FloatVector x5 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 5]);
            c50 = x5.fma(b0, c50);
            c51 = x5.fma(b1, c51);
            FloatVector y5 = FloatVector.broadcast(SPECIES, a[aOffset + (p + 1) * Tiles.COLUMNS + 5]);
            c50 = y5.fma(d0, c50);
            c51 = y5.fma(d1, c51);
            FloatVector x6 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 6]);
            c60 = x6.fma(b0, c60);
            c61 = x6.fma(b1, c61);
            FloatVector y6 = FloatVector.broadcast(SPECIES, a[aOffset + (p + 1) * Tiles.COLUMNS + 6]);
            c60 = y6.fma(d0, c60);
            c61 = y6.fma(d1, c61);
            FloatVector x7 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 7]);
            c70 = x7.fma(b0, c70);
            c71 = x7.fma(b1, c71);
            FloatVector y7 = FloatVector.broadcast(SPECIES, a[aOffset + (p + 1) * Tiles.COLUMNS + 7]);
            c70 = y7.fma(d0, c70);
            c71 = y7.fma(d1, c71);
        }
        if (p < depth) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, b, bOffset + p * Tiles.COLUMNS);
            FloatVector b1 = FloatVector.fromArray(SPECIES, b, bOffset + bPitch + p * Tiles.COLUMNS);
            FloatVector x0 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 0]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector x1 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 1]);
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            FloatVector x2 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 2]);
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            FloatVector x3 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 3]);
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
            FloatVector x4 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 4]);
            c40 = x4.fma(b0, c40);
            c41 = x4.fma(b1, c41);
            FloatVector x5 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 5]);
            c50 = x5.fma(b0, c50);
            c51 = x5.fma(b1, c51);
            FloatVector x6 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 6]);
            c60 = x6.fma(b0, c60);
            c61 = x6.fma(b1, c61);
            FloatVector x7 = FloatVector.broadcast(SPECIES, a[aOffset + p * Tiles.COLUMNS + 7]);
            c70 = x7.fma(b0, c70);
            c71 = x7.fma(b1, c71);
        }
        c00.intoArray(c, cOffset);
        c01.intoArray(c, cOffset + LANES);
        c10.intoArray(c, cOffset + 1 * WIDTH);
        c11.intoArray(c, cOffset + 1 * WIDTH + LANES);
        c20.intoArray(c, cOffset + 2 * WIDTH);
        c21.intoArray(c, cOffset + 2 * WIDTH + LANES);
        c30.intoArray(c, cOffset + 3 * WIDTH);
        c31.intoArray(c, cOffset + 3 * WIDTH + LANES);
        c40.intoArray(c, cOffset + 4 * WIDTH);
        c41.intoArray(c, cOffset + 4 * WIDTH + LANES);
        c50.intoArray(c, cOffset + 5 * WIDTH);
        c51.intoArray(c, cOffset + 5 * WIDTH + LANES);
        c60.intoArray(c, cOffset + 6 * WIDTH);
        c61.intoArray(c, cOffset + 6 * WIDTH + LANES);
        c70.intoArray(c, cOffset + 7 * WIDTH);
        c71.intoArray(c, cOffset + 7 * WIDTH + LANES);
    }
}
