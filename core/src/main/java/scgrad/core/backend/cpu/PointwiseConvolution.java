package scgrad.core.backend.cpu;

/**
 * Convolutions of a single tap, and matrix products: every pixel's numbers, read where they lie, times packed panels of the kernel.
 *
 * <p>The depth is cut into passes of at most {@link #DEPTH}, for which two panels stay in the first-level cache; each output is one chain of
 * sums over the whole depth either way.
 */
final class PointwiseConvolution {
    private static final int DEPTH = 256;
    /** Output pixels per item, about. */
    private static final int PIXELS = 128;

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
            runItem(g, bands.part(g, item / shares), firstPanel, endPanel, source, packed, epilogue, target, 0, worker);
        });
    }

    /** Runs a {@link Gather#product} inside of a work item; what belongs to its first pixel is stored from {@code to} on. */
    void runInside(Gather g, float[] source, float[] packed, Epilogue epilogue, float[] target, int to, int worker) {
        Bands.Part all = new Bands.Part(0, 1, 0, g.rows());
        runItem(g, all, 0, Panels.count(g.filters()), source, packed, epilogue, target, to, worker);
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
            int to,
            int worker) {
        int pixels = part.images() * part.rows() * g.columns();
        int padded = pixels + tiles.mostRows();
        int[] sources = scratch.ints(worker, DirectConvolution.SOURCES, padded);
        int[] targets = scratch.ints(worker, DirectConvolution.TARGETS, padded);
        DirectConvolution.addresses(g, part, false, sources, targets, pixels, padded);
        int channel = firstPanel * Tiles.COLUMNS;
        int channels = Math.min(endPanel * Tiles.COLUMNS, g.filters()) - channel;
        int passes = (g.depth() + DEPTH - 1) / DEPTH;
        int panelPitch = g.depth() * Tiles.COLUMNS;
        outputs.begin(worker, pixels, channels);
        for (int pass = 0; pass < passes; pass++) {
            int from = g.depth() * pass / passes;
            int depth = g.depth() * (pass + 1) / passes - from;
            Prefetch.rows(source, sources, 0, pixels, from, depth);
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
                        source,
                        sources,
                        from,
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
                            to + channel);
                }
            }
        }
    }
}
