package scgrad.core.backend.cpu;

/** The loops of grouped convolutions without the vector module: loops over 16 channels that C2 vectorises by itself. */
final class ScalarGroupLoops implements GroupLoops {
    @Override
    public GroupTransforms transforms() {
        return new ScalarGroupTransforms();
    }

    @Override
    public boolean shared(int inputs, int outputs) {
        return false;
    }

    @Override
    public void convolve(
            int rows,
            int pixels,
            int perGroup,
            int c,
            float[] x,
            int from,
            int xPitch,
            float[] w,
            int wOffset,
            float[] before,
            int beforePitch,
            float[] after,
            int afterFrom,
            int afterPitch,
            int afterPixelPitch) {
        for (int i = 0; i < rows; i++) {
            for (int p = 0; p < pixels - 2; p++) {
                int to = afterFrom + i * afterPitch + p * afterPixelPitch;
                System.arraycopy(before, CacheLine.FIRST + i * beforePitch + p * SLICE, after, to, SLICE);
                for (int t = 0; t < BLOCK * BLOCK; t++) {
                    int at = from + (i + t / BLOCK) * xPitch + (p + t % BLOCK) * SLICE;
                    product(x, at, w, wOffset + t * SLICE, after, to, true);
                }
            }
        }
    }

    @Override
    public void convolve(
            int pixels,
            int depth,
            int perGroup,
            int planePitch,
            int taps,
            float[] x,
            int[] addresses,
            int[] shifts,
            float[] w,
            int wOffset,
            float[] y) {
        for (int p = 0; p < pixels; p++) {
            for (int c = 0; c < depth; c++) {
                for (int t = 0; t < taps; t++) {
                    int at = c * planePitch + addresses[p] + shifts[t];
                    product(x, at, w, wOffset + (c * taps + t) * SLICE, y, CacheLine.FIRST + p * SLICE, c + t > 0);
                }
            }
        }
    }

    @Override
    public void correlate(
            int pixels,
            int depth,
            int perGroup,
            int planePitch,
            float[] x,
            int from,
            int xPitch,
            float[] dy,
            float[] sum,
            int sumOffset,
            int sumPitch) {
        for (int c = 0; c < depth; c++) {
            for (int t = 0; t < BLOCK * BLOCK; t++) {
                int s = t % BLOCK;
                int to = sumOffset + c * sumPitch + t * SLICE;
                for (int p = s; p < pixels; p++) {
                    int at = from + c * planePitch + t / BLOCK * xPitch + p * SLICE;
                    product(x, at, dy, CacheLine.FIRST + (p - s) * SLICE, sum, to, true);
                }
            }
        }
    }

    @Override
    public void correlate(
            int pixels,
            int perGroup,
            int c,
            float[] x,
            int from,
            int[] addresses,
            int[] shifts,
            int first,
            float[] dy,
            float[] sum,
            int sumOffset) {
        for (int t = 0; t < TAPS; t++) {
            for (int p = 0; p < pixels; p++) {
                int at = from + addresses[p] + shifts[first + t];
                product(x, at, dy, CacheLine.FIRST + p * SLICE, sum, sumOffset + t * SLICE, true);
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
