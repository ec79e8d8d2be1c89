package scgrad.core.backend.cpu;

import java.util.ArrayList;
import java.util.List;

/**
 * Convolutions of a single tap, and matrix products: every pixel's numbers, read where they lie, times packed panels of the kernel.
 *
 * <p>The depth is cut into passes of at most {@link OutputBlock#DEPTH}; each output is one chain of sums over the whole depth either way.
 */
final class PointwiseConvolution {
    /** Output pixels per item, about. */
    private static final int PIXELS = 128;
    /** Slot of scratch memory: outputs that go to several targets. */
    private static final int SIDE_BY_SIDE = 20;

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

    /** A gather of single pixels, what it reads, its kernel, and what becomes of the products; the epilogue may be null. */
    private record Output(Gather g, float[] source, float[] packed, Epilogue epilogue, float[] target) {
        int panels() {
            return Panels.count(g.filters());
        }
    }

    /** Runs a gather; the epilogue may be null. */
    void run(Gather gather, float[] source, float[] packed, Epilogue epilogue, float[] target) {
        run(new Output(gather.flat(), source, packed, epilogue, target));
    }

    /** One of several kernels that meet the same pixels; the epilogue may be null. */
    record Branch(Gather gather, float[] packed, Epilogue epilogue, float[] target) {}

    /** Several gathers of the same pixels of one source, each part of which meets all kernels while it is in the second-level cache. */
    void runBranches(float[] source, List<Branch> branches) {
        run(branches.stream()
                .map(b -> new Output(b.gather.flat(), source, b.packed, b.epilogue, b.target))
                .toArray(Output[]::new));
    }

    /**
     * A product whose columns go to several targets, 16 to each: tiles of 16 columns, one target after the other, took two fifths longer. Each part's
     * outputs are made side by side in the first-level cache, and copied.
     */
    void runSideBySide(Gather g, float[] source, float[] packed, Epilogue epilogue, float[][] targets) {
        Cut cut = cut(g);
        threads.run(cut.count, (item, worker) -> {
            Bands.Part part = cut.parts.of(item);
            float[] both = scratch.floats(worker, SIDE_BY_SIDE, part.rows() * g.filters());
            Output output = new Output(g, source, packed, epilogue, both);
            runItem(output, part, 0, output.panels(), false, -part.row() * g.filters(), worker);
            for (int i = 0; i < targets.length; i++) {
                int from = CacheLine.FIRST + i * Tiles.COLUMNS;
                int to = CacheLine.FIRST + part.row() * Tiles.COLUMNS;
                loops.copyRows(both, from, g.filters(), targets[i], to, Tiles.COLUMNS, part.rows(), Tiles.COLUMNS);
            }
        });
    }

    private interface Parts {
        Bands.Part of(int number);
    }

    /** The parts into which pixels are cut. */
    private record Cut(int count, Parts parts) {}

    private Cut cut(Gather g) {
        if (g.columns() > 1 || g.batch() > 1) {
            Bands bands = Bands.of(g, PIXELS, Integer.MAX_VALUE);
            return new Cut(bands.items(), number -> bands.part(g, number));
        }
        // a single column: as many parts for each thread, of as many tiles, so that none waits for the others
        int height = tiles.product(g.rows(), 2 * Tiles.COLUMNS).rows();
        int count = (g.rows() + height - 1) / height;
        int each = (g.rows() + PIXELS * threads.count() - 1) / (PIXELS * threads.count());
        int parts = g.rows() <= PIXELS ? 1 : Math.min(each * threads.count(), count);
        return new Cut(parts, number -> {
            int first = (int) ((long) count * number / parts) * height;
            int end = Math.min((int) ((long) count * (number + 1) / parts) * height, g.rows());
            return new Bands.Part(0, 1, first, end - first);
        });
    }

    /** Panels of an output that an item takes. */
    private record Share(Output output, int firstPanel, int endPanel) {}

