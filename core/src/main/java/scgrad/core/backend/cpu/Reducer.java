package scgrad.core.backend.cpu;

import scgrad.core.array.Index;
import scgrad.core.array.NDArray;
import scgrad.core.array.Reduction;

/**
 * Reductions in a fixed order. The common case, a sum over all axes but the last, goes by chunks of rows whose sums are added in order;
 * the general case visits every element once and sums in double.
 */
record Reducer(Threads threads, Loops loops, BufferPool pool) {
    private static final int CHUNK = 8 * 1024;

    void run(Reduction f, NDArray x, boolean[] mask, NDArray y) {
        if (f == Reduction.SUM && leading(mask)) {
            channelSums(x, y);
            return;
        }
        float[] from = CpuBackend.data(x);
        float[] to = CpuBackend.data(y);
        int[] strides = Index.reducedStrides(x.shape(), mask);
        double[] result = new double[y.shape().length()];
        java.util.Arrays.fill(result, f == Reduction.SUM ? 0 : Double.NEGATIVE_INFINITY);
        Index.walk(x.shape().sizes(), 0, x.shape().strides(), 0, strides, (i, j) -> {
            result[j] = f == Reduction.SUM ? result[j] + from[i] : Math.max(result[j], from[i]);
        });
        for (int i = 0; i < result.length; i++) {
            to[i] = (float) result[i];
        }
    }

    private static boolean leading(boolean[] mask) {
        for (int axis = 0; axis < mask.length; axis++) {
            if (mask[axis] == (axis == mask.length - 1)) {
                return false;
            }
        }
        return mask.length > 1;
    }

    private void channelSums(NDArray x, NDArray y) {
        int channels = x.shape().channels();
        int rows = x.shape().rows();
        int chunk = Math.max(CHUNK / Math.max(channels, 1), 8);
        int chunks = (rows + chunk - 1) / chunk;
        float[] sums = pool.take((long) chunks * channels);
        float[] from = CpuBackend.data(x);
        threads.run(chunks, (item, worker) -> {
            int row = item * chunk;
            loops.sums(from, row * channels, Math.min(chunk, rows - row), channels, sums, item * channels);
        });
        float[] to = CpuBackend.data(y);
        for (int c = 0; c < channels; c++) {
            double sum = 0;
            for (int i = 0; i < chunks; i++) {
                sum += sums[i * channels + c];
            }
            to[c] = (float) sum;
        }
        pool.give(sums);
    }
}
