package scgrad.core.backend.cpu;

import scgrad.core.array.ConvGeometry;

/**
 * The gradient of a convolution's kernel: {@code dw[r, s, c, k] = sum over pixels of x[pixel + (r, s), c] * dy[pixel, k]}.
 *
 * <p>Pixels are taken in chunks of about 256: for each, x is laid out as {@code [C / 4][padded pixels][4]} and dy as panels {@code [K /
 * 16][pixels][16]}, so that every tap is the same product at another address. Chunks fall into a number of teams that depends on the
 * geometry alone; each team sums into its own copy, and the copies are added in order.
 */
final class KernelGradient {
    private static final int PIXELS = 256;
    private static final int BAND_FLOATS = 96 * 1024;
    /** Teams share at most this much memory, in floats, so that their copies stay in the caches. */
    private static final int TEAM_FLOATS = 1 << 20;

    private static final int MOST_TEAMS = 16;

    // slots of scratch memory
    static final int BAND = 2;
    static final int IMAGE = 3;
    static final int UPSTREAM = 4;
    static final int PIXEL_ADDRESSES = 3;

    private final Threads threads;
    private final Tiles tiles;
    private final Scratch scratch;
    private final BufferPool pool;

    KernelGradient(Threads threads, Tiles tiles, Scratch scratch, BufferPool pool) {
        this.threads = threads;
        this.tiles = tiles;
        this.scratch = scratch;
        this.pool = pool;
    }

    void run(ConvGeometry g, float[] x, float[] dy, float[] dw) {
        for (int group = 0; group < g.groups(); group++) {
            run(g, group, x, dy, dw);
        }
    }

    private void run(ConvGeometry geometry, int group, float[] x, float[] dy, float[] dw) {
        Gather g = Gather.forward(geometry, group);
        Bands bands = Bands.of(g, PIXELS, BAND_FLOATS);
        int panels = Panels.count(g.filters());
        int pitch = panels * Tiles.COLUMNS;
        int blocks = (g.depth() + Tiles.OUTER_ROWS - 1) / Tiles.OUTER_ROWS;
        int taps = g.tapRows() * g.tapColumns();
        int size = taps * blocks * Tiles.OUTER_ROWS * pitch;
        int teams = Math.max(1, Math.min(Math.min(MOST_TEAMS, TEAM_FLOATS / size), bands.items()));
        int shares = Math.max(1, Math.min(panels, 2 * threads.count() / teams));
        float[] sums = pool.take((long) teams * size);
        threads.run(teams * shares, (item, worker) -> {
            int team = item / shares;
            int share = item % shares;
            int from = (int) ((long) bands.items() * team / teams);
            int to = (int) ((long) bands.items() * (team + 1) / teams);
            for (int chunk = from; chunk < to; chunk++) {
                Bands.Part part = bands.part(g, chunk);
                addChunk(
                        g,
                        part,
                        panels * share / shares,
                        panels * (share + 1) / shares,
                        x,
                        dy,
                        sums,
                        team * size,
                        pitch,
                        chunk > from,
                        worker);
            }
        });
        threads.run(taps, (tap, worker) -> {
            for (int c = 0; c < g.depth(); c++) {
                int in = (tap * blocks * Tiles.OUTER_ROWS + c) * pitch;
                int out = (tap * g.depth() + c) * g.targetChannels() + g.targetChannel();
                for (int k = 0; k < g.filters(); k++) {
                    float sum = sums[in + k];
                    for (int team = 1; team < teams; team++) {
                        sum += sums[team * size + in + k];
                    }
                    dw[out + k] = sum;
                }
            }
        });
        pool.give(sums);
    }

    private void addChunk(
            Gather g,
            Bands.Part part,
            int firstPanel,
            int endPanel,
            float[] x,
            float[] dy,
            float[] sums,
            int sumsOffset,
            int pitch,
            boolean accumulate,
            int worker) {
        int bandRows = g.bandRows(part.rows());
        int columns = g.bandColumns();
        int bandPixels = part.images() * bandRows * columns;
        int pixels = part.images() * part.rows() * g.columns();
        int blocks = (g.depth() + Tiles.OUTER_ROWS - 1) / Tiles.OUTER_ROWS;
        float[] band = scratch.floats(worker, BAND, bandPixels * g.depth());
        Bands.copy(g, part, x, band);
        float[] image = scratch.floats(worker, IMAGE, blocks * bandPixels * Tiles.OUTER_ROWS);
        blockChannels(band, bandPixels, g.depth(), image);
        float[] upstream = scratch.floats(worker, UPSTREAM, Panels.length(pixels, g.filters()));
        int dyOffset = (part.image() * g.rows() + part.row()) * g.columns() * g.targetChannels() + g.targetChannel();
        for (int panel = firstPanel; panel < endPanel; panel++) {
            Panels.pack(dy, dyOffset, g.targetChannels(), 1, pixels, g.filters(), panel, 0, pixels, upstream);
        }
        int[] addresses = scratch.ints(worker, PIXEL_ADDRESSES, pixels);
        int p = 0;
        for (int n = 0; n < part.images(); n++) {
            for (int i = 0; i < part.rows(); i++) {
                for (int j = 0; j < g.columns(); j++) {
                    addresses[p++] = ((n * bandRows + i * g.stride()) * columns + j * g.stride()) * Tiles.OUTER_ROWS;
                }
            }
        }
        for (int panel = firstPanel; panel < endPanel; panel++) {
            for (int r = 0; r < g.tapRows(); r++) {
                for (int s = 0; s < g.tapColumns(); s++) {
                    int shift = (r * columns + s) * g.step() * Tiles.OUTER_ROWS;
                    int sum = sumsOffset
                            + (r * g.tapColumns() + s) * blocks * Tiles.OUTER_ROWS * pitch
                            + panel * Tiles.COLUMNS;
                    for (int block = 0; block < blocks; block++) {
                        tiles.outer(
                                pixels,
                                image,
                                addresses,
                                shift + block * bandPixels * Tiles.OUTER_ROWS,
                                upstream,
                                panel * pixels * Tiles.COLUMNS,
                                sums,
                                sum + block * Tiles.OUTER_ROWS * pitch,
                                pitch,
                                accumulate);
                    }
                }
            }
        }
    }

    /** [pixels][depth] to [depth / 4][pixels][4], filled up with zeros. */
    private static void blockChannels(float[] band, int pixels, int depth, float[] image) {
        int whole = depth / Tiles.OUTER_ROWS;
        for (int block = 0; block < whole; block++) {
            int in = block * Tiles.OUTER_ROWS;
            int out = block * pixels * Tiles.OUTER_ROWS;
            for (int p = 0; p < pixels; p++) {
                image[out] = band[in];
                image[out + 1] = band[in + 1];
                image[out + 2] = band[in + 2];
                image[out + 3] = band[in + 3];
                in += depth;
                out += Tiles.OUTER_ROWS;
            }
        }
        for (int p = 0; whole * Tiles.OUTER_ROWS < depth && p < pixels; p++) {
            for (int i = 0; i < Tiles.OUTER_ROWS; i++) {
                int c = whole * Tiles.OUTER_ROWS + i;
                image[(whole * pixels + p) * Tiles.OUTER_ROWS + i] = c < depth ? band[p * depth + c] : 0;
            }
        }
    }
}