    private void run(Output... outputs) {
        Cut cut = cut(outputs[0].g);
        List<Share> shares = new ArrayList<>();
        for (Output output : outputs) {
            int pairs = (output.panels() + 1) / 2;
            int least = (output.panels() * Tiles.COLUMNS + OutputBlock.CHANNELS - 1) / OutputBlock.CHANNELS;
            // with few parts the panels are shared out too
            int number = Math.max(least, Math.min(pairs, 4 * threads.count() / cut.count));
            for (int i = 0; i < number; i++) {
                int first = 2 * (pairs * i / number);
                shares.add(new Share(output, first, Math.min(output.panels(), 2 * (pairs * (i + 1) / number))));
            }
        }
        int together = outputs.length > 1 && cut.count >= 4 * threads.count() ? shares.size() : 1;
        int apart = shares.size() / together;
        threads.run(cut.count * apart, (item, worker) -> {
            Bands.Part part = cut.parts.of(item / apart);
            int first = item % apart * together;
            for (int i = first; i < first + together; i++) {
                Share share = shares.get(i);
                runItem(share.output, part, share.firstPanel, share.endPanel, i > first, 0, worker);
            }
        });
    }

    /**
     * Runs pixels first .. first + count - 1 of a {@link Gather#product} inside of a work item; what belongs to the product's first pixel is stored
     * from {@code to} on.
     */
    void runInside(
            Gather g,
            int first,
            int count,
            float[] source,
            float[] packed,
            Epilogue epilogue,
            float[] target,
            int to,
            int worker) {
        Output output = new Output(g, source, packed, epilogue, target);
        runItem(output, new Bands.Part(0, 1, first, count), 0, output.panels(), true, to, worker);
    }

    /** @param near whether the pixels have just been read */
    private void runItem(
            Output output, Bands.Part part, int firstPanel, int endPanel, boolean near, int to, int worker) {
        Gather g = output.g;
        int pixels = part.images() * part.rows() * g.columns();
        int channels = Math.min(endPanel * Tiles.COLUMNS, g.filters()) - firstPanel * Tiles.COLUMNS;
        outputs.begin(worker, pixels, channels);
        products(
                g,
                part,
                pixels,
                firstPanel,
                channels,
                output.source,
                output.packed,
                near,
                output.epilogue,
                output.target,
                to,
                worker);
    }

    /**
     * The products of a part. Its loops are not in {@link #runItem}: the gradient of 128 to 32 channels of 32x32 took 3 % longer in ResNet-29 then, and
     * others as long.
     */
    private void products(
            Gather g,
            Bands.Part part,
            int pixels,
            int firstPanel,
            int channels,
            float[] source,
            float[] packed,
            boolean near,
            Epilogue epilogue,
            float[] target,
            int to,
            int worker) {
        int padded = pixels + tiles.mostRows();
        int[] sources = scratch.ints(worker, DirectConvolution.SOURCES, padded);
        int[] targets = scratch.ints(worker, DirectConvolution.TARGETS, padded);
        DirectConvolution.addresses(g, part, false, sources, targets, pixels, padded);
        int channel = firstPanel * Tiles.COLUMNS;
        int passes = (g.depth() + OutputBlock.DEPTH - 1) / OutputBlock.DEPTH;
        int panelPitch = g.depth() * Tiles.COLUMNS;
        int strip = tiles.strip(pixels, channels);
        for (int pass = 0; pass < passes; pass++) {
            int from = g.depth() * pass / passes;
            int depth = g.depth() * (pass + 1) / passes - from;
            if (!near) {
                Prefetch.rows(source, sources, 0, pixels, from, depth);
            }
            int panelOffset = Panels.at(firstPanel, g.depth()) + from * Tiles.COLUMNS;
            Prefetch.panels(g.pixels(), packed, panelOffset, panelPitch, Panels.count(channels), depth);
            for (int first = 0; first < pixels; first += strip) {
                int end = Math.min(first + strip, pixels);
                outputs.take(
                        worker,
                        channels,
                        first,
                        end,
                        pass == 0,
                        pass == passes - 1,
                        1,
                        0,
                        depth,
                        source,
                        sources,
                        from,
                        packed,
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
