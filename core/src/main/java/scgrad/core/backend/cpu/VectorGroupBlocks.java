package scgrad.core.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The innermost loops for blocks of 3x3 taps: one straight loop along the pixels of a row, with the nine weights and all sums in registers.
 *
 * <p>A pixel that is loaded, and permuted on the way, serves three rows of outputs and in each of them three columns, whose sums move up one
 * place with every pixel: 27 multiplications for 5 loads of pixels, and 3 loads and stores of sums. Few loads matter, because vectors of 512
 * bits cross cache lines where the JVM does not align objects to them. That a load's index is the loop counter plus something fixed
 * lets C2 take its bounds check out of the loop; stores, which may leave room for other channels, keep theirs. Measured on one Zen 5 core whose limit is 217 GFLOP/s: 150 to 190 for three rows and 140 for two; steps
 * of 8 pixels of one row, with sums in registers over all channels, reached 100. Four rows are more than C2 compiles in one piece.
 *
 * <p>For the gradient of the kernel nine sums reach 135, because C2 unrolls the loop and puts the multiplications of one sum behind each
 * other; eighteen sums of two channels reach 200.
 */
final class VectorGroupBlocks {
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED.length() > GroupLoops.SLICE
            ? FloatVector.SPECIES_512
            : FloatVector.SPECIES_PREFERRED;
    private static final int SLICE = GroupLoops.SLICE;

    private VectorGroupBlocks() {}

