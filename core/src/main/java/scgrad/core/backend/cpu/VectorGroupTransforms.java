package scgrad.core.backend.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The passes of {@link GroupTransforms} with vectors along channels, for vectors that hold whole groups. A tile's part of a line takes 6 loads and
 * 4 stores for 2.7 outputs, everything between is in registers: 24 products, 18 permutations and 22 operations of transforms.
 *
 * <p>The kernel of a line lies in one piece, whose addresses C2 makes of one register; with six of them it kept some in vector registers and moved them back
 * for every tile. Measured on one Zen 5 core that multiplies at 220 GFLOP/s, lines of 14 tiles of 4 channels a group in the first-level cache: 3.1 ns for
 * 16 outputs, 4.3 where each output channel met channel 0 of its group first, a fourth permutation; columns and outputs 1.4 each.
 */
final class VectorGroupTransforms implements GroupTransforms {
    private static final VectorSpecies<Float> SPECIES = VectorGroupBlocks.SPECIES;
    private static final int LANES = SPECIES.length();
    private static final int SLICE = GroupLoops.SLICE;
    private static final int TILE = Transforms.TILE * SLICE;
    /** {@code [channels per group][rotation]}. */
    private static final VectorShuffle<Float>[][] SHUFFLES = shuffles();

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static VectorShuffle<Float>[][] shuffles() {
        VectorShuffle<Float>[][] shuffles = new VectorShuffle[LANES + 1][];
        for (int perGroup = ROTATIONS; perGroup <= LANES; perGroup *= 2) {
            int group = perGroup;
            shuffles[perGroup] = new VectorShuffle[perGroup];
            for (int r = 0; r < perGroup; r++) {
                int rotation = r;
                shuffles[perGroup][r] =
                        VectorShuffle.fromOp(SPECIES, lane -> lane / group * group + (lane % group + rotation) % group);
            }
        }
        return shuffles;
    }

    /** For groups that a vector does not hold. */
    private final ScalarGroupTransforms scalar = new ScalarGroupTransforms();

    @Override
    public void columns(
            int pixels, float[] x, int from, int rowPitch, int pixelPitch, float[] lines, int to, int linePitch) {
        for (int lane = 0; lane < SLICE; lane += LANES) {
            int first = from + lane;
            int line = to + lane;
            for (int p = 0; p < pixels; p++) {
                VectorTransforms.inputLine(x, first + p * pixelPitch, rowPitch, lines, line + p * SLICE, linePitch);
            }
        }
    }

    @Override
    public void line(
            int tiles,
            int perGroup,
            float[] line,
            int from,
            float[] u,
            int uOffset,
            boolean accumulate,
            float[] sums,
            int to) {
        if (perGroup > LANES) {
            scalar.line(tiles, perGroup, line, from, u, uOffset, accumulate, sums, to);
            return;
        }
        VectorShuffle<Float>[] shuffles = SHUFFLES[perGroup];
        for (int lane = 0; lane < SLICE; lane += LANES) {
            int in = from + lane;
            int at = uOffset + lane;
            int out = to + lane;
            tiles(tiles, shuffles[1], shuffles[2], shuffles[3], line, in, u, at, accumulate, sums, out);
        }
    }

