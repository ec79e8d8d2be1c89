package scgrad.core.backend.opencl;

import scgrad.core.array.Reduction;

/** Plans sums and maxima over rows; see {@link ReductionKernels}. */
final class Reductions {
    /** Rows of a chunk at least, and chunks at most: enough work for a work-group, enough groups for a device. */
    private static final int LEAST_ROWS = 256;

    private static final int MOST_CHUNKS = 128;
    private static final int MOST_LANES = 32;

    private final DeviceQueue queue;
    private final DeviceHeap heap;

    Reductions(DeviceQueue queue, DeviceHeap heap) {
        this.queue = queue;
        this.heap = heap;
    }

    /** How rows are cut, by their number alone. */
    record Chunks(int count, int rows) {
        static Chunks of(int rows) {
            int each = Math.max(LEAST_ROWS, (rows + MOST_CHUNKS - 1) / MOST_CHUNKS);
            return new Chunks(Math.max(1, (rows + each - 1) / each), each);
        }
    }

    /** The columns that a work-group takes: a power of two. */
    static int lanes(int inner) {
        int lanes = 1;
        while (lanes < inner && lanes < MOST_LANES) {
            lanes *= 2;
        }
        return lanes;
    }

    /** y [outer, inner] = x [outer, rows, inner] reduced over rows; x and y are places in the heap. */
    void rows(Reduction f, int x, int outer, int rows, int inner, int y) {
        Chunks chunks = Chunks.of(rows);
        if (chunks.count() == 1) {
            step(f, x, outer, rows, inner, chunks, y);
            return;
        }
        Block partial = heap.take((long) outer * chunks.count() * inner, false);
        step(f, x, outer, rows, inner, chunks, partial.offset());
        rows(f, partial.offset(), outer, chunks.count(), inner, y);
        heap.give(partial);
    }

    /** y [inner] and z [inner] = the sums over rows of x [rows, 2, inner]; rows are as few as chunks. */
    void pairs(int x, int rows, int inner, int y, int z) {
        step(Reduction.SUM, x, 1, rows, 2 * inner, new Chunks(1, rows), y, inner, z);
    }

    private void step(Reduction f, int x, int outer, int rows, int inner, Chunks chunks, int y) {
        step(f, x, outer, rows, inner, chunks, y, inner, y);
    }

    /** @param split where z begins: columns from this on go there */
    private void step(Reduction f, int x, int outer, int rows, int inner, Chunks chunks, int y, int split, int z) {
        queue.add(
                ReductionKernels.REDUCE,
                f == Reduction.SUM ? ReductionKernels.SUM : ReductionKernels.SUM + 1,
                x,
                y,
                outer,
                rows,
                inner,
                lanes(inner),
                chunks.count(),
                chunks.rows(),
                split,
                z);
    }

    /** y = x reduced over the masked axes, one run of neighbouring axes after another, the longest first. */
    void axes(Reduction f, int x, int[] sizes, boolean[] mask, int y) {
        int first = -1;
        int end = -1;
        long longest = 1;
        for (int axis = 0; axis < sizes.length; ) {
            int next = axis;
            long run = 1;
            while (next < sizes.length && mask[next] == mask[axis]) {
                run *= sizes[next++];
            }
            if (mask[axis] && run > longest) {
                longest = run;
                first = axis;
                end = next;
            }
            axis = next;
        }
        if (first < 0) {
            queue.add(ElementwiseKernels.COPY, x, y, product(sizes, 0, sizes.length));
            return;
        }
        int outer = product(sizes, 0, first);
        int inner = product(sizes, end, sizes.length);
        int[] rest = sizes.clone();
        boolean more = false;
        for (int axis = 0; axis < sizes.length; axis++) {
            rest[axis] = axis >= first && axis < end ? 1 : sizes[axis];
            more |= mask[axis] && rest[axis] > 1;
        }
        if (!more) {
            rows(f, x, outer, (int) longest, inner, y);
            return;
        }
        Block partial = heap.take((long) outer * inner, false);
        rows(f, x, outer, (int) longest, inner, partial.offset());
        axes(f, partial.offset(), rest, mask, y);
        heap.give(partial);
    }

    private static int product(int[] sizes, int from, int to) {
        int product = 1;
        for (int axis = from; axis < to; axis++) {
            product *= sizes[axis];
        }
        return product;
    }
}
