package scgrad.core.backend.cpu;

/**
 * 3x3 convolutions by Winograd's transforms: the forward pass, and for a stride of 1 the gradient of the input, which is one with the kernel
 * turned round.
 *
 * <p>Tiles are taken in blocks for which the transformed patches V {@code [positions][tiles][C]} and the products M {@code
 * [positions][tiles][K]} stay in the second-level cache; the products of one plane are those of {@link Tiles#product}. Planes are a cache line
 * longer than they need, because the 36 stores of a transform would otherwise meet in one set of the first-level cache. Every output is computed in one
 * piece, so that neither blocks nor threads change its bits.
 *
 * <p>Measured on one Zen 4 core, GFLOP/s of the direct sum: 225 for 64 channels at 56x56 and 285 for 128 at 28x28, where direct products
 * give 105 and 107.
 */
final class WinogradConvolution {
    /** Tiles per block: this many floats of V and M together, within bounds. */
    private static final int BLOCK_FLOATS = 224 * 1024;

    private static final int LEAST_TILES = 16;
    private static final int MOST_TILES = 32;
    /** A transformed kernel of more floats than this leaves the third-level cache, and is read as seldom as possible. */
    private static final int LARGE_KERNEL = 4 << 20;

    private static final int LEAST_TILES_OF_LARGE = 48;
    /** Most tiles of a product take whole blocks of so many rows. */
    private static final int MULTIPLE = 8;

    /** A kernel of more floats than this may be transformed panel by panel. */
    private static final int PANELWISE = 1 << 18;
    /** Tiles of a block of patches then. */
    private static final int PANELWISE_TILES = 64;
    /** So many floats of patches are read again by each panel at most, unless the kernel is large. */
    private static final int MOST_PATCHES = 640 * 1024;

    private static final int TAPS = 9;

    // slots of scratch memory
    static final int PATCHES = 6;
    static final int PRODUCTS = 7;
    static final int PATCH = 8;
    static final int WORK = 9;
    private static final int PACKED = 16;
    private static final int KERNEL = 17;

    private final Threads threads;
    private final Tiles tiles;
    private final PlaneProducts tiled;
    private final SlicedPlaneProducts sliced = new SlicedPlaneProducts();
    private final Transforms transforms;
    private final Scratch scratch;
    private final BufferPool pool;

    WinogradConvolution(Threads threads, Tiles tiles, Transforms transforms, Scratch scratch, BufferPool pool) {
        this.threads = threads;
        this.tiles = tiles;
        this.tiled = new TiledPlaneProducts(tiles, scratch, transforms.stride());
        this.transforms = transforms;
        this.scratch = scratch;
        this.pool = pool;
    }

    /** Floats of a transformed kernel. */
    static int kernelLength(Gather g) {
        return PlaneProducts.kernelPlane(g) * Transforms.PLANES;
    }

    /**
     * Whether a kernel is transformed panel by panel, each just before its products, and a kernel that is kept is kept packed: where it is larger than
     * the patches, which every panel then reads again. Transformed it has four times as many numbers, which come from memory each time when a
     * network has run in between: 128 channels of 8 images of 14x14 take 0.73 ms on two Zen 5 cores where the kernel transformed as a whole took 0.96, 256
     * of 16 images 5.1 instead of 6.4. With three or four times as many tiles as filters it loses a tenth.
     */
    static boolean panelwise(Gather g) {
        return mayGoPanelwise(g) && TileGrid.of(g).count() <= g.filters();
    }

    /**
     * Whether the kernel is so large, and the patches so few, that it may pay. With a stride of 2 there are 81 positions, and patches of 64 tiles leave
     * the second-level cache: in networks of 8 images 256 channels of 28x28 take 7.0 ms on an Emerald Rapids whole and 8.0 to 9.6 panel by panel, 128
     * channels 1.8 and 2.4; 512 of 14x14, whose kernel has 38 MB, 9.2 to 10.0 and 8.4.
     */
    private static boolean mayGoPanelwise(Gather g) {
        int length = kernelLength(g);
        int patch = Transforms.patch(g.stride());
        int patches = patch * patch * Math.min(TileGrid.of(g).count(), PANELWISE_TILES) * g.depth();
        return length > LARGE_KERNEL || length > PANELWISE && patches <= MOST_PATCHES;
    }

