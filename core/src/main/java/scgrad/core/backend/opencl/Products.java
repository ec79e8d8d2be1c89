package scgrad.core.backend.opencl;

import java.util.Arrays;
import scgrad.core.array.ConvGeometry;
import scgrad.core.array.Reduction;

/** Matrix products and the passes of a convolution, as commands; see {@link ProductKernels} and {@link GroupedKernels}. */
final class Products {
    /**
     * A product of fewer tiles than the first cuts its depth, into as many splits as make the second number of tiles, where that leaves each
     * split this deep. A GPU keeps hundreds of work-groups in flight; the gradient of a small kernel is few tiles of a great depth.
     */
    private static final int ENOUGH_TILES = 256;

    private static final int MANY_TILES = 1024;
    /** As many as are summed in one command. */
    private static final int MOST_SPLITS = 256;

    private static final int LEAST_DEPTH = 256;
    /** Output pixels of a chunk in a grouped kernel's gradient. */
    private static final int CHUNK_PIXELS = 512;

    private final DeviceQueue queue;
    private final DeviceHeap heap;
    private final Reductions reductions;
    private Tile.Costs costs = Tile.Costs.unmeasured();

    Products(DeviceQueue queue, DeviceHeap heap, Reductions reductions) {
        this.queue = queue;
        this.heap = heap;
        this.reductions = reductions;
    }

    /**
     * Times all tiles on one product whose sides they all divide, the least of three runs each. It is four rounds of wide tiles or a little
     * less, so that the last round of no tile is nearly empty.
     */
    void measureTiles() {
        int n = 1024;
        int depth = 1024;
        long wanted = queue.atOnce() / 16;
        long most = (heap.capacity() / 2 - n * depth) / (depth + n) / ProductKernels.TALL;
        int m = ProductKernels.TALL * (int) Math.max(1, Math.min(wanted, most));
        Block block = heap.take((long) m * depth + (long) depth * n + (long) m * n, false);
        Operand a = Operand.matrix(block.offset(), false, depth);
        Operand b = Operand.matrix(block.offset() + m * depth, false, n);
        int y = block.offset() + m * depth + depth * n;
        queue.add(ElementwiseKernels.FILL, block.offset(), block.length()).with(0);
        double[] each = new double[Tile.values().length];
        Arrays.fill(each, Double.POSITIVE_INFINITY);
        for (int run = 0; run < 3; run++) {
            for (Tile tile : Tile.values()) {
                queue.flush();
                long started = System.nanoTime();
                add(tile, m, n, depth, a, b, null, 1, depth, false, y);
                queue.flush();
                double time = System.nanoTime() - started;
                each[tile.ordinal()] = Math.min(each[tile.ordinal()], time / tile.count(m, n));
            }
        }
        heap.give(block);
        costs = new Tile.Costs(queue.atOnce(), each);
    }

    /**
     * How a product reads an operand.
     *
     * @param place in the heap
     * @param form one of {@link ProductKernels}'
     * @param stride of its rows in memory, for the forms that have them
     */
    private record Operand(int place, int form, int stride) {
        static Operand matrix(int place, boolean transposed, int columns) {
            return new Operand(place, transposed ? ProductKernels.COLUMNS : ProductKernels.ROWS, columns);
        }
    }

    /** y [m, n] = a b over a depth, matrices that may be transposed in memory. */
    void matrices(int m, int n, int depth, int a, boolean transposeA, int b, boolean transposeB, int y) {
        product(
                m,
                n,
                depth,
                Operand.matrix(a, transposeA, transposeA ? m : depth),
                Operand.matrix(b, transposeB, transposeB ? depth : n),
                null,
                false,
                y);
    }

    private static int splits(int m, int n, int depth) {
        long tiles = Tile.WIDE.count(m, n);
        if (tiles >= ENOUGH_TILES) {
            return 1;
        }
        long most = Math.min(MOST_SPLITS, depth / LEAST_DEPTH);
        return (int) Math.max(1, Math.min((MANY_TILES + tiles - 1) / tiles, most));
    }

