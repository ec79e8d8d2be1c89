package scgrad.core.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of a plane with 512-bit vectors, 8 rows at a time. Where a {@link ProductTile} takes rows from anywhere, these are 16 numbers
 * apart: all addresses are one register and a literal, and one call serves all rows. With a depth of 16 a tile spends two thirds of its
 * time on addresses and checks; measured on a Zen 5 core, 145 instead of 90 GFLOP/s for one panel, 170 to 195 for two, of 217 at the limit.
 * One panel takes 16 rows at once where there are so many: 16 channels of 32 images of 32x32 0.40 ms instead of 0.42 on an Emerald Rapids.
 * The sums are the same chains, with the same bits. Sixteen steps written out are half as fast: C2 then checks every address.
 */
final class VectorSliceProduct512 {
    /** There is memory for a multiple of so many rows of V and M; those beyond the last are undefined. */
    static final int ROWS = 8;
    /** Rows that one panel takes at once where there are so many. */
    static final int TALL = 16;

    private static final int SLICE = PlaneProducts.SLICE;
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_512;

    private VectorSliceProduct512() {}

    /** M = V U, row by row, for two neighbouring panels, {@code panelPitch} apart. */
    static void pair(
            int rows,
            int depth,
            float[] v,
            int vOffset,
            int vPitch,
            float[] u,
            int uOffset,
            int panelPitch,
            float[] m,
            int mOffset,
            int mPitch) {
        for (int row = 0; row < rows; row += ROWS) {
            int to = mOffset + row * SLICE;
            int next = to + mPitch;
            FloatVector c0 = FloatVector.zero(SPECIES);
            FloatVector c1 = FloatVector.zero(SPECIES);
            FloatVector c2 = FloatVector.zero(SPECIES);
            FloatVector c3 = FloatVector.zero(SPECIES);
            FloatVector c4 = FloatVector.zero(SPECIES);
            FloatVector c5 = FloatVector.zero(SPECIES);
            FloatVector c6 = FloatVector.zero(SPECIES);
            FloatVector c7 = FloatVector.zero(SPECIES);
            FloatVector d0 = FloatVector.zero(SPECIES);
            FloatVector d1 = FloatVector.zero(SPECIES);
            FloatVector d2 = FloatVector.zero(SPECIES);
            FloatVector d3 = FloatVector.zero(SPECIES);
            FloatVector d4 = FloatVector.zero(SPECIES);
            FloatVector d5 = FloatVector.zero(SPECIES);
            FloatVector d6 = FloatVector.zero(SPECIES);
            FloatVector d7 = FloatVector.zero(SPECIES);
            int from = vOffset + row * SLICE;
            for (int first = 0; first < depth; first += SLICE) {
                int end = Math.min(SLICE, depth - first);
                int at = uOffset + first * SLICE;
                for (int p = 0; p < end; p++) {
                    FloatVector b = FloatVector.fromArray(SPECIES, u, at + p * SLICE);
                    FloatVector e = FloatVector.fromArray(SPECIES, u, at + panelPitch + p * SLICE);
                    FloatVector a0 = FloatVector.broadcast(SPECIES, v[from + 0 * SLICE + p]);
                    c0 = a0.fma(b, c0);
                    d0 = a0.fma(e, d0);
                    FloatVector a1 = FloatVector.broadcast(SPECIES, v[from + 1 * SLICE + p]);
                    c1 = a1.fma(b, c1);
                    d1 = a1.fma(e, d1);
                    FloatVector a2 = FloatVector.broadcast(SPECIES, v[from + 2 * SLICE + p]);
                    c2 = a2.fma(b, c2);
                    d2 = a2.fma(e, d2);
                    FloatVector a3 = FloatVector.broadcast(SPECIES, v[from + 3 * SLICE + p]);
                    c3 = a3.fma(b, c3);
                    d3 = a3.fma(e, d3);
                    FloatVector a4 = FloatVector.broadcast(SPECIES, v[from + 4 * SLICE + p]);
                    c4 = a4.fma(b, c4);
                    d4 = a4.fma(e, d4);
                    FloatVector a5 = FloatVector.broadcast(SPECIES, v[from + 5 * SLICE + p]);
                    c5 = a5.fma(b, c5);
                    d5 = a5.fma(e, d5);
                    FloatVector a6 = FloatVector.broadcast(SPECIES, v[from + 6 * SLICE + p]);
                    c6 = a6.fma(b, c6);
                    d6 = a6.fma(e, d6);
                    FloatVector a7 = FloatVector.broadcast(SPECIES, v[from + 7 * SLICE + p]);
                    c7 = a7.fma(b, c7);
                    d7 = a7.fma(e, d7);
                }
                from += vPitch;
            }
            c0.intoArray(m, to + 0 * SLICE);
            c1.intoArray(m, to + 1 * SLICE);
            c2.intoArray(m, to + 2 * SLICE);
            c3.intoArray(m, to + 3 * SLICE);
            c4.intoArray(m, to + 4 * SLICE);
            c5.intoArray(m, to + 5 * SLICE);
            c6.intoArray(m, to + 6 * SLICE);
            c7.intoArray(m, to + 7 * SLICE);
            d0.intoArray(m, next + 0 * SLICE);
            d1.intoArray(m, next + 1 * SLICE);
            d2.intoArray(m, next + 2 * SLICE);
            d3.intoArray(m, next + 3 * SLICE);
            d4.intoArray(m, next + 4 * SLICE);
            d5.intoArray(m, next + 5 * SLICE);
            d6.intoArray(m, next + 6 * SLICE);
            d7.intoArray(m, next + 7 * SLICE);
        }
    }

