package scgrad.core.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops of grouped convolutions with vectors along channels: a permutation of a pixel on its way from memory brings a group's c-th
 * channel to all lanes of the group (one instruction), and after it a grouped convolution is a depthwise one. Blocks of taps are in
 * {@link VectorGroupBlocks}, the loops for any taps here.
 */
final class VectorGroupLoops implements GroupLoops {
    private static final VectorSpecies<Float> SPECIES = VectorGroupBlocks.SPECIES;
    private static final int LANES = SPECIES.length();
    /** 32 registers come with vectors of 512 bits. */
    private static final boolean MANY_REGISTERS = LANES == SLICE;
    /** {@code [channels per group][c]}; for 0 all lanes stay where they are. */
    private static final VectorShuffle<Float>[][] SHUFFLES = shuffles();

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static VectorShuffle<Float>[][] shuffles() {
        VectorShuffle<Float>[][] shuffles = new VectorShuffle[SLICE + 1][];
        shuffles[0] = new VectorShuffle[] {VectorShuffle.iota(SPECIES, 0, 1, false)};
        for (int perGroup = 1; perGroup <= SLICE; perGroup *= 2) {
            shuffles[perGroup] = new VectorShuffle[perGroup];
            for (int c = 0; c < perGroup; c++) {
                int channel = c % LANES;
                int group = Math.min(perGroup, LANES);
                shuffles[perGroup][c] = VectorShuffle.fromOp(SPECIES, lane -> lane / group * group + channel);
            }
        }
        return shuffles;
    }

    private static VectorShuffle<Float> shuffle(int perGroup, int c) {
        return perGroup == 0 ? SHUFFLES[0][0] : SHUFFLES[perGroup][c];
    }

