package scgrad.core.backend.cpu;

import scgrad.core.array.Index;
import scgrad.core.array.NDArray;

/**
 * Copies a box from one array into another, as slices, joins and padding do. Trailing axes that are whole on both sides are one run; leading axes
 * that lie evenly in both arrays are one count of runs, so that slicing channels off an image is a single loop over its pixels.
 */
record Regions(Threads threads, Loops loops) {
    private static final int CHUNK = 16 * 1024;

    void copy(NDArray x, int[] from, NDArray y, int[] to, int[] size) {
        int rank = size.length;
        int[] xs = x.shape().strides();
        int[] ys = y.shape().strides();
        int axis = rank - 1;
        int run = axis < 0 ? 1 : size[axis];
        while (axis > 0
                && size[axis] == x.shape().size(axis)
                && size[axis] == y.shape().size(axis)) {
            run *= size[--axis];
        }
        int xStart = CacheLine.FIRST + Index.offset(from, xs);
        int yStart = CacheLine.FIRST + Index.offset(to, ys);
        int inner = Math.max(axis, 0);
        // the axes before the run that are evenly spaced on both sides
        int outer = inner;
        int rows = 1;
        while (outer > 0
                && (outer == inner
                        || xs[outer - 1] == xs[outer] * size[outer] && ys[outer - 1] == ys[outer] * size[outer])) {
            rows *= size[--outer];
        }
        int xPitch = inner > 0 ? xs[inner - 1] : run;
        int yPitch = inner > 0 ? ys[inner - 1] : run;
        float[] source = CpuBackend.data(x);
        float[] target = CpuBackend.data(y);
        int[] sizes = java.util.Arrays.copyOf(size, outer);
        int count = rows;
        int length = run;
        // short runs are copied several at a time, a long one in pieces
        int chunk = Math.max(1, CHUNK / Math.max(length, 1));
        int pieces = Math.max(1, (length + CHUNK - 1) / CHUNK);
        Index.walk(
                sizes,
                xStart,
                xs,
                yStart,
                ys,
                (i, j) -> threads.run((count + chunk - 1) / chunk * pieces, (item, worker) -> {
                    int row = item / pieces * chunk;
                    int first = item % pieces * CHUNK;
                    loops.copyRows(
                            source,
                            i + row * xPitch + first,
                            xPitch,
                            target,
                            j + row * yPitch + first,
                            yPitch,
                            Math.min(chunk, count - row),
                            Math.min(CHUNK, length - first));
                }));
    }
}
