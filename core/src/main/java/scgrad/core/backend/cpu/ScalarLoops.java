package scgrad.core.backend.cpu;

import scgrad.core.array.Unary;

/** The loops without the vector module. */
final class ScalarLoops implements Loops {
    @Override
    public String description() {
        return "scalar loops (pass --add-modules jdk.incubator.vector for vectors)";
    }

    @Override
    public void unary(Unary f, float parameter, float[] x, float[] y, int from, int to) {
        for (int i = from; i < to; i++) {
            y[i] = (float) f.value(x[i], parameter);
        }
    }

    @Override
    public void unaryGradient(
            Unary f, float parameter, float[] x, float[] y, float[] dy, float[] dx, int from, int to) {
        for (int i = from; i < to; i++) {
            dx[i] = (float) (dy[i] * f.derivative(x[i], y[i], parameter));
        }
    }

    @Override
    public void moments(float[] x, int offset, int rows, int channels, float[] mean, float[] squares, int out) {
        sums(x, offset, rows, channels, mean, out);
        for (int c = 0; c < channels; c++) {
            mean[out + c] /= rows;
            squares[out + c] = 0;
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < channels; c++) {
                float centred = x[offset + r * channels + c] - mean[out + c];
                squares[out + c] += centred * centred;
            }
        }
    }

    @Override
    public void sums(float[] x, int offset, int rows, int channels, float[] sum, int out) {
        java.util.Arrays.fill(sum, out, out + channels, 0);
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < channels; c++) {
                sum[out + c] += x[offset + r * channels + c];
            }
        }
    }

    @Override
    public void scaleShift(
            float[] x,
            int offset,
            int rows,
            int channels,
            float[] scale,
            float[] shift,
            float[] residual,
            boolean relu,
            float[] y) {
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < channels; c++) {
                int i = offset + r * channels + c;
                float value = Math.fma(x[i], scale[c], shift[c]) + (residual == null ? 0 : residual[i]);
                y[i] = relu ? Math.max(value, 0) : value;
            }
        }
    }

    @Override
    public void finish(
            float[] y,
            int offset,
            int count,
            float[] scale,
            float[] shift,
            int channel,
            float[] residual,
            boolean relu) {
        for (int c = 0; c < count; c++) {
            float value = Math.fma(y[offset + c], scale[channel + c], shift[channel + c])
                    + (residual == null ? 0 : residual[offset + c]);
            y[offset + c] = relu ? Math.max(value, 0) : value;
        }
    }

    @Override
    public void gradientSums(
            float[] x,
            float[] dy,
            float[] y,
            int offset,
            int rows,
            int channels,
            float[] mean,
            float[] sum,
            float[] product,
            int out) {
        java.util.Arrays.fill(sum, out, out + channels, 0);
        java.util.Arrays.fill(product, out, out + channels, 0);
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < channels; c++) {
                int i = offset + r * channels + c;
                if (y == null || y[i] > 0) {
                    sum[out + c] += dy[i];
                    product[out + c] = Math.fma(dy[i], x[i] - mean[c], product[out + c]);
                }
            }
        }
    }

    @Override
    public void normGradient(
            float[] x,
            float[] dy,
            float[] y,
            int offset,
            int rows,
            int channels,
            float[] a,
            float[] b,
            float[] c,
            float[] dx,
            float[] dresidual) {
        for (int r = 0; r < rows; r++) {
            for (int k = 0; k < channels; k++) {
                int i = offset + r * channels + k;
                float upstream = y == null || y[i] > 0 ? dy[i] : 0;
                dx[i] = Math.fma(a[k], upstream, Math.fma(b[k], x[i], c[k]));
                if (dresidual != null) {
                    dresidual[i] = upstream;
                }
            }
        }
    }

    @Override
    public void gate(float[] a, float[] b, int offset, float[] up, int upOffset, float[] y, int count) {
        for (int i = 0; i < count; i++) {
            float argument = up[upOffset + i] + (b == null ? 0 : b[offset + i]);
            y[offset + i] = a[offset + i] * (float) Unary.SIGMOID.value(argument, 0);
        }
    }

    @Override
    public void gateGradient(
            float[] a, float[] b, int offset, float[] up, int upOffset, float[] dy, float[] da, float[] db, int count) {
        for (int i = 0; i < count; i++) {
            int at = offset + i;
            float gate = (float) Unary.SIGMOID.value(up[upOffset + i] + (b == null ? 0 : b[at]), 0);
            da[at] = dy[at] * gate;
            db[at] = dy[at] * a[at] * (gate * (1 - gate));
        }
    }

    @Override
    public void copyRows(float[] x, int from, int xPitch, float[] y, int to, int yPitch, int rows, int count) {
        for (int r = 0; r < rows; r++) {
            System.arraycopy(x, from + r * xPitch, y, to + r * yPitch, count);
        }
    }

    @Override
    public void addPixels(float[] x, int xOffset, int[] at, int pixels, int channels, float[] y, int yOffset) {
        for (int j = 0; j < pixels; j++) {
            for (int c = 0; c < channels; c++) {
                y[yOffset + at[j] * channels + c] += x[xOffset + j * channels + c];
            }
        }
    }

    @Override
    public void addScaled(float[] x, int xOffset, float factor, float[] y, int yOffset, int count) {
        for (int i = 0; i < count; i++) {
            y[yOffset + i] = Math.fma(x[xOffset + i], factor, y[yOffset + i]);
        }
    }

    @Override
    public void max(float[] x, int xOffset, float[] y, int yOffset, int count) {
        for (int i = 0; i < count; i++) {
            y[yOffset + i] = Math.max(y[yOffset + i], x[xOffset + i]);
        }
    }
}
