package scgrad.core.backend.cpu;

import scgrad.core.array.Unary;

/** The loops without the vector module. */
final class ScalarLoops implements Loops {
    private final NormLoops norms = new ScalarNormLoops();

    @Override
    public NormLoops norms() {
        return norms;
    }

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
