package scgrad.core.backend.cpu;

/** The transforms of a stem's convolution without the vector module, which give the same bits. */
final class ScalarStemTransforms implements StemTransforms {
    @Override
    public void inputs(int count, float[] x, int from, int rowPitch, float[] lines, int to, int linePitch) {
        ScalarGroupTransforms.input(count, x, from, 2 * rowPitch, lines, to, 2 * linePitch);
        for (int i = 0; i < count; i++) {
            even(x, from + i + rowPitch, 2 * rowPitch, lines, to + i + linePitch, 2 * linePitch);
        }
    }

    private static void even(float[] x, int from, int pitch, float[] out, int to, int outPitch) {
        float d1 = x[from + pitch];
        float d2 = x[from + 2 * pitch];
        float d3 = x[from + 3 * pitch];
        float step = d3 - d1;
        out[to] = Math.fma(x[from] - d2, 2, step);
        out[to + outPitch] = Math.fma(d1, -2, d3 - d2);
        out[to + 2 * outPitch] = Math.fma(d1, 2, Math.fma(d2, -3, d3));
        out[to + 3 * outPitch] = step;
        out[to + 5 * outPitch] = Math.fma(step, -2, x[from + 4 * pitch] - d2);
    }

    @Override
    public void outputs(
            int pixels, int filters, int rows, float[] m, float[] y, int to, int rowPitch, Epilogue epilogue) {
        int plane = pixels * filters;
        float[] sums = new float[ROWS];
        for (int i = 0; i < plane; i++) {
            int from = CacheLine.FIRST + i;
            float m1 = m[from + plane];
            float m2 = m[from + 2 * plane];
            float m3 = m[from + 3 * plane];
            float m4 = m[from + 4 * plane];
            float near = m1 + m2;
            float far = m3 + m4;
            sums[0] = m[from] + near + far;
            sums[1] = Math.fma(m3 - m4, 2, m1 - m2);
            sums[2] = Math.fma(far, 4, near) + m[from + 5 * plane];
            for (int row = 0; row < rows; row++) {
                epilogue.finish(sums, row, i % filters, 1, y, to + row * rowPitch + i);
            }
        }
    }
}
