package scgrad.core.backend.cpu;

import java.util.Arrays;
import scgrad.core.array.Binary;
import scgrad.core.array.ConvGeometry;

/**
 * The gradient of an input of few channels, such as an image's colours: a tile that gathers them would fill 3 of its 16 columns. Here each
 * output pixel's gradient is multiplied by the whole kernel at once, {@code [filters] times [filters, taps * channels]}, and the products are
 * added to the pixels that its taps had read.
 *
 * <p>An item is a band of rows of one image: it computes the products of all output rows that reach it, those at its border once more than
 * its neighbour does. Every pixel of the input is summed in the order of output rows, columns and then taps, whatever the threads.
 */
final class ScatteredInputGradient {
    private static final int MOST_CHANNELS = 4;
    private static final int LEAST_FILTERS = 16;
    private static final int ROWS = 32;
    /** Depth of one pass, as in {@link DirectConvolution}. */
    private static final int DEPTH = 256;
    /** Floats behind a band, which {@link PixelLoops#scatter} may touch. */
    private static final int MARGIN = 16;

    private final Threads threads;
    private final Loops loops;
    private final Scratch scratch;
    private final BufferPool pool;
    private final OutputBlock products;

    ScatteredInputGradient(Threads threads, Tiles tiles, Loops loops, Scratch scratch, BufferPool pool) {
        this.threads = threads;
        this.loops = loops;
        this.scratch = scratch;
        this.pool = pool;
        this.products = new OutputBlock(tiles, loops, scratch);
    }

    static boolean fits(ConvGeometry g) {
        return g.groups() == 1
                && g.dilation() == 1
                && g.channels() <= MOST_CHANNELS
                && g.filters() >= LEAST_FILTERS
                && g.kernelHeight() * g.kernelWidth() > 1;
    }

    void run(ConvGeometry g, float[] dy, float[] w, float[] dx, boolean accumulate) {
        int depth = g.filters();
        int columns = g.kernelHeight() * g.kernelWidth() * g.channels();
        float[] packed = pool.take(Panels.length(depth, columns));
        threads.run(
                Panels.count(columns),
                (panel, worker) -> Panels.pack(
                        loops, w, CacheLine.FIRST, 1, depth, depth, columns, panel, packed, Panels.at(panel, depth)));
        int bands = (g.height() + ROWS - 1) / ROWS;
        threads.run(g.batch() * bands, (item, worker) -> {
            int first = item % bands * ROWS;
            band(
                    g,
                    item / bands,
                    first,
                    Math.min(first + ROWS, g.height()),
                    dy,
                    packed,
                    columns,
                    dx,
                    accumulate,
                    worker);
        });
        pool.give(packed);
    }

    /** Rows first .. end - 1 of the input of one image. */
    private void band(
            ConvGeometry g,
            int image,
            int first,
            int end,
            float[] dy,
            float[] packed,
            int columns,
            float[] dx,
            boolean accumulate,
            int worker) {
        int reached = (g.outWidth() - 1) * g.stride() + g.kernelWidth();
        int pitch = Math.max(reached, g.padding() + g.width()) * g.channels();
        float[] band = scratch.floats(worker, DirectConvolution.BAND, (end - first) * pitch + MARGIN);
        Arrays.fill(band, 0, (end - first) * pitch + MARGIN, 0);
        int firstOut = Math.max(0, Math.ceilDiv(first + g.padding() - g.kernelHeight() + 1, g.stride()));
        int endOut = Math.min(g.outHeight(), (end - 1 + g.padding()) / g.stride() + 1);
        for (int out = firstOut; out < endOut; out++) {
            multiply(g, (image * g.outHeight() + out) * g.outWidth(), dy, packed, columns, worker);
            int top = out * g.stride() - g.padding();
            int from = Math.max(0, first - top);
            int to = Math.min(g.kernelHeight(), end - top);
            int run = g.kernelWidth() * g.channels();
            loops.pixels()
                    .scatter(
                            scratch.floats(worker, DirectConvolution.SUMS, 0),
                            CacheLine.FIRST + from * run,
                            OutputBlock.pitch(columns),
                            g.outWidth(),
                            to - from,
                            run,
                            band,
                            (top + from - first) * pitch,
                            g.stride() * g.channels(),
                            pitch);
        }
        int row = g.width() * g.channels();
        for (int h = first; h < end; h++) {
            int from = (h - first) * pitch + g.padding() * g.channels();
            int to = CacheLine.FIRST + (image * g.height() + h) * row;
            if (accumulate) {
                loops.binary(Binary.ADD, dx, to, band, from, dx, to, row);
            } else {
                System.arraycopy(band, from, dx, to, row);
            }
        }
    }

    /** The products of one row of outputs, of which the first is pixel {@code first} of dy. */
    private void multiply(ConvGeometry g, int first, float[] dy, float[] packed, int columns, int worker) {
        int pixels = g.outWidth();
        int depth = g.filters();
        products.begin(worker, pixels, columns);
        int[] rows = products.rows(worker, pixels, CacheLine.FIRST + first * depth, depth);
        int passes = (depth + DEPTH - 1) / DEPTH;
        for (int pass = 0; pass < passes; pass++) {
            int from = depth * pass / passes;
            int length = depth * (pass + 1) / passes - from;
            products.add(
                    worker,
                    columns,
                    0,
                    pixels,
                    pass > 0,
                    1,
                    0,
                    length,
                    dy,
                    rows,
                    from,
                    packed,
                    Panels.at(0, depth) + from * Tiles.COLUMNS,
                    depth * Tiles.COLUMNS);
        }
    }
}
