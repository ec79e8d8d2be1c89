package scgrad.core.backend.cpu;

import java.util.Arrays;
import scgrad.core.array.Binary;

/**
 * The gradient of a convolution's kernel: {@code dw[r, s, c, k] = sum over pixels of x[pixel + (r, s), c] * dy[pixel, k]}.
 *
 * <p>Rows of the kernel, (r, s, c) in that order, are taken in slices of 16 that fill one cache line: of one tap where channels are a
 * multiple of 16, of several where they are few. Pixels are taken in chunks of about 192; for each, dy is packed as panels {@code [K /
 * 16][pixels][16]} and every slice of x is gathered as {@code [pixels][16]}, so that the product runs over two arrays of one fixed pitch
 * (which lets C2 take the bounds checks out of the loop) that both fit the first-level cache.
 *
 * <p>With a single tap all slices are laid out first, and two panels of dy stay in the first-level cache while the slices pass by. With a stride of 2,
 * too, 128 to 256 channels of 128 images of 32x32 take 9.4 ms on two Emerald Rapids cores, where slices gathered one by one took 10.8.
 *
 * <p>Chunks fall into a number of teams that depends on the geometry alone; each team sums into its own copy, and the copies are added in
 * order.
 */
final class KernelGradient {
    private static final int PIXELS = 192;
    /** A chunk of single pixels and its upstream gradient stay in the second-level cache. */
    private static final int CHUNK_FLOATS = 128 * 1024;

    private static final int LEAST_PIXELS = 64;
    /** Teams share at most this much memory, in floats, so that their copies stay in the caches. */
    private static final int TEAM_FLOATS = 1 << 20;

    private static final int MOST_TEAMS = 16;
    /** Rows of the kernel per slice. */
    private static final int SLICE = Tiles.COLUMNS;
    /** Floats of the sums that a slice and a panel share. */
    private static final int BLOCK = SLICE * Tiles.COLUMNS;

    // slots of scratch memory
    static final int IMAGE = 3;
    static final int UPSTREAM = 4;

    private final Threads threads;
    private final Tiles tiles;
    private final Loops loops;
    private final Scratch scratch;
    private final BufferPool pool;

    KernelGradient(Threads threads, Tiles tiles, Loops loops, Scratch scratch, BufferPool pool) {
        this.threads = threads;
        this.tiles = tiles;
        this.loops = loops;
        this.scratch = scratch;
        this.pool = pool;
    }

    /** Where the upstream gradient of a chunk of pixels comes from. */
    interface Upstream {
        /** That of pixels first .. first + count - 1, chunk number {@code chunk}. */
        Rows of(int chunk, int first, int count, int worker);
    }

    /** The array that holds a chunk's pixels, from {@code from} on. */
    record Rows(float[] array, int from) {}

    void run(Gather g, float[] x, float[] dy, float[] dw) {
        int channels = g.targetChannels();
        Upstream whole = (chunk, first, count, worker) -> {
            int from = CacheLine.FIRST + first * channels;
            Prefetch.range(dy, from, from + count * channels);
            return new Rows(dy, from + g.targetChannel());
        };
        run(g, x, whole, dw);
    }

    /** The sums over all pixels of d[c] d[k], of single pixels: their channels' products with each other. */
    void squares(Gather g, Upstream d, float[] sums) {
        run(g, null, d, sums);
    }

    /** Whether each chunk is asked for once, as it is where there is a team for each thread. */
    boolean asksOnce(Gather gather) {
        Gather g = gather.flat();
        return teams(g, bands(g)) >= threads.count();
    }

    /** How many chunks. */
    static int chunks(Gather gather) {
        return bands(gather.flat()).items();
    }

    private static int teams(Gather g, Bands bands) {
        return Math.max(1, Math.min(Math.min(MOST_TEAMS, TEAM_FLOATS / size(g)), bands.items()));
    }

    /** Floats of a team's sums. */
    private static int size(Gather g) {
        return slices(g) * Panels.count(g.filters()) * BLOCK;
    }