    /** U = G g G' of a kernel, taken from the pool. */
    float[] transform(Gather g, KernelPanels panels) {
        float[] u = pool.take(kernelLength(g));
        threads.run(Panels.count(g.filters()), (panel, worker) -> {
            int panelFloats = g.depth() * Tiles.COLUMNS;
            int uPlane = PlaneProducts.kernelPlane(g);
            float[] packed = scratch.floats(worker, PACKED, TAPS * panelFloats);
            panels.pack(panel, packed, CacheLine.FIRST);
            float[] work = scratch.floats(worker, WORK, transforms.work());
            for (int row = 0; row < Transforms.KERNEL; row++) {
                int to = CacheLine.FIRST + row * Transforms.KERNEL * uPlane + panel * panelFloats;
                transforms.kernelRow(row, packed, CacheLine.FIRST, panelFloats, panelFloats, u, to, uPlane, work);
            }
        });
        return u;
    }

    /**
     * Runs a gather with a kernel that is transformed panel by panel, each just before its products. 512 channels of 16 images of 7x7 take 8.3 ms on
     * two Zen 5 cores, where the kernel transformed as a whole (37 MB) took 11.5; 256 of 32 images of 4x4 1.1 where they took 1.9.
     *
     * <p>Each item transforms the patches that it reads, and with few tiles several do so with the same ones: patches that one core writes and
     * another reads cost more than that where the two share no cache.
     */
    void run(Gather g, float[] source, KernelPanels panels, Epilogue epilogue, float[] target) {
        TileGrid grid = TileGrid.of(g);
        int blocks = (grid.count() + PANELWISE_TILES - 1) / PANELWISE_TILES;
        int size = (grid.count() + blocks - 1) / blocks;
        int count = Panels.count(g.filters());
        int width = count >= 4 * threads.count() ? 2 : 1;
        int groups = (count + width - 1) / width;
        int shares = Math.min(groups, threads.evenly(blocks));
        threads.run(blocks * shares, (item, worker) -> {
            int share = item % shares;
            int first = item / shares * size;
            int here = Math.min(size, grid.count() - first);
            float[] v = inputs(grid, first, here, source, worker);
            int end = Math.min(count, width * (groups * (share + 1) / shares));
            for (int panel = width * (groups * share / shares); panel < end; panel += width) {
                int endPanel = Math.min(panel + width, end);
                panels(grid, first, here, panel, endPanel, panels, v, epilogue, target, worker);
            }
        });
    }

    /**
     * Transforms some panels and makes their outputs of some tiles from the tiles' patches, a row of the kernels' elements at a time: the whole of two
     * panels' would leave the second-level cache before its products. 512 channels of 8 images of 7x7 take 2.8 to 3.6 ms on two Zen 5 cores instead of
     * 2.8 to 4.7, as others use the third level, 512 of 14x14 with a stride of 2 4.6 to 5.5 instead of 4.8 to 6.9. Kernels that are packed are read where
     * they lie: 3 to 9 %.
     */
    private void panels(
            TileGrid grid,
            int firstTile,
            int count,
            int firstPanel,
            int endPanel,
            KernelPanels panels,
            float[] v,
            Epilogue epilogue,
            float[] target,
            int worker) {
        Gather g = grid.g();
        int width = endPanel - firstPanel;
        int panelFloats = g.depth() * Tiles.COLUMNS;
        int uPlane = width * panelFloats + PlaneProducts.GAP;
        float[] u = scratch.floats(worker, KERNEL, Transforms.KERNEL * uPlane);
        float[] m = room(g, count, width, worker);
        float[] packed = panels.packed();
        int first = firstPanel;
        if (packed == null) {
            packed = scratch.floats(worker, PACKED, width * TAPS * panelFloats);
            first = 0;
            for (int i = 0; i < width; i++) {
                panels.pack(firstPanel + i, packed, Panels.at(i, g.kernelRows()));
            }
        }
        float[] work = scratch.floats(worker, WORK, transforms.work());
        for (int row = 0; row < Transforms.KERNEL; row++) {
            for (int i = 0; i < width; i++) {
                int from = Panels.at(first + i, g.kernelRows());
                int to = CacheLine.FIRST + i * panelFloats;
                transforms.kernelRow(row, packed, from, panelFloats, panelFloats, u, to, uPlane, work);
            }
            products(g).run(grid, row, row + 1, firstTile, count, 0, width, v, u, uPlane, m, worker);
        }
        outputs(grid, firstTile, count, firstPanel, endPanel, m, epilogue, target, 0, worker);
    }