    /** M = V U, row by row, for one panel. */
    static void single(
            int rows, int depth, float[] v, int vOffset, int vPitch, float[] u, int uOffset, float[] m, int mOffset) {
        for (int row = 0; row < rows; row += ROWS) {
            int to = mOffset + row * SLICE;
            FloatVector c0 = FloatVector.zero(SPECIES);
            FloatVector c1 = FloatVector.zero(SPECIES);
            FloatVector c2 = FloatVector.zero(SPECIES);
            FloatVector c3 = FloatVector.zero(SPECIES);
            FloatVector c4 = FloatVector.zero(SPECIES);
            FloatVector c5 = FloatVector.zero(SPECIES);
            FloatVector c6 = FloatVector.zero(SPECIES);
            FloatVector c7 = FloatVector.zero(SPECIES);
            int from = vOffset + row * SLICE;
            for (int first = 0; first < depth; first += SLICE) {
                int end = Math.min(SLICE, depth - first);
                int at = uOffset + first * SLICE;
                for (int p = 0; p < end; p++) {
                    FloatVector b = FloatVector.fromArray(SPECIES, u, at + p * SLICE);
                    c0 = FloatVector.broadcast(SPECIES, v[from + 0 * SLICE + p]).fma(b, c0);
                    c1 = FloatVector.broadcast(SPECIES, v[from + 1 * SLICE + p]).fma(b, c1);
                    c2 = FloatVector.broadcast(SPECIES, v[from + 2 * SLICE + p]).fma(b, c2);
                    c3 = FloatVector.broadcast(SPECIES, v[from + 3 * SLICE + p]).fma(b, c3);
                    c4 = FloatVector.broadcast(SPECIES, v[from + 4 * SLICE + p]).fma(b, c4);
                    c5 = FloatVector.broadcast(SPECIES, v[from + 5 * SLICE + p]).fma(b, c5);
                    c6 = FloatVector.broadcast(SPECIES, v[from + 6 * SLICE + p]).fma(b, c6);
                    c7 = FloatVector.broadcast(SPECIES, v[from + 7 * SLICE + p]).fma(b, c7);
                }
                from += vPitch;
            }
            c0.intoArray(m, to + 0 * SLICE);
            c1.intoArray(m, to + 1 * SLICE);
            c2.intoArray(m, to + 2 * SLICE);
            c3.intoArray(m, to + 3 * SLICE);
            c4.intoArray(m, to + 4 * SLICE);
            c5.intoArray(m, to + 5 * SLICE);
            c6.intoArray(m, to + 6 * SLICE);
            c7.intoArray(m, to + 7 * SLICE);
        }
    }