    private static Bands bands(Gather g) {
        int most = Math.max(LEAST_PIXELS, Math.min(PIXELS, CHUNK_FLOATS / (g.depth() + g.filters())));
        return Bands.of(g, singleTap(g) ? most : PIXELS, Integer.MAX_VALUE);
    }

    private static int slices(Gather g) {
        return (g.kernelRows() + SLICE - 1) / SLICE;
    }

    /** @param x null for dy itself */
    void run(Gather gather, float[] x, Upstream dy, float[] dw) {
        Gather g = gather.flat();
        Bands bands = bands(g);
        int slices = slices(g);
        int size = size(g);
        int teams = teams(g, bands);
        // a share prepares all of dy for itself, so there are no more than threads to use
        int shares = Math.max(1, Math.min(slices, (threads.count() + teams - 1) / teams));
        float[] sums = pool.take((long) teams * size);
        threads.run(teams * shares, (item, worker) -> {
            int team = item / shares;
            int share = item % shares;
            int from = (int) ((long) bands.items() * team / teams);
            int to = (int) ((long) bands.items() * (team + 1) / teams);
            for (int chunk = from; chunk < to; chunk++) {
                addChunk(
                        g,
                        chunk,
                        bands.part(g, chunk),
                        slices * share / shares,
                        slices * (share + 1) / shares,
                        x,
                        dy,
                        sums,
                        CacheLine.FIRST + team * size,
                        chunk > from,
                        worker);
            }
        });
        threads.run(slices, (slice, worker) -> {
            int rows = Math.min(SLICE, g.kernelRows() - slice * SLICE);
            int out = CacheLine.FIRST + slice * SLICE * g.targetChannels() + g.targetChannel();
            for (int panel = 0; panel < Panels.count(g.filters()); ) {
                OuterTile tile = tiles.outer(g.filters() - panel * Tiles.COLUMNS);
                int pitch = tile.columns();
                int sum = CacheLine.FIRST + block(g, slice, panel, tile);
                for (int team = 1; team < teams; team++) {
                    loops.binary(Binary.ADD, sums, sum, sums, team * size + sum, sums, sum, rows * pitch);
                }
                int channel = panel * Tiles.COLUMNS;
                int columns = Math.min(pitch, g.filters() - channel);
                loops.copyRows(sums, sum, pitch, dw, out + channel, g.targetChannels(), rows, columns);
                panel += Panels.count(tile.columns());
            }
        });
        pool.give(sums);
    }

    /**
     * Where the sums begin that a slice shares with the panels of a tile, from {@code panel} on: side by side in memory, and behind them those of
     * the next slice. Rows of all filters, a kilobyte and more apart, come from the caches one by one, which no prefetcher follows.
     */
    private static int block(Gather g, int slice, int panel, OuterTile tile) {
        return (slices(g) * panel + slice * Panels.count(tile.columns())) * BLOCK;
    }

    private static boolean singleTap(Gather g) {
        return g.tapRows() * g.tapColumns() == 1 && !g.leavesSource();
    }

