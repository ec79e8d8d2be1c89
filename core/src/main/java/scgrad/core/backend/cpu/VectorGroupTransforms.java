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
 * <p>The kernel of a line lies in one piece, which C2 reads through one address; from six pieces it kept some addresses in vector registers and moved them
 * back for every tile. Measured on one Zen 5 core that multiplies at 220 GFLOP/s, lines of 14 tiles of 4 channels a group in the first-level cache: 3.1 ns for
 * 16 outputs, 4.3 where each output channel met channel 0 of its group first, which takes a fourth permutation; the gradient of the kernel, whose
 * sums are half as many as registers, 3.1; columns 1.0 to 1.4, since they come from and go to the second-level cache.
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
    public void inputs(
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

    @Override
    public void upstream(
            int pixels, float[] dy, int from, int rowPitch, int pixelPitch, float[] lines, int to, int linePitch) {
        for (int lane = 0; lane < SLICE; lane += LANES) {
            int first = from + lane;
            int line = to + lane;
            for (int p = 0; p < pixels; p++) {
                VectorTransforms.upstreamLine(dy, first + p * pixelPitch, rowPitch, lines, line + p * SLICE, linePitch);
            }
        }
    }

    @Override
    public void lineGradient(
            int tiles, int perGroup, float[] line, int from, float[] upstream, int upstreamFrom, float[] sums, int to) {
        if (perGroup > LANES) {
            scalar.lineGradient(tiles, perGroup, line, from, upstream, upstreamFrom, sums, to);
            return;
        }
        VectorShuffle<Float> second = SHUFFLES[perGroup][1];
        VectorShuffle<Float> third = SHUFFLES[perGroup][2];
        VectorShuffle<Float> fourth = SHUFFLES[perGroup][3];
        for (int lane = 0; lane < SLICE; lane += LANES) {
            int in = from + lane;
            int up = upstreamFrom + lane;
            int sum = to + lane;
            nearGradient(tiles, second, third, fourth, line, in, upstream, up, sums, sum);
            farGradient(tiles, second, third, fourth, line, in, upstream, up, sums, sum + 3 * ROTATIONS * SLICE);
        }
    }

    /** Elements 0 .. 2 of a line, twelve sums in registers. */
    private static void nearGradient(
            int tiles,
            VectorShuffle<Float> second,
            VectorShuffle<Float> third,
            VectorShuffle<Float> fourth,
            float[] line,
            int from,
            float[] upstream,
            int upstreamFrom,
            float[] sums,
            int at) {
        FloatVector s00 = fromArray(SPECIES, sums, at);
        FloatVector s01 = fromArray(SPECIES, sums, at + SLICE);
        FloatVector s02 = fromArray(SPECIES, sums, at + 2 * SLICE);
        FloatVector s03 = fromArray(SPECIES, sums, at + 3 * SLICE);
        FloatVector s10 = fromArray(SPECIES, sums, at + 4 * SLICE);
        FloatVector s11 = fromArray(SPECIES, sums, at + 5 * SLICE);
        FloatVector s12 = fromArray(SPECIES, sums, at + 6 * SLICE);
        FloatVector s13 = fromArray(SPECIES, sums, at + 7 * SLICE);
        FloatVector s20 = fromArray(SPECIES, sums, at + 8 * SLICE);
        FloatVector s21 = fromArray(SPECIES, sums, at + 9 * SLICE);
        FloatVector s22 = fromArray(SPECIES, sums, at + 10 * SLICE);
        FloatVector s23 = fromArray(SPECIES, sums, at + 11 * SLICE);
        for (int t = 0; t < tiles; t++) {
            int in = from + t * TILE;
            int up = upstreamFrom + t * TILE;
            FloatVector d0 = fromArray(SPECIES, line, in);
            FloatVector d1 = fromArray(SPECIES, line, in + SLICE);
            FloatVector d2 = fromArray(SPECIES, line, in + 2 * SLICE);
            FloatVector d3 = fromArray(SPECIES, line, in + 3 * SLICE);
            FloatVector d4 = fromArray(SPECIES, line, in + 4 * SLICE);
            FloatVector even = d2.fma(broadcast(SPECIES, -4), d4);
            FloatVector odd = d1.fma(broadcast(SPECIES, -4), d3);
            FloatVector v0 = d0.sub(d2).fma(broadcast(SPECIES, 4), d4.sub(d2));
            FloatVector v1 = even.add(odd);
            FloatVector v2 = even.sub(odd);
            FloatVector z0 = fromArray(SPECIES, upstream, up);
            FloatVector near = z0.add(fromArray(SPECIES, upstream, up + 2 * SLICE));
            FloatVector nearOdd =
                    fromArray(SPECIES, upstream, up + SLICE).add(fromArray(SPECIES, upstream, up + 3 * SLICE));
            FloatVector z1 = near.add(nearOdd);
            FloatVector z2 = near.sub(nearOdd);
            s00 = v0.fma(z0, s00);
            s01 = v0.rearrange(second).fma(z0, s01);
            s02 = v0.rearrange(third).fma(z0, s02);
            s03 = v0.rearrange(fourth).fma(z0, s03);
            s10 = v1.fma(z1, s10);
            s11 = v1.rearrange(second).fma(z1, s11);
            s12 = v1.rearrange(third).fma(z1, s12);
            s13 = v1.rearrange(fourth).fma(z1, s13);
            s20 = v2.fma(z2, s20);
            s21 = v2.rearrange(second).fma(z2, s21);
            s22 = v2.rearrange(third).fma(z2, s22);
            s23 = v2.rearrange(fourth).fma(z2, s23);
        }
        s00.intoArray(sums, at);
        s01.intoArray(sums, at + SLICE);
        s02.intoArray(sums, at + 2 * SLICE);
        s03.intoArray(sums, at + 3 * SLICE);
        s10.intoArray(sums, at + 4 * SLICE);
        s11.intoArray(sums, at + 5 * SLICE);
        s12.intoArray(sums, at + 6 * SLICE);
        s13.intoArray(sums, at + 7 * SLICE);
        s20.intoArray(sums, at + 8 * SLICE);
        s21.intoArray(sums, at + 9 * SLICE);
        s22.intoArray(sums, at + 10 * SLICE);
        s23.intoArray(sums, at + 11 * SLICE);
    }

    /** Elements 3 .. 5. */
    private static void farGradient(
            int tiles,
            VectorShuffle<Float> second,
            VectorShuffle<Float> third,
            VectorShuffle<Float> fourth,
            float[] line,
            int from,
            float[] upstream,
            int upstreamFrom,
            float[] sums,
            int at) {
        FloatVector s30 = fromArray(SPECIES, sums, at);
        FloatVector s31 = fromArray(SPECIES, sums, at + SLICE);
        FloatVector s32 = fromArray(SPECIES, sums, at + 2 * SLICE);
        FloatVector s33 = fromArray(SPECIES, sums, at + 3 * SLICE);
        FloatVector s40 = fromArray(SPECIES, sums, at + 4 * SLICE);
        FloatVector s41 = fromArray(SPECIES, sums, at + 5 * SLICE);
        FloatVector s42 = fromArray(SPECIES, sums, at + 6 * SLICE);
        FloatVector s43 = fromArray(SPECIES, sums, at + 7 * SLICE);
        FloatVector s50 = fromArray(SPECIES, sums, at + 8 * SLICE);
        FloatVector s51 = fromArray(SPECIES, sums, at + 9 * SLICE);
        FloatVector s52 = fromArray(SPECIES, sums, at + 10 * SLICE);
        FloatVector s53 = fromArray(SPECIES, sums, at + 11 * SLICE);
        for (int t = 0; t < tiles; t++) {
            int in = from + t * TILE;
            int up = upstreamFrom + t * TILE;
            FloatVector d1 = fromArray(SPECIES, line, in + SLICE);
            FloatVector d2 = fromArray(SPECIES, line, in + 2 * SLICE);
            FloatVector d3 = fromArray(SPECIES, line, in + 3 * SLICE);
            FloatVector d4 = fromArray(SPECIES, line, in + 4 * SLICE);
            FloatVector d5 = fromArray(SPECIES, line, in + 5 * SLICE);
            FloatVector inner = d4.sub(d2);
            FloatVector step = d3.sub(d1);
            FloatVector v3 = step.fma(broadcast(SPECIES, 2), inner);
            FloatVector v4 = step.fma(broadcast(SPECIES, -2), inner);
            FloatVector v5 = step.fma(broadcast(SPECIES, -4), d5.sub(d3));
            FloatVector z5 = fromArray(SPECIES, upstream, up + 3 * SLICE);
            FloatVector far = fromArray(SPECIES, upstream, up + 2 * SLICE)
                    .fma(broadcast(SPECIES, 4), fromArray(SPECIES, upstream, up));
            FloatVector farOdd = z5.fma(broadcast(SPECIES, 4), fromArray(SPECIES, upstream, up + SLICE));
            FloatVector z3 = farOdd.fma(broadcast(SPECIES, 2), far);
            FloatVector z4 = farOdd.fma(broadcast(SPECIES, -2), far);
            s30 = v3.fma(z3, s30);
            s31 = v3.rearrange(second).fma(z3, s31);
            s32 = v3.rearrange(third).fma(z3, s32);
            s33 = v3.rearrange(fourth).fma(z3, s33);
            s40 = v4.fma(z4, s40);
            s41 = v4.rearrange(second).fma(z4, s41);
            s42 = v4.rearrange(third).fma(z4, s42);
            s43 = v4.rearrange(fourth).fma(z4, s43);
            s50 = v5.fma(z5, s50);
            s51 = v5.rearrange(second).fma(z5, s51);
            s52 = v5.rearrange(third).fma(z5, s52);
            s53 = v5.rearrange(fourth).fma(z5, s53);
        }
        s30.intoArray(sums, at);
        s31.intoArray(sums, at + SLICE);
        s32.intoArray(sums, at + 2 * SLICE);
        s33.intoArray(sums, at + 3 * SLICE);
        s40.intoArray(sums, at + 4 * SLICE);
        s41.intoArray(sums, at + 5 * SLICE);
        s42.intoArray(sums, at + 6 * SLICE);
        s43.intoArray(sums, at + 7 * SLICE);
        s50.intoArray(sums, at + 8 * SLICE);
        s51.intoArray(sums, at + 9 * SLICE);
        s52.intoArray(sums, at + 10 * SLICE);
        s53.intoArray(sums, at + 11 * SLICE);
    }
}
