package scgrad.core.backend.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The transforms for a stride of 2 with vectors along channels. Along an axis the outputs are y[i] = g0 d[2i] + g1 d[2i + 1] + g2 d[2i + 2]: a
 * convolution of two taps over the even pixels, for which F(4, 2) needs five products with the interpolation points 0, 1, -1, 2 and infinity, and
 * one of a single tap over the odd ones, which needs four. Nine for twelve, and 81 for 144 on both axes; of the kernel there are six by six
 * different factors, because the odd pixels share one.
 *
 * <p>A line is transformed into five numbers of the even pixels and the four odd pixels themselves, in this order.
 */
final class VectorStridedTransforms implements Transforms {
    private static final VectorSpecies<Float> SPECIES = VectorTransforms.SPECIES;
    private static final int LANES = VectorTransforms.LANES;
    private static final int PATCH = Transforms.patch(2);
    private static final int POINTS = Transforms.points(2);
    private static final int FIRST = CacheLine.FIRST;

    @Override
    public int stride() {
        return 2;
    }

    @Override
    public void input(
            float[] d,
            int offset,
            int rowPitch,
            int pixelPitch,
            int channels,
            float[] v,
            int vOffset,
            int vPitch,
            int slicePitch,
            float[] work) {
        for (int c = 0; c < channels; c += LANES) {
            int to = vOffset + c / PADDED * slicePitch + c % PADDED;
            if (c + LANES <= channels) {
                inputColumns(d, offset + c, rowPitch, pixelPitch, work);
            } else {
                VectorTransforms.loadTail(d, offset + c, rowPitch, pixelPitch, PATCH, channels - c, work);
                inputColumns(work, FIRST, PATCH * LANES, LANES, work);
            }
            inputRows(work, v, to, vPitch);
        }
    }

    /** In may be out. */
    private static void inputColumns(float[] in, int from, int rowPitch, int pixelPitch, float[] work) {
        for (int j = 0; j < PATCH; j++) {
            inputLine(in, from + j * pixelPitch, rowPitch, work, FIRST + j * LANES, PATCH * LANES);
        }
    }

    private static void inputRows(float[] work, float[] v, int to, int pitch) {
        for (int i = 0; i < PATCH; i++) {
            inputLine(work, FIRST + i * PATCH * LANES, LANES, v, to + i * PATCH * pitch, pitch);
        }
    }

    /** With e the even pixels: 2 e0 - e1 - 2 e2 + e3; e3 - e2 - 2 e1; e3 - 3 e2 + 2 e1; e3 - e1; 2 e1 - e2 - 2 e3 + e4; and the odd ones. */
    private static void inputLine(float[] in, int from, int pitch, float[] out, int to, int outPitch) {
        FloatVector e0 = fromArray(SPECIES, in, from);
        FloatVector o0 = fromArray(SPECIES, in, from + pitch);
        FloatVector e1 = fromArray(SPECIES, in, from + 2 * pitch);
        FloatVector o1 = fromArray(SPECIES, in, from + 3 * pitch);
        FloatVector e2 = fromArray(SPECIES, in, from + 4 * pitch);
        FloatVector o2 = fromArray(SPECIES, in, from + 5 * pitch);
        FloatVector e3 = fromArray(SPECIES, in, from + 6 * pitch);
        FloatVector o3 = fromArray(SPECIES, in, from + 7 * pitch);
        FloatVector e4 = fromArray(SPECIES, in, from + 8 * pitch);
        FloatVector step = e3.sub(e1);
        e0.sub(e2).fma(broadcast(SPECIES, 2), step).intoArray(out, to);
        e1.fma(broadcast(SPECIES, -2), e3.sub(e2)).intoArray(out, to + outPitch);
        e1.fma(broadcast(SPECIES, 2), e2.fma(broadcast(SPECIES, -3), e3)).intoArray(out, to + 2 * outPitch);
        step.intoArray(out, to + 3 * outPitch);
        step.fma(broadcast(SPECIES, -2), e4.sub(e2)).intoArray(out, to + 4 * outPitch);
        o0.intoArray(out, to + 5 * outPitch);
        o1.intoArray(out, to + 6 * outPitch);
        o2.intoArray(out, to + 7 * outPitch);
        o3.intoArray(out, to + 8 * outPitch);
    }