    private void addChunk(
            Gather g,
            int chunk,
            Bands.Part part,
            int firstSlice,
            int endSlice,
            float[] x,
            Upstream dy,
            float[] sums,
            int sumsOffset,
            boolean accumulate,
            int worker) {
        int pixels = part.images() * part.rows() * g.columns();
        int panels = Panels.count(g.filters());
        // a cache line more than needed, or the stores of one pixel would meet in one set of the first-level cache
        int panelPitch = (pixels + 1) * Tiles.COLUMNS;
        float[] upstream = scratch.floats(worker, UPSTREAM, panels * panelPitch);
        int pixel = (part.image() * g.rows() + part.row()) * g.columns();
        int first = firstSlice * SLICE;
        int channels = Math.min(endSlice * SLICE, g.depth()) - first;
        if (singleTap(g) && x != null) {
            // before dy, which may be made with the same pixels at hand
            prefetchPixels(g, part, first, channels, x, worker);
        }
        Rows gradient = dy.of(chunk, pixel, pixels, worker);
        loops.spread(
                gradient.array,
                gradient.from,
                g.targetChannels(),
                pixels,
                g.filters(),
                upstream,
                CacheLine.FIRST,
                panelPitch);
        if (singleTap(g)) {
            float[] image = upstream;
            int imageSlice = 0;
            if (x != null) {
                image = scratch.floats(worker, IMAGE, (endSlice - firstSlice) * panelPitch);
                imageSlice = firstSlice;
                spreadPixels(g, part, first, channels, x, image, panelPitch);
            }
            // two panels stay in the first-level cache while all slices pass by
            for (int panel = 0; panel < panels; ) {
                OuterTile tile = tiles.outer(g.filters() - panel * Tiles.COLUMNS);
                for (int slice = firstSlice; slice < endSlice; slice++) {
                    int sum = sumsOffset + block(g, slice, panel, tile);
                    int imageOffset = (slice - imageSlice) * panelPitch;
                    add(tile, pixels, image, imageOffset, upstream, panel, panelPitch, sums, sum, accumulate);
                }
                panel += Panels.count(tile.columns());
            }
            return;
        }
        float[] image = scratch.floats(worker, IMAGE, panelPitch);
        Bands.prefetch(g, part, x);
        for (int slice = firstSlice; slice < endSlice; slice++) {
            gatherSlice(g, part, slice, x, image);
            for (int panel = 0; panel < panels; ) {
                OuterTile tile = tiles.outer(g.filters() - panel * Tiles.COLUMNS);
                int sum = sumsOffset + block(g, slice, panel, tile);
                add(tile, pixels, image, 0, upstream, panel, panelPitch, sums, sum, accumulate);
                panel += Panels.count(tile.columns());
            }
        }
    }

    /** Reads ahead channels first .. first + channels - 1 of a part's pixels. */
    private void prefetchPixels(Gather g, Bands.Part part, int first, int channels, float[] x, int worker) {
        int pixels = part.images() * part.rows() * g.columns();
        if (g.stride() == 1) {
            int from = firstPixel(g, part, 0, 0) + first;
            Prefetch.range(x, from, from + (pixels - 1) * g.sourceChannels() + channels);
        } else {
            int[] sources = scratch.ints(worker, DirectConvolution.SOURCES, pixels);
            int[] targets = scratch.ints(worker, DirectConvolution.TARGETS, pixels);
            DirectConvolution.addresses(g, part, false, sources, targets, pixels, pixels);
            Prefetch.rows(x, sources, 0, pixels, first, channels);
        }
    }

    /** Lays the same out as slices that are {@code pitch} apart. */
    private void spreadPixels(Gather g, Bands.Part part, int first, int channels, float[] x, float[] image, int pitch) {
        if (g.stride() == 1) {
            int pixels = part.images() * part.rows() * g.columns();
            int from = firstPixel(g, part, 0, 0) + first;
            loops.spread(x, from, g.sourceChannels(), pixels, channels, image, CacheLine.FIRST, pitch);
            return;
        }
        int to = CacheLine.FIRST;
        for (int n = 0; n < part.images(); n++) {
            for (int i = 0; i < part.rows(); i++) {
                int from = firstPixel(g, part, n, i) + first;
                loops.spread(x, from, g.stride() * g.sourceChannels(), g.columns(), channels, image, to, pitch);
                to += g.columns() * SLICE;
            }
        }
    }

    /** Where the first pixel lies that row {@code row} of image {@code image} of a part reads. */
    private static int firstPixel(Gather g, Bands.Part part, int image, int row) {
        int line = (part.image() + image) * g.sourceHeight() + g.originRow() + (part.row() + row) * g.stride();
        return CacheLine.FIRST + (line * g.sourceWidth() + g.originColumn()) * g.sourceChannels() + g.sourceChannel();
    }