    /** Runs a gather with its transformed kernel; the epilogue may be null. */
    void run(Gather g, float[] source, float[] u, Epilogue epilogue, float[] target) {
        TileGrid grid = TileGrid.of(g);
        int panels = Panels.count(g.filters());
        int pairs = (panels + 1) / 2;
        int size = blockTiles(grid);
        int blocks = (grid.count() + size - 1) / size;
        // with few blocks the panels are shared out too
        int shares = blocks % threads.count() == 0 ? 1 : Math.max(1, Math.min(pairs, 3 * threads.count() / blocks));
        threads.run(blocks * shares, (item, worker) -> {
            int share = item % shares;
            int first = item / shares * size;
            block(
                    grid,
                    first,
                    Math.min(size, grid.count() - first),
                    2 * (pairs * share / shares),
                    Math.min(panels, 2 * (pairs * (share + 1) / shares)),
                    source,
                    u,
                    epilogue,
                    target,
                    0,
                    worker);
        });
    }

    /** Runs a gather inside of a work item, with its transformed kernel; outputs are stored {@code to} floats behind where they belong. */
    void runInside(Gather g, float[] source, float[] u, Epilogue epilogue, float[] target, int to, int worker) {
        TileGrid grid = TileGrid.of(g);
        int panels = Panels.count(g.filters());
        int size = evenTiles(grid);
        for (int first = 0; first < grid.count(); first += size) {
            int count = Math.min(size, grid.count() - first);
            block(grid, first, count, 0, panels, source, u, epilogue, target, to, worker);
        }
    }

    /** Whether {@link #runSliced} takes the patches of a gather. */
    boolean takesSliced(TileGrid grid) {
        return products(grid.g()) == sliced && grid.whole();
    }

    /**
     * As {@link #runInside}, with patches that are transformed already, V {@code [36][depth / 16][tiles][16]}, with memory for {@link VectorSliceProduct512#ROWS} rows
     * behind it.
     */
    void runSliced(
            TileGrid grid, float[] v, int vPlane, float[] u, Epilogue epilogue, float[] target, int to, int worker) {
        int depth = grid.g().depth();
        int uPlane = PlaneProducts.kernelPlane(grid.g());
        int panels = Panels.count(grid.g().filters());
        int vSlice = grid.count() * PlaneProducts.SLICE;
        int size = evenTiles(grid);
        for (int first = 0; first < grid.count(); first += size) {
            int count = Math.min(size, grid.count() - first);
            float[] m = room(grid.g(), count, panels, worker);
            int mPlane = sliced.planePitch(count, panels * PlaneProducts.SLICE);
            for (int plane = 0; plane < Transforms.PLANES; plane++) {
                int a = CacheLine.FIRST + plane * vPlane + first * PlaneProducts.SLICE;
                int b = CacheLine.FIRST + plane * uPlane;
                sliced.plane(depth, count, panels, v, a, vSlice, u, b, m, CacheLine.FIRST + plane * mPlane);
            }
            grid.prefetchTarget(target, first, count, to);
            outputs(grid, first, count, 0, panels, m, epilogue, target, to, worker);
        }
    }

    private int mostTiles(TileGrid grid) {
        int perTile = transforms.positions() * (grid.g().depth() + grid.g().filters());
        int least = kernelLength(grid.g()) > LARGE_KERNEL ? LEAST_TILES_OF_LARGE : LEAST_TILES;
        return Math.max(least, Math.min(MOST_TILES, BLOCK_FLOATS / perTile));
    }

    /** So many tiles that blocks of at most {@link #mostTiles} are about even. */
    private int evenTiles(TileGrid grid) {
        int most = mostTiles(grid);
        int blocks = (grid.count() + most - 1) / most;
        int even = (grid.count() + blocks - 1) / blocks;
        return (even + MULTIPLE - 1) / MULTIPLE * MULTIPLE;
    }