    /** The first of the lanes in which output lanes from {@code lane} on find their group's c-th channel. */
    private static int source(int lane, int perGroup, int c) {
        return perGroup > LANES ? lane / perGroup * perGroup + c / LANES * LANES : lane;
    }

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(SPECIES, x, at);
    }

    private static FloatVector load(float[] x, int at, VectorShuffle<Float> shuffle) {
        return FloatVector.fromArray(SPECIES, x, at).rearrange(shuffle);
    }

    @Override
    public GroupTransforms transforms() {
        return new VectorGroupTransforms();
    }

    @Override
    public boolean shared(int inputs, int outputs) {
        return inputs == outputs && SLICE % inputs == 0;
    }

    @Override
    public void copy(int pixels, int width, float[] x, int from, int xPitch, float[] y, int to, int yPitch) {
        for (int i = 0; i < width; i += LANES) {
            if (i + LANES <= width) {
                for (int p = 0; p < pixels; p++) {
                    load(x, from + i + p * xPitch).intoArray(y, to + i + p * yPitch);
                }
                continue;
            }
            VectorMask<Float> mask = SPECIES.indexInRange(i, width);
            for (int p = 0; p < pixels; p++) {
                FloatVector.fromArray(SPECIES, x, from + i + p * xPitch, mask).intoArray(y, to + i + p * yPitch, mask);
            }
        }
    }

    @Override
    public void convolve(
            int rows,
            int pixels,
            int perGroup,
            int c,
            float[] x,
            int from,
            int xPitch,
            float[] w,
            int wOffset,
            float[] before,
            int beforePitch,
            float[] after,
            int afterFrom,
            int afterPitch,
            int afterPixelPitch) {
        VectorShuffle<Float> shuffle = shuffle(perGroup, c);
        for (int lane = 0; lane < SLICE; lane += LANES) {
            int at = from + source(lane, perGroup, c);
            if (rows == 3) {
                VectorGroupBlocks.threeRows(
                        pixels,
                        shuffle,
                        x,
                        at,
                        xPitch,
                        w,
                        wOffset + lane,
                        before,
                        CacheLine.FIRST + lane,
                        beforePitch,
                        after,
                        afterFrom + lane,
                        afterPitch,
                        afterPixelPitch);
            } else {
                VectorGroupBlocks.twoRows(
                        pixels,
                        shuffle,
                        x,
                        at,
                        xPitch,
                        w,
                        wOffset + lane,
                        before,
                        CacheLine.FIRST + lane,
                        beforePitch,
                        after,
                        afterFrom + lane,
                        afterPitch,
                        afterPixelPitch);
            }
        }
    }

    @Override
    public void convolve(
            int pixels,
            int depth,
            int perGroup,
            int planePitch,
            int taps,
            float[] x,
            int[] addresses,
            int[] shifts,
            float[] w,
            int wOffset,
            float[] y) {
        for (int lane = 0; lane < SLICE; lane += LANES) {
            for (int p = 0; p < pixels; p += STEP) {
                step(depth, perGroup, planePitch, taps, x, addresses, p, lane, shifts, w, wOffset + lane, y);
            }
        }
    }

    private static void step(
            int depth,
            int perGroup,
            int planePitch,
            int taps,
            float[] x,
            int[] addresses,
            int p,
            int lane,
            int[] shifts,
            float[] w,
            int wOffset,
            float[] y) {
        int x0 = addresses[p + 0];
        int x1 = addresses[p + 1];
        int x2 = addresses[p + 2];
        int x3 = addresses[p + 3];
        int x4 = addresses[p + 4];
        int x5 = addresses[p + 5];
        int x6 = addresses[p + 6];
        int x7 = addresses[p + 7];
        FloatVector y0 = FloatVector.zero(SPECIES);
        FloatVector y1 = FloatVector.zero(SPECIES);
        FloatVector y2 = FloatVector.zero(SPECIES);
        FloatVector y3 = FloatVector.zero(SPECIES);
        FloatVector y4 = FloatVector.zero(SPECIES);
        FloatVector y5 = FloatVector.zero(SPECIES);
        FloatVector y6 = FloatVector.zero(SPECIES);
        FloatVector y7 = FloatVector.zero(SPECIES);
        for (int c = 0; c < depth; c++) {
            VectorShuffle<Float> shuffle = shuffle(perGroup, c);
            int from = c * planePitch + source(lane, perGroup, c);
            for (int t = 0; t < taps; t++) {
                int shift = from + shifts[t];
                FloatVector weight = load(w, wOffset + (c * taps + t) * SLICE);
                y0 = load(x, x0 + shift, shuffle).fma(weight, y0);
                y1 = load(x, x1 + shift, shuffle).fma(weight, y1);
                y2 = load(x, x2 + shift, shuffle).fma(weight, y2);
                y3 = load(x, x3 + shift, shuffle).fma(weight, y3);
                y4 = load(x, x4 + shift, shuffle).fma(weight, y4);
                y5 = load(x, x5 + shift, shuffle).fma(weight, y5);
                y6 = load(x, x6 + shift, shuffle).fma(weight, y6);
                y7 = load(x, x7 + shift, shuffle).fma(weight, y7);
            }
        }
        int at = CacheLine.FIRST + p * SLICE + lane;
        y0.intoArray(y, at + 0 * SLICE);
        y1.intoArray(y, at + 1 * SLICE);
        y2.intoArray(y, at + 2 * SLICE);
        y3.intoArray(y, at + 3 * SLICE);
        y4.intoArray(y, at + 4 * SLICE);
        y5.intoArray(y, at + 5 * SLICE);
        y6.intoArray(y, at + 6 * SLICE);
        y7.intoArray(y, at + 7 * SLICE);
    }

    @Override
    public void correlate(
            int pixels,
            int depth,
            int perGroup,
            int planePitch,
            float[] x,
            int from,
            int xPitch,
            float[] dy,
            float[] sum,
            int sumOffset,
            int sumPitch) {
        for (int lane = 0; lane < SLICE; lane += LANES) {
            int c = 0;
            int to = sumOffset + lane;
            for (; MANY_REGISTERS && perGroup > 0 && c + 1 < depth; c += 2) {
                VectorGroupBlocks.correlateTwo(
                        pixels,
                        shuffle(perGroup, c),
                        shuffle(perGroup, c + 1),
                        x,
                        from + lane,
                        xPitch,
                        dy,
                        CacheLine.FIRST + lane,
                        sum,
                        to + c * sumPitch,
                        sumPitch);
            }
            for (; c < depth; c++) {
                int at = from + c * planePitch + source(lane, perGroup, c);
                VectorGroupBlocks.correlate(
                        pixels,
                        shuffle(perGroup, c),
                        x,
                        at,
                        xPitch,
                        dy,
                        CacheLine.FIRST + lane,
                        sum,
                        to + c * sumPitch);
            }
        }
    }

    @Override
    public void correlate(
            int pixels,
            int perGroup,
            int c,
            float[] x,
            int from,
            int[] addresses,
            int[] shifts,
            int first,
            float[] dy,
            float[] sum,
            int sumOffset) {
        VectorShuffle<Float> shuffle = shuffle(perGroup, c);
        for (int lane = 0; lane < SLICE; lane += LANES) {
            int at = from + source(lane, perGroup, c);
            sums(pixels, shuffle, x, at, addresses, shifts, first, dy, CacheLine.FIRST + lane, sum, sumOffset + lane);
        }
    }

    private static void sums(
            int pixels,
            VectorShuffle<Float> shuffle,
            float[] x,
            int from,
            int[] addresses,
            int[] shifts,
            int first,
            float[] dy,
            int dyFrom,
            float[] sum,
            int to) {
        int x0 = shifts[first + 0] + from;
        int x1 = shifts[first + 1] + from;
        int x2 = shifts[first + 2] + from;
        int x3 = shifts[first + 3] + from;
        int x4 = shifts[first + 4] + from;
        int x5 = shifts[first + 5] + from;
        int x6 = shifts[first + 6] + from;
        int x7 = shifts[first + 7] + from;
        int x8 = shifts[first + 8] + from;
        FloatVector sum0 = load(sum, to + 0 * SLICE);
        FloatVector sum1 = load(sum, to + 1 * SLICE);
        FloatVector sum2 = load(sum, to + 2 * SLICE);
        FloatVector sum3 = load(sum, to + 3 * SLICE);
        FloatVector sum4 = load(sum, to + 4 * SLICE);
        FloatVector sum5 = load(sum, to + 5 * SLICE);
        FloatVector sum6 = load(sum, to + 6 * SLICE);
        FloatVector sum7 = load(sum, to + 7 * SLICE);
        FloatVector sum8 = load(sum, to + 8 * SLICE);
        for (int p = 0; p < pixels; p++) {
            int address = addresses[p];
            FloatVector upstream = load(dy, dyFrom + p * SLICE);
            sum0 = load(x, x0 + address, shuffle).fma(upstream, sum0);
            sum1 = load(x, x1 + address, shuffle).fma(upstream, sum1);
            sum2 = load(x, x2 + address, shuffle).fma(upstream, sum2);
            sum3 = load(x, x3 + address, shuffle).fma(upstream, sum3);
            sum4 = load(x, x4 + address, shuffle).fma(upstream, sum4);
            sum5 = load(x, x5 + address, shuffle).fma(upstream, sum5);
            sum6 = load(x, x6 + address, shuffle).fma(upstream, sum6);
            sum7 = load(x, x7 + address, shuffle).fma(upstream, sum7);
            sum8 = load(x, x8 + address, shuffle).fma(upstream, sum8);
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
}
