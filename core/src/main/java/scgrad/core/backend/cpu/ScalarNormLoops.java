package scgrad.core.backend.cpu;

import java.util.Arrays;

/** Batch normalisation without the vector module. */
final class ScalarNormLoops implements NormLoops {
    @Override
    public void sums(float[] x, int offset, int count, int width, float[] sum, int out) {
        Arrays.fill(sum, out, out + width, 0);
        int end = offset + count;
        for (int at = offset; at < end; at += width) {
            int line = Math.min(width, end - at);
            for (int k = 0; k < line; k++) {
                sum[out + k] += x[at + k];
            }
        }
    }

    @Override
    public void passedSums(
            float[] dy, float[] y, float[] passed, int offset, int count, int width, float[] sum, int out) {
        for (int i = offset; i < offset + count; i++) {
            passed[i] = y[i] > 0 ? dy[i] : 0;
        }
        sums(passed, offset, count, width, sum, out);
    }

    @Override
    public void centre(float[] x, int offset, int count, int width, float[] centre, float[] y, int to) {
        for (int i = 0; i < count; i++) {
            y[to + i] = x[offset + i] - centre[i % width];
        }
    }

    @Override
    public void moments(
            float[] x, int offset, int count, int width, float[] shift, float[] sum, float[] squares, int out) {
        int first = Math.max(1, Math.min(4, count / width));
        sums(x, offset, Math.min(first * width, count), width, shift, out);
        for (int k = out; k < out + width; k++) {
            shift[k] *= 1f / first;
        }
        Arrays.fill(sum, out, out + width, 0);
        Arrays.fill(squares, out, out + width, 0);
        int end = offset + count;
        for (int at = offset; at < end; at += width) {
            int line = Math.min(width, end - at);
            for (int k = 0; k < line; k++) {
                float d = x[at + k] - shift[out + k];
                sum[out + k] += d;
                squares[out + k] = Math.fma(d, d, squares[out + k]);
            }
        }
    }

    @Override
    public void gradientSums(
            float[] x,
            float[] dy,
            int offset,
            int count,
            int width,
            float[] mean,
            float[] scale,
            float[] shift,
            float[] sum,
            float[] product,
            int out) {
        Arrays.fill(sum, out, out + width, 0);
        Arrays.fill(product, out, out + width, 0);
        int end = offset + count;
        for (int at = offset; at < end; at += width) {
            int line = Math.min(width, end - at);
            for (int k = 0; k < line; k++) {
                float passed = scale == null || Math.fma(x[at + k], scale[k], shift[k]) > 0 ? dy[at + k] : 0;
                sum[out + k] += passed;
                product[out + k] = Math.fma(passed, x[at + k] - mean[k], product[out + k]);
            }
        }
    }

    @Override
    public void gradientSums(
            float[] x,
            float[] dy,
            float[] y,
            float[] passed,
            int offset,
            int count,
            int width,
            float[] mean,
            float[] sum,
            float[] product,
            int out) {
        for (int i = offset; i < offset + count; i++) {
            passed[i] = y[i] > 0 ? dy[i] : 0;
        }
        gradientSums(x, passed, offset, count, width, mean, null, null, sum, product, out);
    }

    @Override
    public void scaleShift(
            float[] x,
            int offset,
            int count,
            int width,
            float[] scale,
            float[] shift,
            float[] residual,
            boolean relu,
            float[] y) {
        int end = offset + count;
        for (int at = offset; at < end; at += width) {
            int line = Math.min(width, end - at);
            for (int k = 0; k < line; k++) {
                float value = Math.fma(x[at + k], scale[k], shift[k]) + (residual == null ? 0 : residual[at + k]);
                y[at + k] = relu ? Math.max(value, 0) : value;
            }
        }
    }

    @Override
    public void normGradient(
            float[] x,
            float[] dy,
            int offset,
            int count,
            int width,
            float[] a,
            float[] b,
            float[] c,
            float[] scale,
            float[] shift,
            float[] dx,
            int to) {
        int end = offset + count;
        for (int at = offset; at < end; at += width) {
            int line = Math.min(width, end - at);
            for (int k = 0; k < line; k++) {
                float passed = scale == null || Math.fma(x[at + k], scale[k], shift[k]) > 0 ? dy[at + k] : 0;
                dx[to + at - offset + k] = Math.fma(a[k], passed, Math.fma(b[k], x[at + k], c[k]));
            }
        }
    }
}
