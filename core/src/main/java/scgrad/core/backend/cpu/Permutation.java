package scgrad.core.backend.cpu;

import java.util.Arrays;
import scgrad.core.array.Index;
import scgrad.core.array.NDArray;

/** Reorders axes: the last axis of the result is a plain loop, its first is shared out. */
record Permutation(Threads threads) {
    /** Axis i of y is axis {@code order[i]} of x. */
    void run(NDArray x, int[] order, NDArray y) {
        float[] from = CpuBackend.data(x);
        float[] to = CpuBackend.data(y);
        int last = order.length - 1;
        if (last < 1) {
            System.arraycopy(
                    from, CacheLine.FIRST, to, CacheLine.FIRST, y.shape().length());
            return;
        }
        int[] own = x.shape().strides();
        int[] xs = new int[order.length];
        for (int axis = 0; axis < order.length; axis++) {
            xs[axis] = own[order[axis]];
        }
        int[] ys = y.shape().strides();
        int[] middle = Arrays.copyOfRange(y.shape().sizes(), 1, last);
        int[] middleX = Arrays.copyOfRange(xs, 1, last);
        int[] middleY = Arrays.copyOfRange(ys, 1, last);
        int count = y.shape().size(last);
        threads.run(
                y.shape().size(0),
                (item, worker) -> Index.walk(
                        middle,
                        CacheLine.FIRST + item * xs[0],
                        middleX,
                        CacheLine.FIRST + item * ys[0],
                        middleY,
                        (i, j) -> line(from, i, xs[last], to, j, count)));
    }

    private static void line(float[] x, int from, int step, float[] y, int to, int count) {
        if (step == 1) {
            System.arraycopy(x, from, y, to, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            y[to + i] = x[from + i * step];
        }
    }
}
