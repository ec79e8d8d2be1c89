package scgrad.core.backend.cpu;

/** The passes of {@link GroupTransforms} without the vector module, or where a vector does not hold a whole group. */
final class ScalarGroupTransforms implements GroupTransforms {
    private static final int SLICE = GroupLoops.SLICE;
    private static final int PATCH = AdjointTransforms.PATCH;
    private static final int TILE = Transforms.TILE;

    @Override
    public void inputs(
            int pixels, float[] x, int from, int rowPitch, int pixelPitch, float[] lines, int to, int linePitch) {
        for (int p = 0; p < pixels; p++) {
            input(SLICE, x, from + p * pixelPitch, rowPitch, lines, to + p * SLICE, linePitch);
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
        float[] v = new float[PATCH * SLICE];
        float[] m = new float[PATCH * SLICE];
        for (int t = 0; t < tiles; t++) {
            input(SLICE, line, from + t * TILE * SLICE, SLICE, v, 0, SLICE);
            for (int j = 0; j < PATCH; j++) {
                products(perGroup, v, j * SLICE, u, uOffset + j * ROTATIONS * SLICE, m);
            }
            int out = to + t * TILE * SLICE;
            if (accumulate) {
                output(m, 0, SLICE, TILE, v, 0, SLICE);
                for (int i = 0; i < TILE * SLICE; i++) {
                    sums[out + i] = v[i] + sums[out + i];
                }
            } else {
                output(m, 0, SLICE, TILE, sums, out, SLICE);
            }
        }
    }

    /** Of one element of a line. */
    private static void products(int perGroup, float[] v, int at, float[] u, int uOffset, float[] m) {
        for (int k = 0; k < SLICE; k++) {
            m[at + k] = v[at + k] * u[uOffset + k];
        }
        for (int r = 1; r < ROTATIONS; r++) {
            for (int k = 0; k < SLICE; k++) {
                int channel = k - k % perGroup + (k + r) % perGroup;
                m[at + k] = Math.fma(v[at + channel], u[uOffset + r * SLICE + k], m[at + k]);
            }
        }
    }

    @Override
    public void rotate(int pixels, int perGroup, float[] lines, int from) {
        float[] pixel = new float[SLICE];
        for (int at = from; at < from + pixels * SLICE; at += SLICE) {
            System.arraycopy(lines, at, pixel, 0, SLICE);
            for (int k = 0; k < SLICE; k++) {
                lines[at + k] = pixel[k - k % perGroup + (k + ROTATIONS) % perGroup];
            }
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
        for (int p = 0; p < pixels; p++) {
            output(lines, from + p * SLICE, linePitch, rows, y, to + p * pixelPitch, rowPitch);
        }
    }

    @Override
    public void upstream(
            int pixels, float[] dy, int from, int rowPitch, int pixelPitch, float[] lines, int to, int linePitch) {
        for (int p = 0; p < pixels; p++) {
            upstream(dy, from + p * pixelPitch, rowPitch, lines, to + p * SLICE, linePitch);
        }
    }

    @Override
    public void lineGradient(
            int tiles, int perGroup, float[] line, int from, float[] upstream, int upstreamFrom, float[] sums, int to) {
        float[] v = new float[PATCH * SLICE];
        float[] z = new float[PATCH * SLICE];
        for (int t = 0; t < tiles; t++) {
            input(SLICE, line, from + t * TILE * SLICE, SLICE, v, 0, SLICE);
            upstream(upstream, upstreamFrom + t * TILE * SLICE, SLICE, z, 0, SLICE);
            for (int j = 0; j < PATCH; j++) {
                for (int r = 0; r < ROTATIONS; r++) {
                    int sum = to + (j * ROTATIONS + r) * SLICE;
                    for (int k = 0; k < SLICE; k++) {
                        int channel = k - k % perGroup + (k + r) % perGroup;
                        sums[sum + k] = Math.fma(v[j * SLICE + channel], z[j * SLICE + k], sums[sum + k]);
                    }
                }
            }
        }
    }

    /** The formulas of {@link VectorTransforms}, where out may be in. */
    static void input(int count, float[] in, int from, int pitch, float[] out, int to, int outPitch) {
        for (int k = 0; k < count; k++) {
            float d2 = in[from + 2 * pitch + k];
            float d3 = in[from + 3 * pitch + k];
            float inner = in[from + 4 * pitch + k] - d2;
            float step = d3 - in[from + pitch + k];
            float even = Math.fma(d2, -4, in[from + 4 * pitch + k]);
            float odd = Math.fma(in[from + pitch + k], -4, d3);
            out[to + k] = Math.fma(in[from + k] - d2, 4, inner);
            out[to + outPitch + k] = even + odd;
            out[to + 2 * outPitch + k] = even - odd;
            out[to + 3 * outPitch + k] = Math.fma(step, 2, inner);
            out[to + 4 * outPitch + k] = Math.fma(step, -2, inner);
            out[to + 5 * outPitch + k] = Math.fma(step, -4, in[from + 5 * pitch + k] - d3);
        }
    }

    private static void output(float[] m, int from, int pitch, int rows, float[] out, int to, int outPitch) {
        for (int k = 0; k < SLICE; k++) {
            float m1 = m[from + pitch + k];
            float m2 = m[from + 2 * pitch + k];
            float m3 = m[from + 3 * pitch + k];
            float m4 = m[from + 4 * pitch + k];
            float near = m1 + m2;
            float far = m3 + m4;
            float nearOdd = m1 - m2;
            float farOdd = m3 - m4;
            out[to + k] = m[from + k] + near + far;
            if (rows > 1) {
                out[to + outPitch + k] = Math.fma(farOdd, 2, nearOdd);
            }
            if (rows > 2) {
                out[to + 2 * outPitch + k] = Math.fma(far, 4, near);
            }
            if (rows > 3) {
                out[to + 3 * outPitch + k] = Math.fma(farOdd, 8, nearOdd) + m[from + 5 * pitch + k];
            }
        }
    }

    private static void upstream(float[] dy, int from, int pitch, float[] out, int to, int outPitch) {
        for (int k = 0; k < SLICE; k++) {
            float y0 = dy[from + k];
            float y1 = dy[from + pitch + k];
            float y2 = dy[from + 2 * pitch + k];
            float y3 = dy[from + 3 * pitch + k];
            float near = y0 + y2;
            float nearOdd = y1 + y3;
            float far = Math.fma(y2, 4, y0);
            float farOdd = Math.fma(y3, 4, y1);
            out[to + k] = y0;
            out[to + outPitch + k] = near + nearOdd;
            out[to + 2 * outPitch + k] = near - nearOdd;
            out[to + 3 * outPitch + k] = Math.fma(farOdd, 2, far);
            out[to + 4 * outPitch + k] = Math.fma(farOdd, -2, far);
            out[to + 5 * outPitch + k] = y3;
        }
    }
}
