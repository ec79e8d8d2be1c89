package scgrad.core.backend.cpu;

import java.util.Arrays;
import scgrad.core.array.Binary;
import scgrad.core.array.Unary;

/** The loops without the vector module. */
final class ScalarLoops implements Loops {
    private final NormLoops norms = new ScalarNormLoops();
    private final PixelLoops pixels = new ScalarPixelLoops();

    @Override
    public StemTransforms stem() {
        return new ScalarStemTransforms();
    }

    @Override
    public NormLoops norms() {
        return norms;
    }

    @Override
    public PixelLoops pixels() {
        return pixels;
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
    public void binary(Binary f, float[] a, int aFrom, float[] b, int bFrom, float[] y, int yFrom, int count) {
        for (int i = 0; i < count; i++) {
            y[yFrom + i] = (float) f.value(a[aFrom + i], b[bFrom + i]);
        }
    }

    @Override
    public void gate(float[] a, int offset, float[] argument, float[] y, int count) {
        for (int i = 0; i < count; i++) {
            y[offset + i] = a[offset + i] * (float) Unary.SIGMOID.value(argument[i], 0);
        }
    }

    @Override
    public void gateGradient(float[] a, int offset, float[] argument, float[] dy, float[] da, float[] db, int count) {
        for (int i = 0; i < count; i++) {
            int at = offset + i;
            float gate = (float) Unary.SIGMOID.value(argument[i], 0);
            float passed = dy[at] * gate;
            db[at] = passed * a[at] * (1 - gate);
            da[at] = passed;
        }
    }

    @Override
    public void dots(float[] x, int from, int rows, int count, float[] v, int first, float[] y, int to) {
        for (int row = 0; row < rows; row++) {
            float[] sums = new float[CHAINS];
            for (int i = 0; i < count; i++) {
                sums[i % CHAINS] = Math.fma(x[from + row * count + i], v[first + i], sums[i % CHAINS]);
            }
            y[to + row] = Loops.inOrder(sums);
        }
    }

    @Override
    public void copyRows(float[] x, int from, int xPitch, float[] y, int to, int yPitch, int rows, int count) {
        for (int r = 0; r < rows; r++) {
            System.arraycopy(x, from + r * xPitch, y, to + r * yPitch, count);
        }
    }

    /** Row by row of x: rows of y that are a power of two apart would push each other out of the first-level cache. */
    @Override
    public void transpose(float[] x, int from, int xPitch, int rows, int columns, float[] y, int to, int yPitch) {
        for (int block = 0; block < columns; block += CacheLine.FLOATS) {
            int end = Math.min(block + CacheLine.FLOATS, columns);
            for (int j = 0; j < rows; j++) {
                for (int i = block; i < end; i++) {
                    y[to + i * yPitch + j] = x[from + j * xPitch + i];
                }
            }
        }
    }

    @Override
    public void finish(
            float[] sums,
            int from,
            int pitch,
            int first,
            int end,
            int count,
            Epilogue epilogue,
            int shiftFrom,
            float[] y,
            int[] targets,
            int channel) {
        for (int p = first; p < end; p++) {
            int to = targets[p] + channel;
            if (epilogue == null) {
                System.arraycopy(sums, from + p * pitch, y, to, count);
            } else {
                epilogue.finish(sums, from + p * pitch, shiftFrom, count, y, to);
            }
        }
    }

    @Override
    public void spread(
            float[] x, int from, int pitch, int pixels, int channels, float[] panels, int to, int panelPitch) {
        for (int p = 0; p < pixels; p++) {
            int out = to + p * Tiles.COLUMNS;
            for (int c = 0; c < channels; c += Tiles.COLUMNS) {
                int count = Math.min(Tiles.COLUMNS, channels - c);
                System.arraycopy(x, from + p * pitch + c, panels, out, count);
                Arrays.fill(panels, out + count, out + Tiles.COLUMNS, 0);
                out += panelPitch;
            }
        }
    }
}
