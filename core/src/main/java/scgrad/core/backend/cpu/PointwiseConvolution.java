package scgrad.core.backend.cpu;

import java.util.Arrays;

/**
 * Convolutions of a single tap, and matrix products: every pixel's numbers times packed panels of the kernel.
 *
 * <p>A block of pixels is laid side by side first, which reads memory in order and keeps rows apart that would meet in few sets of the caches.
 * The depth is cut into passes of at most {@link #DEPTH}, for which two panels
 * stay in the first-level cache; each output is one chain of sums over the whole depth either way.
 *
 * <p>A residual is where the sums start: it is copied to the outputs in one piece, which also brings these into the cache. The shift then is
 * one more row of the kernel, which meets a one behind each pixel's numbers, and the ReLU follows in the tile.
 */
final class PointwiseConvolution {
    private static final int DEPTH = 256;
    /** Output pixels per item, about. */
    private static final int PIXELS = 128;
    /** Pixels of less depth are read where they lie. */
    private static final int SHALLOW = 64;
    /** Floats between the rows of a block; the first of them is the one that meets the shift. */
    private static final int GAP = 16;

    private final Threads threads;
    private final Tiles tiles;
    private final Loops loops;
    private final Scratch scratch;

    PointwiseConvolution(Threads threads, Tiles tiles, Loops loops, Scratch scratch) {
        this.threads = threads;
        this.tiles = tiles;
        this.loops = loops;
        this.scratch = scratch;
    }

    static boolean fits(Gather g) {
        return g.tapRows() * g.tapColumns() == 1 && !g.leavesSource();
    }

    /** Floats of a packed kernel. */
    static int packedLength(Gather g, boolean shifted) {
        return Panels.length(g.depth() + (shifted ? 1 : 0), g.filters());
    }

    /**
     * Packs a kernel, element (c, k) of which is {@code w[offset + c * rowStride + k * columnStride]}.
     *
     * @param shift of each channel of the target, which becomes one more row; null for none
     */
    void pack(Gather g, float[] w, int offset, int rowStride, int columnStride, float[] shift, float[] packed) {
        int rows = g.depth() + (shift == null ? 0 : 1);
        threads.run(Panels.count(g.filters()), (panel, worker) -> {
            Panels.pack(w, offset, rowStride, columnStride, rows, g.filters(), panel, 0, g.depth(), packed);
            if (shift != null) {
                int from = g.targetChannel() + panel * Tiles.COLUMNS;
                System.arraycopy(shift, from, packed, ((panel + 1) * rows - 1) * Tiles.COLUMNS, Tiles.COLUMNS);
            }
        });
    }

    /** Runs a gather; with an epilogue the kernel is packed with its shift. */
    void run(Gather gather, float[] source, float[] packed, Epilogue epilogue, float[] target) {
        Gather g = gather.flat();
        Bands bands = Bands.of(g, PIXELS, Integer.MAX_VALUE);
        int panels = Panels.count(g.filters());
        int pairs = (panels + 1) / 2;
        // with few bands the panels are shared out too
        int shares = Math.max(1, Math.min(pairs, 4 * threads.count() / bands.items()));
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
        int[] sources = scratch.ints(worker, DirectConvolution.SOURCES, padded);
        int[] targets = scratch.ints(worker, DirectConvolution.TARGETS, padded);
        DirectConvolution.addresses(g, part, false, sources, targets, pixels, padded);
        float[] residual = epilogue == null ? null : epilogue.residual();
        float[] shift = epilogue == null || residual != null ? null : epilogue.shift();
        boolean relu = epilogue != null && epilogue.relu();
        int edge = g.filters() % Tiles.COLUMNS;
        boolean edgeHere = edge != 0 && endPanel == Panels.count(g.filters());
        // a narrow tile may be just as wide as the edge, which then needs no tile aside
        boolean aside = edgeHere && tiles.product(edge).columns() != edge;
        float[] edgeTile = aside ? scratch.floats(worker, DirectConvolution.EDGE, padded * Tiles.COLUMNS) : null;
        int[] edges = aside ? DirectConvolution.edgeAddresses(scratch, worker, padded) : null;
        int edgeColumn = g.filters() - edge;
        if (residual != null) {
            copyResidual(g, firstPanel, endPanel, residual, target, targets, pixels);
            for (int p = 0; aside && p < pixels; p++) {
                System.arraycopy(residual, targets[p] + edgeColumn, edgeTile, edges[p], edge);
            }
        }
        int[] zeros = scratch.ints(worker, DirectConvolution.ZEROS, padded);
        boolean laid = residual != null || g.depth() >= SHALLOW;
        int passes = (g.depth() + DEPTH - 1) / DEPTH;
        int panelPitch = (g.depth() + (epilogue == null ? 0 : 1)) * Tiles.COLUMNS;
        for (int pass = 0; pass < passes; pass++) {
            int from = g.depth() * pass / passes;
            int depth = g.depth() * (pass + 1) / passes - from;
            boolean last = pass == passes - 1;
            float[] a = source;
            int[] rows = sources;
            if (laid) {
                a = scratch.floats(worker, DirectConvolution.BAND, padded * (depth + GAP));
                rows = scratch.ints(worker, DirectConvolution.ROWS, padded);
                lay(g, source, sources, from, depth, pixels, padded, a, rows);
            }
            for (int panel = firstPanel; panel < endPanel; ) {
                boolean onEdge = edgeHere && panel == endPanel - 1;
                int whole = (endPanel - panel - (edgeHere ? 1 : 0)) * Tiles.COLUMNS;
                ProductTile tile = tiles.product(onEdge ? edge : whole);
                float[] c = onEdge && aside ? edgeTile : target;
                int[] cOffsets = onEdge && aside ? edges : targets;
                int cShift = onEdge && aside ? 0 : panel * Tiles.COLUMNS;
                float[] start = pass > 0 || residual != null ? c : shift;
                boolean shifted = pass == 0 && shift != null;
                for (int first = 0; first < pixels; first += tile.rows()) {
                    tile.product(
                            1,
                            0,
                            last && residual != null ? depth + 1 : depth,
                            a,
                            rows,
                            laid ? 0 : from,
                            first,
                            packed,
                            panel * panelPitch + from * Tiles.COLUMNS,
                            panelPitch,
                            c,
                            cOffsets,
                            cShift,
                            start,
                            shifted ? zeros : cOffsets,
                            shifted ? g.targetChannel() + panel * Tiles.COLUMNS : cShift,
                            relu && last);
                }
                panel += Panels.count(tile.columns());
            }
        }
        for (int p = 0; aside && p < pixels; p++) {
            System.arraycopy(edgeTile, edges[p], target, targets[p] + edgeColumn, edge);
        }
    }

    private static void copyResidual(
            Gather g, int firstPanel, int endPanel, float[] residual, float[] target, int[] targets, int pixels) {
        int channel = firstPanel * Tiles.COLUMNS;
        int count = Math.min(endPanel * Tiles.COLUMNS, g.filters()) - channel;
        if (count == g.targetChannels() && g.targetStride() == 1) {
            // the outputs of a part, which may be several images, follow each other
            System.arraycopy(residual, targets[0], target, targets[0], pixels * count);
            return;
        }
        for (int p = 0; p < pixels; p++) {
            System.arraycopy(residual, targets[p] + channel, target, targets[p] + channel, count);
        }
    }

    /** One pass's numbers of each pixel, side by side, and a one behind them. */
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
            block[p * pitch + depth] = 1;
        }
        Arrays.fill(rows, pixels, padded, rows[pixels - 1]);
    }
}