    static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(SPECIES, x, at);
    }

    /** Three rows of outputs, see {@link GroupLoops#convolve}. */
    static void threeRows(
            int pixels,
            VectorShuffle<Float> shuffle,
            float[] x,
            int from,
            int xPitch,
            float[] w,
            int at,
            float[] before,
            int beforeFrom,
            int beforePitch,
            float[] after,
            int afterFrom,
            int afterPitch,
            int afterPixelPitch) {
        FloatVector w0 = load(w, at + 0 * SLICE);
        FloatVector w1 = load(w, at + 1 * SLICE);
        FloatVector w2 = load(w, at + 2 * SLICE);
        FloatVector w3 = load(w, at + 3 * SLICE);
        FloatVector w4 = load(w, at + 4 * SLICE);
        FloatVector w5 = load(w, at + 5 * SLICE);
        FloatVector w6 = load(w, at + 6 * SLICE);
        FloatVector w7 = load(w, at + 7 * SLICE);
        FloatVector w8 = load(w, at + 8 * SLICE);
        int x0 = from + 0 * xPitch;
        int x1 = from + 1 * xPitch;
        int x2 = from + 2 * xPitch;
        int x3 = from + 3 * xPitch;
        int x4 = from + 4 * xPitch;
        int b0 = beforeFrom + 0 * beforePitch;
        int a0 = afterFrom + 0 * afterPitch;
        int b1 = beforeFrom + 1 * beforePitch;
        int a1 = afterFrom + 1 * afterPitch;
        int b2 = beforeFrom + 2 * beforePitch;
        int a2 = afterFrom + 2 * afterPitch;
        FloatVector last0 = FloatVector.zero(SPECIES);
        FloatVector middle0 = FloatVector.zero(SPECIES);
        FloatVector last1 = FloatVector.zero(SPECIES);
        FloatVector middle1 = FloatVector.zero(SPECIES);
        FloatVector last2 = FloatVector.zero(SPECIES);
        FloatVector middle2 = FloatVector.zero(SPECIES);
        for (int p = 0; p < pixels; p++) {
            FloatVector first0 = load(before, b0 + p * SLICE);
            FloatVector first1 = load(before, b1 + p * SLICE);
            FloatVector first2 = load(before, b2 + p * SLICE);
            FloatVector row0 = load(x, x0 + p * SLICE).rearrange(shuffle);
            first0 = row0.fma(w0, first0);
            middle0 = row0.fma(w1, middle0);
            last0 = row0.fma(w2, last0);
            FloatVector row1 = load(x, x1 + p * SLICE).rearrange(shuffle);
            first0 = row1.fma(w3, first0);
            middle0 = row1.fma(w4, middle0);
            last0 = row1.fma(w5, last0);
            first1 = row1.fma(w0, first1);
            middle1 = row1.fma(w1, middle1);
            last1 = row1.fma(w2, last1);
            FloatVector row2 = load(x, x2 + p * SLICE).rearrange(shuffle);
            first0 = row2.fma(w6, first0);
            middle0 = row2.fma(w7, middle0);
            last0 = row2.fma(w8, last0);
            first1 = row2.fma(w3, first1);
            middle1 = row2.fma(w4, middle1);
            last1 = row2.fma(w5, last1);
            first2 = row2.fma(w0, first2);
            middle2 = row2.fma(w1, middle2);
            last2 = row2.fma(w2, last2);
            FloatVector row3 = load(x, x3 + p * SLICE).rearrange(shuffle);
            first1 = row3.fma(w6, first1);
            middle1 = row3.fma(w7, middle1);
            last1 = row3.fma(w8, last1);
            first2 = row3.fma(w3, first2);
            middle2 = row3.fma(w4, middle2);
            last2 = row3.fma(w5, last2);
            FloatVector row4 = load(x, x4 + p * SLICE).rearrange(shuffle);
            first2 = row4.fma(w6, first2);
            middle2 = row4.fma(w7, middle2);
            last2 = row4.fma(w8, last2);
            int out = Math.max(p - 2, 0) * afterPixelPitch;
            last0.intoArray(after, a0 + out);
            last0 = middle0;
            middle0 = first0;
            last1.intoArray(after, a1 + out);
            last1 = middle1;
            middle1 = first1;
            last2.intoArray(after, a2 + out);
            last2 = middle2;
            middle2 = first2;
        }
    }

    /** Two rows of outputs. */
    static void twoRows(
            int pixels,
            VectorShuffle<Float> shuffle,
            float[] x,
            int from,
            int xPitch,
            float[] w,
            int at,
            float[] before,
            int beforeFrom,
            int beforePitch,
            float[] after,
            int afterFrom,
            int afterPitch,
            int afterPixelPitch) {
        FloatVector w0 = load(w, at + 0 * SLICE);
        FloatVector w1 = load(w, at + 1 * SLICE);
        FloatVector w2 = load(w, at + 2 * SLICE);
        FloatVector w3 = load(w, at + 3 * SLICE);
        FloatVector w4 = load(w, at + 4 * SLICE);
        FloatVector w5 = load(w, at + 5 * SLICE);
        FloatVector w6 = load(w, at + 6 * SLICE);
        FloatVector w7 = load(w, at + 7 * SLICE);
        FloatVector w8 = load(w, at + 8 * SLICE);
        int x0 = from + 0 * xPitch;
        int x1 = from + 1 * xPitch;
        int x2 = from + 2 * xPitch;
        int x3 = from + 3 * xPitch;
        int b0 = beforeFrom + 0 * beforePitch;
        int a0 = afterFrom + 0 * afterPitch;
        int b1 = beforeFrom + 1 * beforePitch;
        int a1 = afterFrom + 1 * afterPitch;
        FloatVector last0 = FloatVector.zero(SPECIES);
        FloatVector middle0 = FloatVector.zero(SPECIES);
        FloatVector last1 = FloatVector.zero(SPECIES);
        FloatVector middle1 = FloatVector.zero(SPECIES);
        for (int p = 0; p < pixels; p++) {
            FloatVector first0 = load(before, b0 + p * SLICE);
            FloatVector first1 = load(before, b1 + p * SLICE);
            FloatVector row0 = load(x, x0 + p * SLICE).rearrange(shuffle);
            first0 = row0.fma(w0, first0);
            middle0 = row0.fma(w1, middle0);
            last0 = row0.fma(w2, last0);
            FloatVector row1 = load(x, x1 + p * SLICE).rearrange(shuffle);
            first0 = row1.fma(w3, first0);
            middle0 = row1.fma(w4, middle0);
            last0 = row1.fma(w5, last0);
            first1 = row1.fma(w0, first1);
            middle1 = row1.fma(w1, middle1);
            last1 = row1.fma(w2, last1);
            FloatVector row2 = load(x, x2 + p * SLICE).rearrange(shuffle);
            first0 = row2.fma(w6, first0);
            middle0 = row2.fma(w7, middle0);
            last0 = row2.fma(w8, last0);
            first1 = row2.fma(w3, first1);
            middle1 = row2.fma(w4, middle1);
            last1 = row2.fma(w5, last1);
            FloatVector row3 = load(x, x3 + p * SLICE).rearrange(shuffle);
            first1 = row3.fma(w6, first1);
            middle1 = row3.fma(w7, middle1);
            last1 = row3.fma(w8, last1);
            int out = Math.max(p - 2, 0) * afterPixelPitch;
            last0.intoArray(after, a0 + out);
            last0 = middle0;
            middle0 = first0;
            last1.intoArray(after, a1 + out);
            last1 = middle1;
            middle1 = first1;
        }
    }

    /** The gradient of a block of weights: three rows of pixels meet the upstream gradients of this pixel and of the two before. */
    static void correlate(
            int pixels,
            VectorShuffle<Float> shuffle,
            float[] x,
            int from,
            int xPitch,
            float[] dy,
            int dyFrom,
            float[] sum,
            int to) {
        int x0 = from;
        int x1 = from + xPitch;
        int x2 = from + 2 * xPitch;
        FloatVector sum0 = load(sum, to + 0 * SLICE);
        FloatVector sum1 = load(sum, to + 1 * SLICE);
        FloatVector sum2 = load(sum, to + 2 * SLICE);
        FloatVector sum3 = load(sum, to + 3 * SLICE);
        FloatVector sum4 = load(sum, to + 4 * SLICE);
        FloatVector sum5 = load(sum, to + 5 * SLICE);
        FloatVector sum6 = load(sum, to + 6 * SLICE);
        FloatVector sum7 = load(sum, to + 7 * SLICE);
        FloatVector sum8 = load(sum, to + 8 * SLICE);
        FloatVector before = FloatVector.zero(SPECIES);
        FloatVector twoBefore = FloatVector.zero(SPECIES);
        for (int p = 0; p < pixels; p++) {
            FloatVector upstream = load(dy, dyFrom + p * SLICE);
            FloatVector row0 = load(x, x0 + p * SLICE).rearrange(shuffle);
            sum0 = row0.fma(upstream, sum0);
            sum1 = row0.fma(before, sum1);
            sum2 = row0.fma(twoBefore, sum2);
            FloatVector row1 = load(x, x1 + p * SLICE).rearrange(shuffle);
            sum3 = row1.fma(upstream, sum3);
            sum4 = row1.fma(before, sum4);
            sum5 = row1.fma(twoBefore, sum5);
            FloatVector row2 = load(x, x2 + p * SLICE).rearrange(shuffle);
            sum6 = row2.fma(upstream, sum6);
            sum7 = row2.fma(before, sum7);
            sum8 = row2.fma(twoBefore, sum8);
            twoBefore = before;
            before = upstream;
        }
        sum0.intoArray(sum, to + 0 * SLICE);
        sum1.intoArray(sum, to + 1 * SLICE);
        sum2.intoArray(sum, to + 2 * SLICE);
        sum3.intoArray(sum, to + 3 * SLICE);
        sum4.intoArray(sum, to + 4 * SLICE);
        sum5.intoArray(sum, to + 5 * SLICE);
        sum6.intoArray(sum, to + 6 * SLICE);
        sum7.intoArray(sum, to + 7 * SLICE);
        sum8.intoArray(sum, to + 8 * SLICE);
    }

    /** The same for two channels of a group at once, which share pixels and upstream gradients: 18 sums, so only for 32 registers. */
    static void correlateTwo(
            int pixels,
            VectorShuffle<Float> shuffle,
            VectorShuffle<Float> other,
            float[] x,
            int from,
            int xPitch,
            float[] dy,
            int dyFrom,
            float[] sum,
            int to,
            int sumPitch) {
        int x0 = from;
        int x1 = from + xPitch;
        int x2 = from + 2 * xPitch;
        FloatVector sum0 = load(sum, to + 0 * SLICE);
        FloatVector sum1 = load(sum, to + 1 * SLICE);
        FloatVector sum2 = load(sum, to + 2 * SLICE);
        FloatVector sum3 = load(sum, to + 3 * SLICE);
        FloatVector sum4 = load(sum, to + 4 * SLICE);
        FloatVector sum5 = load(sum, to + 5 * SLICE);
        FloatVector sum6 = load(sum, to + 6 * SLICE);
        FloatVector sum7 = load(sum, to + 7 * SLICE);
        FloatVector sum8 = load(sum, to + 8 * SLICE);
        FloatVector more0 = load(sum, to + sumPitch + 0 * SLICE);
        FloatVector more1 = load(sum, to + sumPitch + 1 * SLICE);
        FloatVector more2 = load(sum, to + sumPitch + 2 * SLICE);
        FloatVector more3 = load(sum, to + sumPitch + 3 * SLICE);
        FloatVector more4 = load(sum, to + sumPitch + 4 * SLICE);
        FloatVector more5 = load(sum, to + sumPitch + 5 * SLICE);
        FloatVector more6 = load(sum, to + sumPitch + 6 * SLICE);
        FloatVector more7 = load(sum, to + sumPitch + 7 * SLICE);
        FloatVector more8 = load(sum, to + sumPitch + 8 * SLICE);
        FloatVector before = FloatVector.zero(SPECIES);
        FloatVector twoBefore = FloatVector.zero(SPECIES);
        for (int p = 0; p < pixels; p++) {
            FloatVector upstream = load(dy, dyFrom + p * SLICE);
            FloatVector row0 = load(x, x0 + p * SLICE);
            FloatVector a0 = row0.rearrange(shuffle);
            sum0 = a0.fma(upstream, sum0);
            sum1 = a0.fma(before, sum1);
            sum2 = a0.fma(twoBefore, sum2);
            FloatVector b0 = row0.rearrange(other);
            more0 = b0.fma(upstream, more0);
            more1 = b0.fma(before, more1);
            more2 = b0.fma(twoBefore, more2);
            FloatVector row1 = load(x, x1 + p * SLICE);
            FloatVector a1 = row1.rearrange(shuffle);
            sum3 = a1.fma(upstream, sum3);
            sum4 = a1.fma(before, sum4);
            sum5 = a1.fma(twoBefore, sum5);
            FloatVector b1 = row1.rearrange(other);
            more3 = b1.fma(upstream, more3);
            more4 = b1.fma(before, more4);
            more5 = b1.fma(twoBefore, more5);
            FloatVector row2 = load(x, x2 + p * SLICE);
            FloatVector a2 = row2.rearrange(shuffle);
            sum6 = a2.fma(upstream, sum6);
            sum7 = a2.fma(before, sum7);
            sum8 = a2.fma(twoBefore, sum8);
            FloatVector b2 = row2.rearrange(other);
            more6 = b2.fma(upstream, more6);
            more7 = b2.fma(before, more7);
            more8 = b2.fma(twoBefore, more8);
            twoBefore = before;
            before = upstream;
        }
        sum0.intoArray(sum, to + 0 * SLICE);
        sum1.intoArray(sum, to + 1 * SLICE);
        sum2.intoArray(sum, to + 2 * SLICE);
        sum3.intoArray(sum, to + 3 * SLICE);
        sum4.intoArray(sum, to + 4 * SLICE);
        sum5.intoArray(sum, to + 5 * SLICE);
        sum6.intoArray(sum, to + 6 * SLICE);
        sum7.intoArray(sum, to + 7 * SLICE);
        sum8.intoArray(sum, to + 8 * SLICE);
        more0.intoArray(sum, to + sumPitch + 0 * SLICE);
        more1.intoArray(sum, to + sumPitch + 1 * SLICE);
        more2.intoArray(sum, to + sumPitch + 2 * SLICE);
        more3.intoArray(sum, to + sumPitch + 3 * SLICE);
        more4.intoArray(sum, to + sumPitch + 4 * SLICE);
        more5.intoArray(sum, to + sumPitch + 5 * SLICE);
        more6.intoArray(sum, to + sumPitch + 6 * SLICE);
        more7.intoArray(sum, to + sumPitch + 7 * SLICE);
        more8.intoArray(sum, to + sumPitch + 8 * SLICE);
    }
}