    private static void tiles(
            int tiles,
            VectorShuffle<Float> second,
            VectorShuffle<Float> third,
            VectorShuffle<Float> fourth,
            float[] line,
            int from,
            float[] u,
            int at,
            boolean accumulate,
            float[] sums,
            int to) {
        for (int t = 0; t < tiles; t++) {
            int in = from + t * TILE;
            FloatVector d2 = fromArray(SPECIES, line, in + 2 * SLICE);
            FloatVector d4 = fromArray(SPECIES, line, in + 4 * SLICE);
            FloatVector inner = d4.sub(d2);
            FloatVector v = fromArray(SPECIES, line, in).sub(d2).fma(broadcast(SPECIES, 4), inner);
            FloatVector m0 = v.mul(fromArray(SPECIES, u, at));
            m0 = v.rearrange(second).fma(fromArray(SPECIES, u, at + SLICE), m0);
            m0 = v.rearrange(third).fma(fromArray(SPECIES, u, at + 2 * SLICE), m0);
            m0 = v.rearrange(fourth).fma(fromArray(SPECIES, u, at + 3 * SLICE), m0);
            FloatVector d1 = fromArray(SPECIES, line, in + SLICE);
            FloatVector d3 = fromArray(SPECIES, line, in + 3 * SLICE);
            FloatVector even = d2.fma(broadcast(SPECIES, -4), d4);
            FloatVector odd = d1.fma(broadcast(SPECIES, -4), d3);
            v = even.add(odd);
            FloatVector m1 = v.mul(fromArray(SPECIES, u, at + 4 * SLICE));
            m1 = v.rearrange(second).fma(fromArray(SPECIES, u, at + 5 * SLICE), m1);
            m1 = v.rearrange(third).fma(fromArray(SPECIES, u, at + 6 * SLICE), m1);
            m1 = v.rearrange(fourth).fma(fromArray(SPECIES, u, at + 7 * SLICE), m1);
            v = even.sub(odd);
            FloatVector m2 = v.mul(fromArray(SPECIES, u, at + 8 * SLICE));
            m2 = v.rearrange(second).fma(fromArray(SPECIES, u, at + 9 * SLICE), m2);
            m2 = v.rearrange(third).fma(fromArray(SPECIES, u, at + 10 * SLICE), m2);
            m2 = v.rearrange(fourth).fma(fromArray(SPECIES, u, at + 11 * SLICE), m2);
            FloatVector step = d3.sub(d1);
            v = step.fma(broadcast(SPECIES, 2), inner);
            FloatVector m3 = v.mul(fromArray(SPECIES, u, at + 12 * SLICE));
            m3 = v.rearrange(second).fma(fromArray(SPECIES, u, at + 13 * SLICE), m3);
            m3 = v.rearrange(third).fma(fromArray(SPECIES, u, at + 14 * SLICE), m3);
            m3 = v.rearrange(fourth).fma(fromArray(SPECIES, u, at + 15 * SLICE), m3);
            v = step.fma(broadcast(SPECIES, -2), inner);
            FloatVector m4 = v.mul(fromArray(SPECIES, u, at + 16 * SLICE));
            m4 = v.rearrange(second).fma(fromArray(SPECIES, u, at + 17 * SLICE), m4);
            m4 = v.rearrange(third).fma(fromArray(SPECIES, u, at + 18 * SLICE), m4);
            m4 = v.rearrange(fourth).fma(fromArray(SPECIES, u, at + 19 * SLICE), m4);
            FloatVector d5 = fromArray(SPECIES, line, in + 5 * SLICE);
            v = step.fma(broadcast(SPECIES, -4), d5.sub(d3));
            FloatVector m5 = v.mul(fromArray(SPECIES, u, at + 20 * SLICE));
            m5 = v.rearrange(second).fma(fromArray(SPECIES, u, at + 21 * SLICE), m5);
            m5 = v.rearrange(third).fma(fromArray(SPECIES, u, at + 22 * SLICE), m5);
            m5 = v.rearrange(fourth).fma(fromArray(SPECIES, u, at + 23 * SLICE), m5);
            FloatVector near = m1.add(m2);
            FloatVector nearOdd = m1.sub(m2);
            FloatVector far = m3.add(m4);
            FloatVector farOdd = m3.sub(m4);
            int out = to + t * TILE;
            FloatVector y0 = m0.add(near).add(far);
            FloatVector y1 = farOdd.fma(broadcast(SPECIES, 2), nearOdd);
            FloatVector y2 = far.fma(broadcast(SPECIES, 4), near);
            FloatVector y3 = farOdd.fma(broadcast(SPECIES, 8), nearOdd).add(m5);
            if (accumulate) {
                y0 = y0.add(fromArray(SPECIES, sums, out));
                y1 = y1.add(fromArray(SPECIES, sums, out + SLICE));
                y2 = y2.add(fromArray(SPECIES, sums, out + 2 * SLICE));
                y3 = y3.add(fromArray(SPECIES, sums, out + 3 * SLICE));
            }
            y0.intoArray(sums, out);
            y1.intoArray(sums, out + SLICE);
            y2.intoArray(sums, out + 2 * SLICE);
            y3.intoArray(sums, out + 3 * SLICE);
        }
    }

    @Override
    public void rotate(int pixels, int perGroup, float[] lines, int from) {
        if (perGroup > LANES) {
            scalar.rotate(pixels, perGroup, lines, from);
            return;
        }
        VectorShuffle<Float> shuffle = SHUFFLES[perGroup][ROTATIONS];
        int end = from + pixels * SLICE;
        for (int at = from; at < end; at += LANES) {
            fromArray(SPECIES, lines, at).rearrange(shuffle).intoArray(lines, at);
        }
    }

    @Override
    public void outputs(
            int pixels,
            int rows,
            float[] lines,
            int from,
            int linePitch,
            float[] y,
            int to,
            int rowPitch,
            int pixelPitch) {
        for (int lane = 0; lane < SLICE; lane += LANES) {
            int line = from + lane;
            int first = to + lane;
            if (rows == Transforms.TILE) {
                for (int p = 0; p < pixels; p++) {
                    VectorTransforms.outputLine(
                            lines, line + p * SLICE, linePitch, y, first + p * pixelPitch, rowPitch, true);
                }
                continue;
            }
            for (int p = 0; p < pixels; p++) {
                VectorTransforms.outputLine(
                        lines, line + p * SLICE, linePitch, lines, line + p * SLICE, linePitch, false);
                for (int i = 0; i < rows; i++) {
                    fromArray(SPECIES, lines, line + p * SLICE + i * linePitch)
                            .intoArray(y, first + p * pixelPitch + i * rowPitch);
                }
            }
        }
    }
}
