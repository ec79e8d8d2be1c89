package scgrad.core.backend.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static scgrad.core.backend.cpu.VectorFunctions.atLeast;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The transforms of a stem's convolution with vectors along what is contiguous: the numbers of a row, and channels. */
final class VectorStemTransforms implements StemTransforms {
    private static final VectorSpecies<Float> SPECIES = VectorTransforms.SPECIES;
    private static final int LANES = SPECIES.length();

    @Override
    public void inputs(int count, float[] x, int from, int rowPitch, float[] lines, int to, int linePitch) {
        for (int i = 0; i < count; i += LANES) {
            VectorTransforms.inputLine(x, from + i, 2 * rowPitch, lines, to + i, 2 * linePitch);
        }
        for (int i = 0; i < count; i += LANES) {
            even(x, from + rowPitch + i, 2 * rowPitch, lines, to + linePitch + i, 2 * linePitch);
        }
    }

    /** 2 (d0 - d2) + (d3 - d1); (d3 - d2) - 2 d1; d3 - 3 d2 + 2 d1; d3 - d1; (d4 - d2) - 2 (d3 - d1). */
    private static void even(float[] x, int from, int pitch, float[] out, int to, int outPitch) {
        FloatVector d1 = fromArray(SPECIES, x, from + pitch);
        FloatVector d2 = fromArray(SPECIES, x, from + 2 * pitch);
        FloatVector d3 = fromArray(SPECIES, x, from + 3 * pitch);
        FloatVector step = d3.sub(d1);
        fromArray(SPECIES, x, from).sub(d2).fma(broadcast(SPECIES, 2), step).intoArray(out, to);
        d1.fma(broadcast(SPECIES, -2), d3.sub(d2)).intoArray(out, to + outPitch);
        d1.fma(broadcast(SPECIES, 2), d2.fma(broadcast(SPECIES, -3), d3)).intoArray(out, to + 2 * outPitch);
        step.intoArray(out, to + 3 * outPitch);
        step.fma(broadcast(SPECIES, -2), fromArray(SPECIES, x, from + 4 * pitch).sub(d2))
                .intoArray(out, to + 5 * outPitch);
    }

    @Override
    public void outputs(
            int pixels, int filters, int rows, float[] m, float[] y, int to, int rowPitch, Epilogue epilogue) {
        // a row that does not exist goes where the first one is stored behind it
        int second = rows > 1 ? rowPitch : 0;
        int third = rows > 2 ? 2 * rowPitch : 0;
        for (int k = 0; k < filters; k += LANES) {
            column(pixels, filters, m, k, y, to + k, second, third, epilogue);
        }
    }

    /** One vector of channels of all pixels; the first row is stored last. */
    private static void column(
            int pixels,
            int filters,
            float[] m,
            int channel,
            float[] y,
            int to,
            int second,
            int third,
            Epilogue epilogue) {
        FloatVector shift = fromArray(SPECIES, epilogue.shift(), channel);
        float[] residual = epilogue.residual();
        float floor = epilogue.floor();
        int plane = pixels * filters;
        for (int p = 0; p < pixels; p++) {
            int at = CacheLine.FIRST + channel + p * filters;
            int out = to + p * filters;
            FloatVector m1 = fromArray(SPECIES, m, at + plane);
            FloatVector m2 = fromArray(SPECIES, m, at + 2 * plane);
            FloatVector m3 = fromArray(SPECIES, m, at + 3 * plane);
            FloatVector m4 = fromArray(SPECIES, m, at + 4 * plane);
            FloatVector near = m1.add(m2);
            FloatVector far = m3.add(m4);
            FloatVector y0 = fromArray(SPECIES, m, at).add(near).add(far).add(shift);
            FloatVector y1 = m3.sub(m4).fma(broadcast(SPECIES, 2), m1.sub(m2)).add(shift);
            FloatVector y2 = far.fma(broadcast(SPECIES, 4), near)
                    .add(fromArray(SPECIES, m, at + 5 * plane))
                    .add(shift);
            if (residual != null) {
                y0 = y0.add(fromArray(SPECIES, residual, out));
                y1 = y1.add(fromArray(SPECIES, residual, out + second));
                y2 = y2.add(fromArray(SPECIES, residual, out + third));
            }
            atLeast(y2, floor).intoArray(y, out + third);
            atLeast(y1, floor).intoArray(y, out + second);
            atLeast(y0, floor).intoArray(y, out);
        }
    }
}
