package scgrad.core.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops of grouped convolutions with vectors along channels: one permutation of a vector per pixel brings a group's c-th channel to all
 * lanes of the group, and serves all taps; after it a grouped convolution is a depthwise one.
 */
final class VectorGroupLoops implements GroupLoops {
    private static final VectorSpecies<Float> SPECIES =
            FloatVector.SPECIES_PREFERRED.length() > SLICE ? FloatVector.SPECIES_512 : FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(SPECIES, x, at);
    }

    @Override
    public void spread(
            float[] x,
            int from,
            int pitch,
            int pixels,
            int first,
            int width,
            int inputs,
            int outputs,
            int c,
            float[] to,
            int offset) {
        if (inputs != outputs || LANES % inputs != 0) {
            GroupLoops.super.spread(x, from, pitch, pixels, first, width, inputs, outputs, c, to, offset);
            return;
        }
        VectorShuffle<Float> shuffle = VectorShuffle.fromOp(SPECIES, lane -> lane / inputs * inputs + c);
        for (int i = 0; i < width; i += LANES) {
            int at = from + first + i;
            if (i + LANES <= width) {
                for (int p = 0; p < pixels; p++) {
                    load(x, at + p * pitch).rearrange(shuffle).intoArray(to, offset + i + p * SLICE);
                }
                continue;
            }
            VectorMask<Float> mask = SPECIES.indexInRange(i, width);
            for (int p = 0; p < pixels; p++) {
                FloatVector.fromArray(SPECIES, x, at + p * pitch, mask)
                        .rearrange(shuffle)
                        .intoArray(to, offset + i + p * SLICE);
            }
        }
    }

    @Override
    public void convolve(
            int pixels,
            int taps,
            float[] x,
            int[] addresses,
            int[] shifts,
            float[] w,
            int wOffset,
            float[] y,
            boolean accumulate) {
        for (int lane = 0; lane < SLICE; lane += LANES) {
            for (int p = 0; p < pixels; p += PIXELS) {
                step(taps, x, addresses, p, lane, shifts, w, wOffset + lane, y, accumulate);
            }
        }
    }

    private static void step(
            int taps,
            float[] x,
            int[] addresses,
            int p,
            int lane,
            int[] shifts,
            float[] w,
            int wOffset,
            float[] y,
            boolean accumulate) {
        int at = p * SLICE + lane;
        int x0 = addresses[p + 0] + lane;
        int x1 = addresses[p + 1] + lane;
        int x2 = addresses[p + 2] + lane;
        int x3 = addresses[p + 3] + lane;
        int x4 = addresses[p + 4] + lane;
        int x5 = addresses[p + 5] + lane;
        FloatVector y0 = FloatVector.zero(SPECIES);
        FloatVector y1 = FloatVector.zero(SPECIES);
        FloatVector y2 = FloatVector.zero(SPECIES);
        FloatVector y3 = FloatVector.zero(SPECIES);
        FloatVector y4 = FloatVector.zero(SPECIES);
        FloatVector y5 = FloatVector.zero(SPECIES);
        if (accumulate) {
            y0 = load(y, at + 0 * SLICE);
            y1 = load(y, at + 1 * SLICE);
            y2 = load(y, at + 2 * SLICE);
            y3 = load(y, at + 3 * SLICE);
            y4 = load(y, at + 4 * SLICE);
            y5 = load(y, at + 5 * SLICE);
        }
        for (int t = 0; t < taps; t++) {
            int shift = shifts[t];
            FloatVector weight = load(w, wOffset + t * SLICE);
            y0 = load(x, x0 + shift).fma(weight, y0);
            y1 = load(x, x1 + shift).fma(weight, y1);
            y2 = load(x, x2 + shift).fma(weight, y2);
            y3 = load(x, x3 + shift).fma(weight, y3);
            y4 = load(x, x4 + shift).fma(weight, y4);
            y5 = load(x, x5 + shift).fma(weight, y5);
        }
        y0.intoArray(y, at + 0 * SLICE);
        y1.intoArray(y, at + 1 * SLICE);
        y2.intoArray(y, at + 2 * SLICE);
        y3.intoArray(y, at + 3 * SLICE);
        y4.intoArray(y, at + 4 * SLICE);
        y5.intoArray(y, at + 5 * SLICE);
    }

    @Override
    public void convolveThree(
            int columns,
            int tapRows,
            float[] x,
            int from,
            int rowPitch,
            float[] w,
            int wOffset,
            float[] y,
            int to,
            boolean accumulate) {
        for (int lane = 0; lane < SLICE; lane += LANES) {
            for (int j = 0; j < columns; j += ROW) {
                int pixel = j * SLICE + lane;
                three(tapRows, x, from + pixel, rowPitch, w, wOffset + lane, y, to + pixel, accumulate);
            }
        }
    }

    private static void three(
            int tapRows,
            float[] x,
            int from,
            int rowPitch,
            float[] w,
            int wOffset,
            float[] y,
            int to,
            boolean accumulate) {
        FloatVector y0 = FloatVector.zero(SPECIES);
        FloatVector y1 = FloatVector.zero(SPECIES);
        FloatVector y2 = FloatVector.zero(SPECIES);
        FloatVector y3 = FloatVector.zero(SPECIES);
        if (accumulate) {
            y0 = load(y, to + 0 * SLICE);
            y1 = load(y, to + 1 * SLICE);
            y2 = load(y, to + 2 * SLICE);
            y3 = load(y, to + 3 * SLICE);
        }
        for (int r = 0; r < tapRows; r++) {
            int at = from + r * rowPitch;
            int tap = wOffset + r * 3 * SLICE;
            FloatVector w0 = load(w, tap + 0 * SLICE);
            FloatVector w1 = load(w, tap + 1 * SLICE);
            FloatVector w2 = load(w, tap + 2 * SLICE);
            FloatVector x0 = load(x, at + 0 * SLICE);
            y0 = x0.fma(w0, y0);
            FloatVector x1 = load(x, at + 1 * SLICE);
            y0 = x1.fma(w1, y0);
            y1 = x1.fma(w0, y1);
            FloatVector x2 = load(x, at + 2 * SLICE);
            y0 = x2.fma(w2, y0);
            y1 = x2.fma(w1, y1);
            y2 = x2.fma(w0, y2);
            FloatVector x3 = load(x, at + 3 * SLICE);
            y1 = x3.fma(w2, y1);
            y2 = x3.fma(w1, y2);
            y3 = x3.fma(w0, y3);
            FloatVector x4 = load(x, at + 4 * SLICE);
            y2 = x4.fma(w2, y2);
            y3 = x4.fma(w1, y3);
            FloatVector x5 = load(x, at + 5 * SLICE);
            y3 = x5.fma(w2, y3);
        }
        y0.intoArray(y, to + 0 * SLICE);
        y1.intoArray(y, to + 1 * SLICE);
        y2.intoArray(y, to + 2 * SLICE);
        y3.intoArray(y, to + 3 * SLICE);
    }

    @Override
    public void correlate(
            int pixels,
            float[] x,
            int[] addresses,
            int[] shifts,
            int first,
            float[] dy,
            float[] sum,
            int sumOffset,
            boolean accumulate) {
        for (int lane = 0; lane < SLICE; lane += LANES) {
            sums(pixels, x, addresses, shifts, first, lane, dy, sum, sumOffset + lane, accumulate);
        }
    }

    private static void sums(
            int pixels,
            float[] x,
            int[] addresses,
            int[] shifts,
            int first,
            int lane,
            float[] dy,
            float[] sum,
            int to,
            boolean accumulate) {
        int x0 = shifts[first + 0] + lane;
        int x1 = shifts[first + 1] + lane;
        int x2 = shifts[first + 2] + lane;
        int x3 = shifts[first + 3] + lane;
        int x4 = shifts[first + 4] + lane;
        FloatVector sum0 = FloatVector.zero(SPECIES);
        FloatVector sum1 = FloatVector.zero(SPECIES);
        FloatVector sum2 = FloatVector.zero(SPECIES);
        FloatVector sum3 = FloatVector.zero(SPECIES);
        FloatVector sum4 = FloatVector.zero(SPECIES);
        if (accumulate) {
            sum0 = load(sum, to + 0 * SLICE);
            sum1 = load(sum, to + 1 * SLICE);
            sum2 = load(sum, to + 2 * SLICE);
            sum3 = load(sum, to + 3 * SLICE);
            sum4 = load(sum, to + 4 * SLICE);
        }
        for (int p = 0; p < pixels; p++) {
            int address = addresses[p];
            FloatVector upstream = load(dy, p * SLICE + lane);
            sum0 = load(x, x0 + address).fma(upstream, sum0);
            sum1 = load(x, x1 + address).fma(upstream, sum1);
            sum2 = load(x, x2 + address).fma(upstream, sum2);
            sum3 = load(x, x3 + address).fma(upstream, sum3);
            sum4 = load(x, x4 + address).fma(upstream, sum4);
        }
        sum0.intoArray(sum, to + 0 * SLICE);
        sum1.intoArray(sum, to + 1 * SLICE);
        sum2.intoArray(sum, to + 2 * SLICE);
        sum3.intoArray(sum, to + 3 * SLICE);
        sum4.intoArray(sum, to + 4 * SLICE);
    }
}
