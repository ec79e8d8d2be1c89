package scgrad.core.backend.cpu;

import java.util.Arrays;

/**
 * Convolutions of a single tap, and matrix products: every pixel's numbers times packed panels of the kernel.
 *
 * <p>A block of pixels of a large image is laid side by side first, which reads memory in order and keeps rows apart that would meet in few sets
 * of the caches.
 * The depth is cut into passes of at most {@link #DEPTH}, for which two panels stay in the first-level cache; each output is one chain of
 * sums over the whole depth either way.
 */
final class PointwiseConvolution {
    private static final int DEPTH = 256;
    /** Output pixels per item, about. */
    private static final int PIXELS = 128;
    /** Sources of at most this many floats are in a cache, and read where they lie: 256 to 32 channels of 56x56 take 0.83 of the time. */
    private static final int NEAR = 1 << 20;
    /** Pixels of less depth are read where they lie. */
    private static final int SHALLOW = 64;
    /** Deeper ones too, where there are fewer filters to read them again: 1024 to 256 channels of 8 images of 14x14 take 0.94 of the time. */
    private static final int DEEP = 512;
    /** Floats between the rows of a block. */
    private static final int GAP = 16;

    private final Threads threads;
    private final Tiles tiles;
    private final Loops loops;
    private final Scratch scratch;
    private final OutputBlock outputs;

    PointwiseConvolution(Threads threads, Tiles tiles, Loops loops, Scratch scratch) {
        this.threads = threads;
        this.tiles = tiles;
        this.loops = loops;
        this.scratch = scratch;
        this.outputs = new OutputBlock(tiles, loops, scratch);
    }

    static boolean fits(Gather g) {
        return g.tapRows() * g.tapColumns() == 1 && !g.leavesSource();
    }

    /** A kernel, element (c, k) of which is {@code w[offset + c * rowStride + k * columnStride]}. */
    KernelPanels panels(Gather g, float[] w, int offset, int rowStride, int columnStride) {
        return (panel, packed, at) ->
                Panels.pack(loops, w, offset, rowStride, columnStride, g.depth(), g.filters(), panel, packed, at);
    }

    /** All panels of a kernel, one behind the other. */
    void pack(Gather g, KernelPanels panels, float[] packed) {
        int panelFloats = g.kernelRows() * Tiles.COLUMNS;
        threads.run(Panels.count(g.filters()), (panel, worker) -> panels.pack(panel, packed, panel * panelFloats));
    }

    /** Runs a gather; the epilogue may be null. */
    void run(Gather gather, float[] source, float[] packed, Epilogue epilogue, float[] target) {
        Gather g = gather.flat();
        Bands bands =
                g.columns() == 1 ? Bands.even(g, PIXELS, threads.count()) : Bands.of(g, PIXELS, Integer.MAX_VALUE);
        int panels = Panels.count(g.filters());
        int pairs = (panels + 1) / 2;
        // with few bands the panels are shared out too
        int least = (g.filters() + OutputBlock.CHANNELS - 1) / OutputBlock.CHANNELS;
        int shares = Math.max(least, Math.min(pairs, 4 * threads.count() / bands.items()));
        threads.run(bands.items() * shares, (item, worker) -> {
            int share = item % shares;
            int firstPanel = 2 * (pairs * share / shares);
            int endPanel = Math.min(panels, 2 * (pairs * (share + 1) / shares));
            runItem(g, bands.part(g, item / shares), firstPanel, endPanel, source, packed, epilogue, target, worker);
        });
    }

    private static boolean laid(Gather g) {
        long source = (long) g.batch() * g.sourceHeight() * g.sourceWidth() * g.sourceChannels();
        return source > NEAR && g.depth() >= SHALLOW && (g.depth() < DEEP || g.filters() >= g.depth());
    }

    private void runItem(
            Gather g,
            Bands.Part part,
            int firstPanel,
            int endPanel,
            float[] source,
            float[] packed,
            Epilogue epilogue,
            float[] target,
            int worker) {
        int pixels = part.images() * part.rows() * g.columns();
        int padded = pixels + tiles.mostRows();
        int[] sources = scratch.ints(worker, DirectConvolution.SOURCES, padded);
        int[] targets = scratch.ints(worker, DirectConvolution.TARGETS, padded);
        DirectConvolution.addresses(g, part, false, sources, targets, pixels, padded);
        int channel = firstPanel * Tiles.COLUMNS;
        int channels = Math.min(endPanel * Tiles.COLUMNS, g.filters()) - channel;
        boolean laid = laid(g);
        int passes = (g.depth() + DEPTH - 1) / DEPTH;
        int panelPitch = g.depth() * Tiles.COLUMNS;
        outputs.begin(worker, pixels, channels);
        for (int pass = 0; pass < passes; pass++) {
            int from = g.depth() * pass / passes;
            int depth = g.depth() * (pass + 1) / passes - from;
            float[] a = source;
            int[] rows = sources;
            if (laid) {
                a = scratch.floats(worker, DirectConvolution.BAND, padded * (depth + GAP));
                rows = scratch.ints(worker, DirectConvolution.ROWS, padded);
                lay(g, source, sources, from, depth, pixels, padded, a, rows);
            }
            for (int first = 0; first < pixels; first += OutputBlock.STRIP) {
                int end = Math.min(first + OutputBlock.STRIP, pixels);
                outputs.add(
                        worker,
                        channels,
                        first,
                        end,
                        pass > 0,
                        1,
                        0,
                        depth,
                        a,
                        rows,
                        laid ? 0 : from,
                        packed,
                        firstPanel * panelPitch + from * Tiles.COLUMNS,
                        panelPitch);
                if (pass == passes - 1) {
                    outputs.finish(
                            worker,
                            channels,
                            first,
                            end,
                            epilogue,
                            g.targetChannel() + channel,
                            target,
                            targets,
                            channel);
                }
            }
        }
    }

    /** One pass's numbers of each pixel, side by side. */
    private void lay(
            Gather g,
            float[] source,
            int[] sources,
            int from,
            int depth,
            int pixels,
            int padded,
            float[] block,
            int[] rows) {
        int pitch = depth + GAP;
        // pixels of a row are evenly spaced; those of a flat gather all are
        int row = g.columns() == 1 ? pixels : g.columns();
        int step = g.stride() * g.sourceChannels();
        for (int p = 0; p < pixels; p += row) {
            loops.copyRows(source, sources[p] + from, step, block, p * pitch, pitch, row, depth);
        }
        for (int p = 0; p < pixels; p++) {
            rows[p] = p * pitch;
        }
        Arrays.fill(rows, pixels, padded, rows[pixels - 1]);
    }
}
