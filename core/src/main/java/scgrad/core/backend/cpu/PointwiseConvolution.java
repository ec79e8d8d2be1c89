package scgrad.core.backend.cpu;

/**
 * Convolutions of a single tap, and matrix products: every pixel's numbers, read where they lie, times packed panels of the kernel.
 *
 * <p>The depth is cut into passes of at most {@link #DEPTH}, for which two panels and a strip of pixels stay in the second-level cache;
 * each output is one chain of sums over the whole depth either way. What a single pass completes never waits in a block of sums: passes
 * of 256 numbers, for which two panels stay in the first-level cache, made 1,024 to 256 channels of an image of 14x14 run at 226 instead
 * of 259 GFLOP/s on two Emerald Rapids cores, 512 to 2,048 of 8 images of 7x7 at 256 instead of 273.
 */
final class PointwiseConvolution {
    private static final int DEPTH = 1024;
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
        threads.run(
                Panels.count(g.filters()),
                (panel, worker) -> panels.pack(panel, packed, Panels.at(panel, g.kernelRows())));
    }

    /** One of the products that are summed: a gather of single pixels, what it reads, and its kernel. */
    private record Term(Gather g, float[] source, float[] packed) {}

    /** Runs a gather; the epilogue may be null. */
    void run(Gather gather, float[] source, float[] packed, Epilogue epilogue, float[] target) {
        run(new Term[] {new Term(gather.flat(), source, packed)}, epilogue, target);
    }

    /** The sum of two products [M, N] of the same size; the first comes first in each output's sum. */
    void runBoth(
            Gather first,
            float[] firstSource,
            float[] firstPacked,
            Gather second,
            float[] secondSource,
            float[] secondPacked,
            Epilogue epilogue,
            float[] target) {
        run(
                new Term[] {new Term(first, firstSource, firstPacked), new Term(second, secondSource, secondPacked)},
                epilogue,
                target);
    }

    /** The parts of the output that are made apart. */
    private interface Parts {
        Bands.Part of(int number);
    }

    private void run(Term[] terms, Epilogue epilogue, float[] target) {
        Gather g = terms[0].g;
        if (g.columns() > 1 || g.batch() > 1) {
            Bands bands = Bands.of(g, PIXELS, Integer.MAX_VALUE);
            run(terms, bands.items(), number -> bands.part(g, number), epilogue, target);
            return;
        }
        // a single column: as many parts for each thread, of as many tiles, so that none waits for the others
        int height = tiles.product(g.rows(), 2 * Tiles.COLUMNS).rows();
        int count = (g.rows() + height - 1) / height;
        int each = (g.rows() + PIXELS * threads.count() - 1) / (PIXELS * threads.count());
        int parts = g.rows() <= PIXELS ? 1 : Math.min(each * threads.count(), count);
        run(
                terms,
                parts,
                number -> {
                    int first = (int) ((long) count * number / parts) * height;
                    int end = Math.min((int) ((long) count * (number + 1) / parts) * height, g.rows());
                    return new Bands.Part(0, 1, first, end - first);
                },
                epilogue,
                target);
    }

    private void run(Term[] terms, int count, Parts parts, Epilogue epilogue, float[] target) {
        Gather g = terms[0].g;
        int panels = Panels.count(g.filters());
        int pairs = (panels + 1) / 2;
        // with few parts the panels are shared out too
        int least = (g.filters() + OutputBlock.CHANNELS - 1) / OutputBlock.CHANNELS;
        int shares = Math.max(least, Math.min(pairs, 4 * threads.count() / count));
        threads.run(count * shares, (item, worker) -> {
            int share = item % shares;
            int firstPanel = 2 * (pairs * share / shares);
            int endPanel = Math.min(panels, 2 * (pairs * (share + 1) / shares));
            runItem(terms, parts.of(item / shares), firstPanel, endPanel, epilogue, target, 0, worker);
        });
    }

    /** Runs a {@link Gather#product} inside of a work item; what belongs to its first pixel is stored from {@code to} on. */
    void runInside(Gather g, float[] source, float[] packed, Epilogue epilogue, float[] target, int to, int worker) {
        Bands.Part all = new Bands.Part(0, 1, 0, g.rows());
        Term[] terms = {new Term(g, source, packed)};
        runItem(terms, all, 0, Panels.count(g.filters()), epilogue, target, to, worker);
    }

    private void runItem(
            Term[] terms,
            Bands.Part part,
            int firstPanel,
            int endPanel,
            Epilogue epilogue,
            float[] target,
            int to,
            int worker) {
        Gather g = terms[0].g;
        int pixels = part.images() * part.rows() * g.columns();
        int channels = Math.min(endPanel * Tiles.COLUMNS, g.filters()) - firstPanel * Tiles.COLUMNS;
        outputs.begin(worker, pixels, channels);
        for (int term = 0; term < terms.length; term++) {
            boolean last = term == terms.length - 1;
            addTerm(terms[term], term > 0, last, part, pixels, firstPanel, channels, epilogue, target, to, worker);
        }
    }

    /** Adds a product to the sums of a part, and takes them to the outputs behind the last. */
    private void addTerm(
            Term term,
            boolean accumulate,
            boolean last,
            Bands.Part part,
            int pixels,
            int firstPanel,
            int channels,
            Epilogue epilogue,
            float[] target,
            int to,
            int worker) {
        Gather g = term.g;
        int padded = pixels + tiles.mostRows();
        int[] sources = scratch.ints(worker, DirectConvolution.SOURCES, padded);
        int[] targets = scratch.ints(worker, DirectConvolution.TARGETS, padded);
        DirectConvolution.addresses(g, part, false, sources, targets, pixels, padded);
        int channel = firstPanel * Tiles.COLUMNS;
        int passes = (g.depth() + DEPTH - 1) / DEPTH;
        int panelPitch = g.depth() * Tiles.COLUMNS;
        int strip = tiles.strip(pixels, channels);
        for (int pass = 0; pass < passes; pass++) {
            int from = g.depth() * pass / passes;
            int depth = g.depth() * (pass + 1) / passes - from;
            Prefetch.rows(term.source, sources, 0, pixels, from, depth);
            int panelOffset = Panels.at(firstPanel, g.depth()) + from * Tiles.COLUMNS;
            Prefetch.panels(g.pixels(), term.packed, panelOffset, panelPitch, Panels.count(channels), depth);
            for (int first = 0; first < pixels; first += strip) {
                int end = Math.min(first + strip, pixels);
                outputs.take(
                        worker,
                        channels,
                        first,
                        end,
                        !accumulate && pass == 0,
                        last && pass == passes - 1,
                        1,
                        0,
                        depth,
                        term.source,
                        sources,
                        from,
                        term.packed,
                        panelOffset,
                        panelPitch,
                        epilogue,
                        g.targetChannel() + channel,
                        target,
                        targets,
                        to + channel);
            }
        }
    }
}
