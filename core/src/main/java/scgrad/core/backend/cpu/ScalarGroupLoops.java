package scgrad.core.backend.cpu;

/** The loops of grouped convolutions without the vector module: loops over 16 channels that C2 vectorises by itself. */
final class ScalarGroupLoops implements GroupLoops {
    @Override
    public void convolve(
            int pixels,
            int taps,
            float[] x,
            int[] addresses,
            int[] shifts,
            float[] w,
            int wOffset,
            float[] y,
            boolean accumulate) {
        for (int p = 0; p < pixels; p++) {
            for (int t = 0; t < taps; t++) {
                product(x, addresses[p] + shifts[t], w, wOffset + t * SLICE, y, p * SLICE, accumulate || t > 0);
            }
        }
    }

    @Override
    public void convolveThree(
            int columns,
            int tapRows,
            float[] x,
            int from,
            int rowPitch,
            float[] w,
            int wOffset,
            float[] y,
            int to,
            boolean accumulate) {
        for (int j = 0; j < columns; j++) {
            for (int t = 0; t < 3 * tapRows; t++) {
                int at = from + t / 3 * rowPitch + (j + t % 3) * SLICE;
                product(x, at, w, wOffset + t * SLICE, y, to + j * SLICE, accumulate || t > 0);
            }
        }
    }

    @Override
    public void correlate(
            int pixels,
            float[] x,
            int[] addresses,
            int[] shifts,
            int first,
            float[] dy,
            float[] sum,
            int sumOffset,
            boolean accumulate) {
        for (int t = 0; t < TAPS; t++) {
            for (int p = 0; p < pixels; p++) {
                int at = addresses[p] + shifts[first + t];
                product(x, at, dy, p * SLICE, sum, sumOffset + t * SLICE, accumulate || p > 0);
            }
        }
    }

    private static void product(float[] a, int aAt, float[] b, int bAt, float[] y, int yAt, boolean accumulate) {
        if (accumulate) {
            for (int i = 0; i < SLICE; i++) {
                y[yAt + i] = Math.fma(a[aAt + i], b[bAt + i], y[yAt + i]);
            }
        } else {
            for (int i = 0; i < SLICE; i++) {
                y[yAt + i] = a[aAt + i] * b[bAt + i];
            }
        }
    }
}
