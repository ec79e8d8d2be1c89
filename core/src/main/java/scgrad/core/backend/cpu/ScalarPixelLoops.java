package scgrad.core.backend.cpu;

/** Pooling and interpolation without the vector module. */
final class ScalarPixelLoops implements PixelLoops {
    @Override
    public void sumRows(float[] x, int from, int pitch, int rows, float[] y, int to, int count) {
        System.arraycopy(x, from, y, to, count);
        for (int r = 1; r < rows; r++) {
            for (int i = 0; i < count; i++) {
                y[to + i] += x[from + r * pitch + i];
            }
        }
    }

    @Override
    public void maxRows(float[] x, int from, int pitch, int rows, float[] y, int to, int count) {
        System.arraycopy(x, from, y, to, count);
        for (int r = 1; r < rows; r++) {
            for (int i = 0; i < count; i++) {
                y[to + i] = Math.max(y[to + i], x[from + r * pitch + i]);
            }
        }
    }

    @Override
    public void mixRows(float[] x, int low, int high, float weight, float[] y, int to, int count) {
        for (int i = 0; i < count; i++) {
            y[to + i] = (1 - weight) * x[low + i] + weight * x[high + i];
        }
    }

    @Override
    public void addScaled(float[] x, int from, float factor, float[] y, int to, int count) {
        for (int i = 0; i < count; i++) {
            y[to + i] = Math.fma(x[from + i], factor, y[to + i]);
        }
    }

    @Override
    public void averagePixels(
            float[] x, int from, int[] start, int[] end, int[] divisor, int scale, int channels, float[] y, int to) {
        for (int j = 0; j < start.length; j++) {
            float share = 1f / (scale * divisor[j]);
            for (int c = 0; c < channels; c++) {
                float sum = 0;
                for (int w = start[j]; w < end[j]; w++) {
                    sum += x[from + w * channels + c];
                }
                y[to + j * channels + c] = sum * share;
            }
        }
    }

    @Override
    public void spreadPixels(
            float[] x, int from, int[] start, int[] end, int[] divisor, int scale, int channels, float[] y, int to) {
        for (int j = 0; j < start.length; j++) {
            float share = 1f / (scale * divisor[j]);
            for (int w = start[j]; w < end[j]; w++) {
                for (int c = 0; c < channels; c++) {
                    y[to + w * channels + c] += x[from + j * channels + c] * share;
                }
            }
        }
    }

    @Override
    public void maxPixels(float[] x, int from, int[] start, int[] end, int channels, float[] y, int to) {
        for (int j = 0; j < start.length; j++) {
            for (int c = 0; c < channels; c++) {
                float max = Float.NEGATIVE_INFINITY;
                for (int w = start[j]; w < end[j]; w++) {
                    max = Math.max(max, x[from + w * channels + c]);
                }
                y[to + j * channels + c] = max;
            }
        }
    }

    @Override
    public void maxGradient(
            float[] x,
            float[] y,
            float[] dy,
            int out,
            int top,
            int bottom,
            int[] start,
            int[] end,
            int channels,
            float[] dx,
            int image,
            int pitch,
            int first,
            int last) {
        for (int j = 0; j < start.length; j++) {
            for (int c = 0; c < channels; c++) {
                int at = out + j * channels + c;
                int target = -1;
                for (int h = top; h < Math.min(bottom, last) && target < 0; h++) {
                    for (int w = start[j]; w < end[j] && target < 0; w++) {
                        int i = image + h * pitch + w * channels + c;
                        target = x[i] == y[at] ? i : -1;
                    }
                }
                if (target >= image + first * pitch) {
                    dx[target] += dy[at];
                }
            }
        }
    }

    @Override
    public void scatter(
            float[] x, int from, int xStep, int boxes, int rows, int count, float[] y, int to, int yStep, int yPitch) {
        for (int box = 0; box < boxes; box++) {
            for (int r = 0; r < rows; r++) {
                for (int i = 0; i < count; i++) {
                    y[to + box * yStep + r * yPitch + i] += x[from + box * xStep + r * count + i];
                }
            }
        }
    }

    @Override
    public void mixPixels(
            float[] x, int from, int[] low, int[] high, double[] weight, int channels, float[] y, int to) {
        for (int j = 0; j < low.length; j++) {
            float right = (float) weight[j];
            for (int c = 0; c < channels; c++) {
                y[to + j * channels + c] =
                        (1 - right) * x[from + low[j] * channels + c] + right * x[from + high[j] * channels + c];
            }
        }
    }

    @Override
    public void unmixPixels(
            float[] x, int from, int[] low, int[] high, double[] weight, int channels, float[] y, int to) {
        for (int j = 0; j < low.length; j++) {
            float right = (float) weight[j];
            for (int c = 0; c < channels; c++) {
                y[to + low[j] * channels + c] += (1 - right) * x[from + j * channels + c];
                y[to + high[j] * channels + c] += right * x[from + j * channels + c];
            }
        }
    }
}
