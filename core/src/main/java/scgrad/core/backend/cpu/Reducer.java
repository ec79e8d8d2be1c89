package scgrad.core.backend.cpu;

import java.util.Arrays;
import scgrad.core.array.Index;
import scgrad.core.array.NDArray;
import scgrad.core.array.Reduction;

/**
 * Reductions in a fixed order. A sum over neighbouring axes, which is nearly every sum, sees {@code images} of {@code rows} by
 * {@code channels} and adds up the rows; no channels are one channel, and no images one image. Chunks of lines are added in float, and their
 * sums in double. The general case visits every element once and sums in double.
 */
record Reducer(Threads threads, NormLoops loops, BufferPool pool) {
    /** Numbers of a work item, where images are small. */
    private static final int ITEM = 16 * 1024;

    /** Images below this are summed number by number. */
    private static final int TINY = 128;

    void run(Reduction f, NDArray x, boolean[] mask, NDArray y) {
        int axis = 0;
        int images = 1;
        int rows = 1;
        int channels = 1;
        for (; axis < mask.length && !mask[axis]; axis++) {
            images *= x.shape().size(axis);
        }
        for (; axis < mask.length && mask[axis]; axis++) {
            rows *= x.shape().size(axis);
        }
        for (; axis < mask.length && !mask[axis]; axis++) {
            channels *= x.shape().size(axis);
        }
        if (f == Reduction.SUM && axis == mask.length) {
            if (rows * channels < ITEM) {
                smallSums(images, rows, channels, CpuBackend.data(x), CpuBackend.data(y));
            } else {
                sums(images, rows, channels, CpuBackend.data(x), CpuBackend.data(y));
            }
        } else {
            general(f, x, mask, y);
        }
    }

    private static void general(Reduction f, NDArray x, boolean[] mask, NDArray y) {
        float[] from = CpuBackend.data(x);
        float[] to = CpuBackend.data(y);
        int[] strides = Index.reducedStrides(x.shape(), mask);
        double[] result = new double[y.shape().length()];
        Arrays.fill(result, f == Reduction.SUM ? 0 : Double.NEGATIVE_INFINITY);
        Index.walk(x.shape().sizes(), CacheLine.FIRST, x.shape().strides(), 0, strides, (i, j) -> {
            result[j] = f == Reduction.SUM ? result[j] + from[i] : Math.max(result[j], from[i]);
        });
        for (int i = 0; i < result.length; i++) {
            to[CacheLine.FIRST + i] = (float) result[i];
        }
    }

    private void sums(int images, int rows, int channels, float[] x, float[] y) {
        Lines lines = Lines.of(images, rows, channels);
        int chunks = lines.chunks();
        int width = lines.width();
        float[] sums = pool.take((long) images * chunks * width);
        threads.run(images * chunks, (item, worker) -> {
            int chunk = item % chunks;
            int start = item / chunks * rows * channels + lines.start(chunk);
            loops.sums(x, start, lines.length(chunk), width, sums, item * width);
        });
        threads.run(images, (image, worker) -> {
            for (int c = 0; c < channels; c++) {
                y[CacheLine.FIRST + image * channels + c] =
                        every(channels, sums, image * chunks * width + c, (image + 1) * chunks * width);
            }
        });
        pool.give(sums);
    }

    private void smallSums(int images, int rows, int channels, float[] x, float[] y) {
        int length = rows * channels;
        int width = Lines.narrow(channels);
        int group = ITEM / Math.max(length, 1);
        int items = (images + group - 1) / group;
        float[] sums = pool.take((long) items * width);
        threads.run(items, (item, worker) -> {
            int end = Math.min((item + 1) * group, images);
            int out = item * width;
            for (int image = item * group; image < end; image++) {
                int at = CacheLine.FIRST + image * length;
                if (length >= TINY) {
                    loops.sums(x, at, length, width, sums, out);
                }
                for (int c = 0; c < channels; c++) {
                    y[CacheLine.FIRST + image * channels + c] = length < TINY
                            ? every(channels, x, at + c, at + length)
                            : every(channels, sums, out + c, out + width);
                }
            }
        });
        pool.give(sums);
    }

    /** x[from] + x[from + step] + ... */
    private static float every(int step, float[] x, int from, int end) {
        double sum = 0;
        for (int i = from; i < end; i += step) {
            sum += x[i];
        }
        return (float) sum;
    }
}
