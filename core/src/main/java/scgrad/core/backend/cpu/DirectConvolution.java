package scgrad.core.backend.cpu;

import scgrad.core.array.ConvGeometry;

/**
 * Convolution as a product that reads the image where it lies, or a small band of it with its border of zeros; there is no im2col copy.
 *
 * <p>Channels last makes the taps of one kernel row one contiguous run of {@code tapColumns * depth} numbers, whatever the stride, so a
 * tile of the product needs only the address of each of its pixels. The depth is cut into runs of at most {@link OutputBlock#DEPTH}; each output is
 * summed in the order of the packed rows.
 */
final class DirectConvolution {
    /**
     * Whole depth of a kernel whose rows are joined: gains 20 % with 16 channels, where a run is 48 deep, and 5 % with 64; 128 channels lose 1 to 3 %.
     */
    private static final int JOINED_DEPTH = 576;

    /** Output pixels per item, about, and how many outputs at least: borders are copied less often (8 channels of 32x32 take 0.82 the time). */
    private static final int PIXELS = 128;

    private static final int OUTPUTS = 8192;
    /** Most numbers of a band: 512 channels of 14x14 with a stride of 2 take 6.2 ms instead of 7.0 with half as many. */
    private static final int BAND_FLOATS = 96 * 1024;

    // slots of scratch memory
    static final int BAND = 0;
    static final int SUMS = 1;
    static final int SOURCES = 0;
    static final int TARGETS = 1;
    static final int SUM_ROWS = 2;

    private final Threads threads;
    private final Tiles tiles;
    private final Loops loops;
    private final Scratch scratch;
    private final OutputBlock outputs;

    DirectConvolution(Threads threads, Tiles tiles, Loops loops, Scratch scratch) {
        this.threads = threads;
        this.tiles = tiles;
        this.loops = loops;
        this.scratch = scratch;
        this.outputs = new OutputBlock(tiles, loops, scratch);
    }

    /** The kernel of one group for the forward pass. */
    KernelPanels forwardPanels(ConvGeometry g, int group, float[] w) {
        int rows = g.kernelHeight() * g.kernelWidth() * g.channelsPerGroup();
        int offset = CacheLine.FIRST + group * g.filtersPerGroup();
        return (panel, packed, at) ->
                Panels.pack(loops, w, offset, g.filters(), 1, rows, g.filtersPerGroup(), panel, packed, at);
    }

    /** The kernel of one group for the gradient of one phase of the input: taps reversed, channels and filters exchanged. */
    KernelPanels inputGradientPanels(ConvGeometry g, int group, Gather.Phase row, Gather.Phase column, float[] w) {
        int depth = g.filtersPerGroup();
        return (panel, packed, at) -> {
            for (int r = 0; r < row.taps(); r++) {
                for (int s = 0; s < column.taps(); s++) {
                    int tap = (row.lastTap() - r * row.tapStep()) * g.kernelWidth()
                            + column.lastTap()
                            - s * column.tapStep();
                    int offset = CacheLine.FIRST + tap * g.channelsPerGroup() * g.filters() + group * depth;
                    int to = at + (r * column.taps() + s) * depth * Tiles.COLUMNS;
                    Panels.pack(loops, w, offset, 1, g.filters(), depth, g.channelsPerGroup(), panel, packed, to);
                }
            }
        };
    }