    private void product(int m, int n, int depth, Operand a, Operand b, ConvGeometry g, boolean accumulate, int y) {
        int splits = accumulate ? 1 : splits(m, n, depth);
        Tile tile = Tile.of(m, n, splits, costs);
        if (splits == 1) {
            add(tile, m, n, depth, a, b, g, 1, depth, accumulate, y);
            return;
        }
        int splitDepth = (depth + splits - 1) / splits;
        splits = (depth + splitDepth - 1) / splitDepth;
        Block partial = heap.take((long) splits * m * n, false);
        add(tile, m, n, depth, a, b, g, splits, splitDepth, false, partial.offset());
        reductions.rows(Reduction.SUM, partial.offset(), 1, splits, m * n, y);
        heap.give(partial);
    }

    private void add(
            Tile tile,
            int m,
            int n,
            int depth,
            Operand a,
            Operand b,
            ConvGeometry g,
            int splits,
            int splitDepth,
            boolean accumulate,
            int y) {
        queue.add(
                tile.command,
                a.place,
                b.place,
                y,
                m,
                n,
                depth,
                a.form,
                b.form,
                a.stride,
                b.stride,
                splits,
                splitDepth,
                accumulate ? 1 : 0,
                tile.rows);
        if (g != null) {
            queue.on(g);
        }
    }

    /** Whether a convolution is one matrix product over all pixels. */
    private static boolean pointwise(ConvGeometry g) {
        return g.kernelHeight() == 1 && g.kernelWidth() == 1 && g.stride() == 1 && g.padding() == 0;
    }

    private static int inputs(ConvGeometry g) {
        return g.batch() * g.height() * g.width();
    }

    private static int outputs(ConvGeometry g) {
        return g.batch() * g.outHeight() * g.outWidth();
    }

    private static int taps(ConvGeometry g) {
        return g.kernelHeight() * g.kernelWidth();
    }

    void forward(ConvGeometry g, int x, int w, int y) {
        if (g.groups() > 1) {
            queue.add(GroupedKernels.GROUPED, x, w, y, outputs(g) * g.filters(), g.groups())
                    .on(g);
            return;
        }
        Operand image =
                pointwise(g) ? Operand.matrix(x, false, g.channels()) : new Operand(x, ProductKernels.PATCHES, 1);
        Operand kernel = Operand.matrix(w, false, g.filters());
        product(outputs(g), g.filters(), taps(g) * g.channels(), image, kernel, g, false, y);
    }

    void inputGradient(ConvGeometry g, int dy, int w, int dx, boolean accumulate) {
        if (g.groups() > 1) {
            queue.add(
                            GroupedKernels.GROUPED_INPUT_GRADIENT,
                            dy,
                            w,
                            dx,
                            inputs(g) * g.channels(),
                            g.groups(),
                            accumulate ? 1 : 0)
                    .on(g);
            return;
        }
        Operand upstream = pointwise(g)
                ? Operand.matrix(dy, false, g.filters())
                : new Operand(dy, ProductKernels.UPSTREAM_PATCHES, 1);
        Operand kernel = new Operand(w, ProductKernels.KERNEL_COLUMNS, g.filters());
        product(inputs(g), g.channels(), taps(g) * g.filters(), upstream, kernel, g, accumulate, dx);
    }

    void kernelGradient(ConvGeometry g, int x, int dy, int dw) {
        if (g.groups() > 1) {
            groupedKernelGradient(g, x, dy, dw);
            return;
        }
        Operand image =
                pointwise(g) ? Operand.matrix(x, true, g.channels()) : new Operand(x, ProductKernels.PATCH_COLUMNS, 1);
        Operand upstream = Operand.matrix(dy, false, g.filters());
        product(taps(g) * g.channels(), g.filters(), outputs(g), image, upstream, g, false, dw);
    }

    private void groupedKernelGradient(ConvGeometry g, int x, int dy, int dw) {
        int weights = taps(g) * g.channelsPerGroup() * g.filters();
        int pixels = outputs(g);
        int chunks = (pixels + CHUNK_PIXELS - 1) / CHUNK_PIXELS;
        Block partial = heap.take((long) chunks * weights, false);
        queue.add(
                        GroupedKernels.GROUPED_KERNEL_GRADIENT,
                        x,
                        dy,
                        partial.offset(),
                        weights,
                        g.groups(),
                        chunks,
                        pixels,
                        CHUNK_PIXELS)
                .on(g);
        reductions.rows(Reduction.SUM, partial.offset(), 1, chunks, weights, dw);
        heap.give(partial);
    }
}