    /** The same for whole blocks of {@link #TALL} rows, which load the panel half as often and begin and end half as often. */
    static void tall(
            int rows, int depth, float[] v, int vOffset, int vPitch, float[] u, int uOffset, float[] m, int mOffset) {
        for (int row = 0; row < rows; row += TALL) {
            int to = mOffset + row * SLICE;
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
            int from = vOffset + row * SLICE;
            for (int first = 0; first < depth; first += SLICE) {
                int end = Math.min(SLICE, depth - first);
                int at = uOffset + first * SLICE;
                for (int p = 0; p < end; p++) {
                    FloatVector b = FloatVector.fromArray(SPECIES, u, at + p * SLICE);
                    c0 = FloatVector.broadcast(SPECIES, v[from + 0 * SLICE + p]).fma(b, c0);
                    c1 = FloatVector.broadcast(SPECIES, v[from + 1 * SLICE + p]).fma(b, c1);
                    c2 = FloatVector.broadcast(SPECIES, v[from + 2 * SLICE + p]).fma(b, c2);
                    c3 = FloatVector.broadcast(SPECIES, v[from + 3 * SLICE + p]).fma(b, c3);
                    c4 = FloatVector.broadcast(SPECIES, v[from + 4 * SLICE + p]).fma(b, c4);
                    c5 = FloatVector.broadcast(SPECIES, v[from + 5 * SLICE + p]).fma(b, c5);
                    c6 = FloatVector.broadcast(SPECIES, v[from + 6 * SLICE + p]).fma(b, c6);
                    c7 = FloatVector.broadcast(SPECIES, v[from + 7 * SLICE + p]).fma(b, c7);
                    c8 = FloatVector.broadcast(SPECIES, v[from + 8 * SLICE + p]).fma(b, c8);
                    c9 = FloatVector.broadcast(SPECIES, v[from + 9 * SLICE + p]).fma(b, c9);
                    c10 = FloatVector.broadcast(SPECIES, v[from + 10 * SLICE + p])
                            .fma(b, c10);
                    c11 = FloatVector.broadcast(SPECIES, v[from + 11 * SLICE + p])
                            .fma(b, c11);
                    c12 = FloatVector.broadcast(SPECIES, v[from + 12 * SLICE + p])
                            .fma(b, c12);
                    c13 = FloatVector.broadcast(SPECIES, v[from + 13 * SLICE + p])
                            .fma(b, c13);
                    c14 = FloatVector.broadcast(SPECIES, v[from + 14 * SLICE + p])
                            .fma(b, c14);
                    c15 = FloatVector.broadcast(SPECIES, v[from + 15 * SLICE + p])
                            .fma(b, c15);
                }
                from += vPitch;
            }
            c0.intoArray(m, to + 0 * SLICE);
            c1.intoArray(m, to + 1 * SLICE);
            c2.intoArray(m, to + 2 * SLICE);
            c3.intoArray(m, to + 3 * SLICE);
            c4.intoArray(m, to + 4 * SLICE);
            c5.intoArray(m, to + 5 * SLICE);
            c6.intoArray(m, to + 6 * SLICE);
            c7.intoArray(m, to + 7 * SLICE);
            c8.intoArray(m, to + 8 * SLICE);
            c9.intoArray(m, to + 9 * SLICE);
            c10.intoArray(m, to + 10 * SLICE);
            c11.intoArray(m, to + 11 * SLICE);
            c12.intoArray(m, to + 12 * SLICE);
            c13.intoArray(m, to + 13 * SLICE);
            c14.intoArray(m, to + 14 * SLICE);
            c15.intoArray(m, to + 15 * SLICE);
        }
    }
}