    private int blockTiles(TileGrid grid) {
        int most = mostTiles(grid);
        int blocks = (grid.count() + most - 1) / most;
        if (blocks > 1 && blocks < 2 * threads.count()) {
            // a last block of few tiles would leave a thread without work: 64 channels of 28x28 take 58 us instead of
            // 69
            int rounds = (blocks + threads.count() - 1) / threads.count();
            return Math.max((grid.count() - 1) / (rounds * threads.count()) + 1, MULTIPLE);
        }
        return evenTiles(grid);
    }

    private void block(
            TileGrid grid,
            int firstTile,
            int count,
            int firstPanel,
            int endPanel,
            float[] source,
            float[] u,
            Epilogue epilogue,
            float[] target,
            int to,
            int worker) {
        grid.prefetchSource(source, firstTile, count);
        float[] v = inputs(grid, firstTile, count, source, worker);
        int uPlane = PlaneProducts.kernelPlane(grid.g());
        float[] m = room(grid.g(), count, endPanel - firstPanel, worker);
        products(grid.g())
                .run(grid, 0, Transforms.KERNEL, firstTile, count, firstPanel, endPanel, v, u, uPlane, m, worker);
        grid.prefetchTarget(target, firstTile, count, to);
        outputs(grid, firstTile, count, firstPanel, endPanel, m, epilogue, target, to, worker);
    }

    private PlaneProducts products(Gather g) {
        return transforms.stride() == 1 && PlaneProducts.sliced(tiles, g.depth()) ? sliced : tiled;
    }

    /** V of some tiles. */
    private float[] inputs(TileGrid grid, int firstTile, int count, float[] source, int worker) {
        int depth = grid.g().depth();
        PlaneProducts products = products(grid.g());
        int pitch = products.planePitch(count, depth);
        float[] v = scratch.floats(worker, PATCHES, transforms.positions() * pitch);
        int rowPitch = products.rowPitch(depth);
        int[] addresses = scratch.ints(worker, DirectConvolution.SOURCES, count);
        for (int t = 0; t < count; t++) {
            addresses[t] = CacheLine.FIRST + t * rowPitch;
        }
        grid.inputs(
                transforms,
                firstTile,
                count,
                source,
                0,
                depth,
                scratch.floats(worker, PATCH, grid.copyLength()),
                v,
                addresses,
                pitch,
                products.slicePitch(count, depth),
                scratch.floats(worker, WORK, transforms.work()));
        return v;
    }

    /** Room for M of so many tiles and panels. */
    private float[] room(Gather g, int count, int panels, int worker) {
        int pitch = products(g).planePitch(count, panels * Tiles.COLUMNS);
        return scratch.floats(worker, PRODUCTS, transforms.positions() * pitch);
    }

    /** The outputs of some tiles and panels from their products. */
    private void outputs(
            TileGrid grid,
            int firstTile,
            int count,
            int firstPanel,
            int endPanel,
            float[] m,
            Epilogue epilogue,
            float[] target,
            int to,
            int worker) {
        Gather g = grid.g();
        PlaneProducts products = products(g);
        int channels = (endPanel - firstPanel) * Tiles.COLUMNS;
        int filter = firstPanel * Tiles.COLUMNS;
        int filters = Math.min(endPanel * Tiles.COLUMNS, g.filters()) - filter;
        int rowPitch = products.rowPitch(channels);
        int planePitch = products.planePitch(count, channels);
        int slicePitch = products.slicePitch(count, channels);
        float[] work = scratch.floats(worker, WORK, transforms.work());
        for (int t = 0; t < count; t++) {
            int tile = firstTile + t;
            int pixel = (grid.image(tile) * g.targetHeight() + grid.row(tile)) * g.targetWidth() + grid.column(tile);
            transforms.output(
                    m,
                    CacheLine.FIRST + t * rowPitch,
                    planePitch,
                    slicePitch,
                    target,
                    CacheLine.FIRST + to + pixel * g.targetChannels() + filter,
                    g.targetWidth() * g.targetChannels(),
                    g.targetChannels(),
                    filters,
                    grid.rows(tile),
                    grid.columns(tile),
                    epilogue,
                    g.targetChannel() + filter,
                    work);
        }
    }
}