    @Override
    public void output(
            float[] m,
            int offset,
            int mPitch,
            int slicePitch,
            float[] y,
            int yOffset,
            int rowPitch,
            int pixelPitch,
            int filters,
            int rows,
            int columns,
            Epilogue epilogue,
            int channel,
            float[] work) {
        for (int k = 0; k < filters; k += LANES) {
            outputColumns(m, offset + k / PADDED * slicePitch + k % PADDED, mPitch, work);
            boolean plain = epilogue == null && columns == TILE && k + LANES <= filters;
            for (int i = 0; i < rows; i++) {
                int to = yOffset + k + i * rowPitch;
                if (plain) {
                    outputLine(work, FIRST + i * PATCH * LANES, LANES, y, to, pixelPitch);
                } else {
                    int line = FIRST + TILE * PATCH * LANES;
                    outputLine(work, FIRST + i * PATCH * LANES, LANES, work, line, LANES);
                    VectorTransforms.finish(work, line, y, to, pixelPitch, columns, filters - k, epilogue, channel + k);
                }
            }
        }
    }

    private static void outputColumns(float[] m, int from, int pitch, float[] work) {
        for (int j = 0; j < PATCH; j++) {
            outputLine(m, from + j * pitch, PATCH * pitch, work, FIRST + j * LANES, PATCH * LANES);
        }
    }

    /** With m the products of the even pixels: m0 + m1 + m2 + m3; m1 - m2 + 2 m3; m1 + m2 + 4 m3; m1 - m2 + 8 m3 + m4; each and an odd one's. */
    private static void outputLine(float[] in, int from, int pitch, float[] out, int to, int outPitch) {
        FloatVector m1 = fromArray(SPECIES, in, from + pitch);
        FloatVector m2 = fromArray(SPECIES, in, from + 2 * pitch);
        FloatVector m3 = fromArray(SPECIES, in, from + 3 * pitch);
        FloatVector sum = m1.add(m2);
        FloatVector difference = m1.sub(m2);
        int odd = from + POINTS * pitch;
        fromArray(SPECIES, in, from)
                .add(sum)
                .add(m3)
                .add(fromArray(SPECIES, in, odd))
                .intoArray(out, to);
        m3.fma(broadcast(SPECIES, 2), difference)
                .add(fromArray(SPECIES, in, odd + pitch))
                .intoArray(out, to + outPitch);
        m3.fma(broadcast(SPECIES, 4), sum)
                .add(fromArray(SPECIES, in, odd + 2 * pitch))
                .intoArray(out, to + 2 * outPitch);
        m3.fma(broadcast(SPECIES, 8), difference)
                .add(fromArray(SPECIES, in, from + 4 * pitch))
                .add(fromArray(SPECIES, in, odd + 3 * pitch))
                .intoArray(out, to + 3 * outPitch);
    }

    @Override
    public void kernelRow(
            int row, float[] g, int offset, int tapPitch, int count, float[] u, int uOffset, int uPitch, float[] work) {
        for (int c = 0; c < count; c += LANES) {
            VectorTransforms.kernelColumns(ScalarTransforms.STRIDED_G[row], g, offset + c, tapPitch, work);
            kernelLine(work, u, uOffset + c, uPitch);
        }
    }

    /** One line times G: g0 / 2; -(g0 + g2) / 2; (g2 - g0) / 6; (g0 + 2 g2) / 6; g2; and g1 of the odd pixels. */
    private static void kernelLine(float[] in, float[] out, int to, int outPitch) {
        FloatVector g0 = fromArray(SPECIES, in, FIRST);
        FloatVector g1 = fromArray(SPECIES, in, FIRST + LANES);
        FloatVector g2 = fromArray(SPECIES, in, FIRST + 2 * LANES);
        g0.mul(0.5f).intoArray(out, to);
        g0.add(g2).mul(-0.5f).intoArray(out, to + outPitch);
        g2.sub(g0).mul(1f / 6).intoArray(out, to + 2 * outPitch);
        g2.fma(broadcast(SPECIES, 2), g0).mul(1f / 6).intoArray(out, to + 3 * outPitch);
        g2.intoArray(out, to + 4 * outPitch);
        g1.intoArray(out, to + 5 * outPitch);
    }
}