    /** Runs a gather with its packed kernel; the epilogue may be null. */
    void run(Gather g, float[] source, float[] packed, Epilogue epilogue, float[] target) {
        Bands bands = Bands.of(g, Math.max(PIXELS, OUTPUTS / g.filters()), BAND_FLOATS);
        int panels = Panels.count(g.filters());
        int pairs = (panels + 1) / 2;
        // with few bands the panels are shared out too; every output is computed in one piece either way
        int least = (g.filters() + OutputBlock.CHANNELS - 1) / OutputBlock.CHANNELS;
        int shares = Math.max(least, Math.min(pairs, 4 * threads.count() / bands.items()));
        threads.run(bands.items() * shares, (item, worker) -> {
            int share = item % shares;
            runItem(
                    g,
                    bands.part(g, item / shares),
                    2 * (pairs * share / shares),
                    Math.min(panels, 2 * (pairs * (share + 1) / shares)),
                    source,
                    packed,
                    epilogue,
                    target,
                    worker);
        });
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
        int[] sources = scratch.ints(worker, SOURCES, padded);
        int[] targets = scratch.ints(worker, TARGETS, padded);
        boolean copied = g.leavesSource() || g.depth() != g.sourceChannels() && g.tapColumns() > 1;
        float[] a = source;
        if (copied) {
            a = scratch.floats(worker, BAND, part.images() * g.bandRows(part.rows()) * g.bandColumns() * g.depth());
            Bands.prefetch(g, part, source);
            Bands.copy(g, part, source, a);
        }
        addresses(g, part, copied, sources, targets, pixels, padded);
        int channel = firstPanel * Tiles.COLUMNS;
        int channels = Math.min(endPanel * Tiles.COLUMNS, g.filters()) - channel;
        int rowPitch = (copied ? g.bandColumns() * g.depth() : g.sourceWidth() * g.sourceChannels()) * g.step();
        int pixelPitch = (copied ? g.depth() : g.sourceChannels()) * g.step();
        boolean contiguous = pixelPitch == g.depth();
        // on a map of one pixel a single tap meets more than zeros: 256 channels take 0.03 ms, with all nine 0.09
        Gather.Reach tapRows = g.reachedRows();
        Gather.Reach tapColumns = g.reachedColumns();
        int runColumns = contiguous ? tapColumns.count() : 1;
        int runs = tapRows.count() * tapColumns.count() / runColumns;
        int runDepth = runColumns * g.depth();
        int passes = (runDepth + OutputBlock.DEPTH - 1) / OutputBlock.DEPTH;
        // short runs of one pitch go through the tile in one call, which then stores its sums once
        boolean whole = contiguous && runColumns == g.tapColumns();
        int joined = whole && g.kernelRows() <= JOINED_DEPTH ? runs : 1;
        int panelPitch = g.kernelRows() * Tiles.COLUMNS;
        int strip = tiles.strip(pixels, channels);
        outputs.begin(worker, pixels, channels);
        for (int run = 0; run < runs; run += joined) {
            int row = tapRows.first() + run * runColumns / tapColumns.count();
            int column = tapColumns.first() + run * runColumns % tapColumns.count();
            int shift = row * rowPitch + column * pixelPitch;
            int kernelRow = (row * g.tapColumns() + column) * g.depth();
            for (int pass = 0; pass < passes; pass++) {
                int from = runDepth * pass / passes;
                int depth = runDepth * (pass + 1) / passes - from;
                boolean last = run + joined == runs && pass == passes - 1;
                int panelOffset = Panels.at(firstPanel, g.kernelRows()) + (kernelRow + from) * Tiles.COLUMNS;
                Prefetch.panels(g.pixels(), packed, panelOffset, panelPitch, Panels.count(channels), joined * depth);
                for (int first = 0; first < pixels; first += strip) {
                    int end = Math.min(first + strip, pixels);
                    outputs.take(
                            worker,
                            channels,
                            first,
                            end,
                            run == 0 && pass == 0,
                            last,
                            joined,
                            rowPitch,
                            depth,
                            a,
                            sources,
                            shift + from,
                            packed,
                            panelOffset,
                            panelPitch,
                            epilogue,
                            g.targetChannel() + channel,
                            target,
                            targets,
                            channel);
                }
            }
        }
    }

    /** Where each pixel of a part begins in the source (or band) and in the target; the last tile is filled up with its last pixel. */
    static void addresses(
            Gather g, Bands.Part part, boolean copied, int[] sources, int[] targets, int pixels, int padded) {
        int bandRows = g.bandRows(part.rows());
        int p = 0;
        for (int image = 0; image < part.images(); image++) {
            for (int i = 0; i < part.rows(); i++) {
                int n = part.image() + image;
                int row = part.row() + i;
                int source = copied
                        ? (image * bandRows + i * g.stride()) * g.bandColumns() * g.depth()
                        : ((n * g.sourceHeight() + g.originRow() + row * g.stride()) * g.sourceWidth()
                                                + g.originColumn())
                                        * g.sourceChannels()
                                + g.sourceChannel();
                int target = ((n * g.targetHeight() + g.targetRow() + row * g.targetStride()) * g.targetWidth()
                                        + g.targetColumn())
                                * g.targetChannels()
                        + g.targetChannel();
                int sourcePitch = g.columnStride() * (copied ? g.depth() : g.sourceChannels());
                int targetPitch = g.targetStride() * g.targetChannels();
                for (int j = 0; j < g.columns(); j++) {
                    sources[p] = CacheLine.FIRST + source + j * sourcePitch;
                    targets[p] = CacheLine.FIRST + target + j * targetPitch;
                    p++;
                }
            }
        }
        for (; p < padded; p++) {
            sources[p] = sources[pixels - 1];
            targets[p] = targets[pixels - 1];
        }
    }
}