    /** One slice of the image times one or two panels of the upstream gradient. */
    private static void add(
            OuterTile tile,
            int pixels,
            float[] image,
            int imageOffset,
            float[] upstream,
            int panel,
            int panelPitch,
            float[] sums,
            int sum,
            boolean accumulate) {
        for (int row = 0; row < SLICE; row += tile.rows()) {
            tile.outer(
                    pixels,
                    image,
                    CacheLine.FIRST + imageOffset + row,
                    upstream,
                    CacheLine.FIRST + panel * panelPitch,
                    panelPitch,
                    sums,
                    sum + row * tile.columns(),
                    accumulate);
        }
    }

    /** What each pixel of a part multiplies with 16 rows of the kernel: {@code [pixels][16]}. */
    private void gatherSlice(Gather g, Bands.Part part, int slice, float[] x, float[] image) {
        int row = slice * SLICE;
        int end = Math.min(row + SLICE, g.kernelRows());
        if (end - row < SLICE) {
            Arrays.fill(image, CacheLine.FIRST, CacheLine.FIRST + part.images() * part.rows() * g.columns() * SLICE, 0);
        }
        // neighbouring taps of a kernel's row read neighbouring numbers
        boolean joined = g.step() == 1 && g.depth() == g.sourceChannels();
        int to = CacheLine.FIRST;
        while (row < end) {
            int tap = row / g.depth();
            int channel = row % g.depth();
            int run = joined ? (g.tapColumns() - tap % g.tapColumns()) * g.depth() : g.depth();
            int count = Math.min(end - row, run - channel);
            gatherRun(g, part, tap / g.tapColumns(), tap % g.tapColumns(), channel, count, x, image, to);
            row += count;
            to += count;
        }
    }

    /** Numbers of one or more taps of row r, the first being channel {@code channel} of tap s. */
    private void gatherRun(
            Gather g, Bands.Part part, int r, int s, int channel, int count, float[] x, float[] image, int to) {
        int column = g.originColumn() + s * g.step();
        int reach = (channel + count - 1) / g.depth();
        // output columns first .. end - 1 read inside the image with all taps
        int first = Math.min(Math.max(-Math.floorDiv(column, g.stride()), 0), g.columns());
        int last = Math.floorDiv(g.sourceWidth() - 1 - column - reach, g.stride());
        int end = Math.max(Math.min(last + 1, g.columns()), first);
        int step = g.stride() * g.sourceChannels();
        int out = to;
        for (int n = part.image(); n < part.image() + part.images(); n++) {
            for (int i = part.row(); i < part.row() + part.rows(); i++) {
                int row = g.originRow() + i * g.stride() + r * g.step();
                int in = CacheLine.FIRST
                        + ((n * g.sourceHeight() + row) * g.sourceWidth() + column) * g.sourceChannels()
                        + g.sourceChannel()
                        + channel;
                if (row < 0 || row >= g.sourceHeight()) {
                    for (int j = 0; j < g.columns(); j++) {
                        Arrays.fill(image, out + j * SLICE, out + j * SLICE + count, 0);
                    }
                } else {
                    for (int j = 0; j < first; j++) {
                        gatherEdge(
                                g, column + j * g.stride(), channel, count, x, in + j * step, image, out + j * SLICE);
                    }
                    loops.copyRows(x, in + first * step, step, image, out + first * SLICE, SLICE, end - first, count);
                    for (int j = end; j < g.columns(); j++) {
                        gatherEdge(
                                g, column + j * g.stride(), channel, count, x, in + j * step, image, out + j * SLICE);
                    }
                }
                out += g.columns() * SLICE;
            }
        }
    }

    /** One pixel's run, of which the first tap lies in the given column of the source, and some taps outside. */
    private static void gatherEdge(
            Gather g, int column, int channel, int count, float[] x, int in, float[] image, int to) {
        for (int k = 0; k < count; k++) {
            int read = column + (channel + k) / g.depth();
            image[to + k] = read >= 0 && read < g.sourceWidth() ? x[in + k] : 0;
        }
    }
}
