package scgrad.core.backend.cpu;

import scgrad.core.array.ConvGeometry;

/**
 * The gradient of a 3x3 kernel by Winograd, the adjoint of {@link WinogradConvolution}: for each of the 36 planes a product of the
 * transformed patches V and the transformed upstream gradient Z over all tiles, {@code [C][tiles] x [tiles][K]}, then one transform of the
 * sums.
 *
 * <p>Both are stored as {@code [36][channels / 16][tiles][16]}, block of tiles by block of tiles. Blocks fall into teams that depend on the
 * geometry alone, each with sums of its own, which are added in order. With few teams the slices of 16 channels are shared out too; every
 * sum keeps its order. Measured on one Zen 4 core: 165 to 185 GFLOP/s of the direct sum, where {@link KernelGradient} gives 70.
 */
final class WinogradKernelGradient {
    /**
     * Tiles per block, at most: few enough for V and Z of a plane to stay in the second-level cache, and so many that the sums of all planes, which do
     * not, are seldom added to. 128 channels of 16 images of 28x28 take 3.9 ms where blocks of 48 took 5.1.
     */
    private static final int TILES = 96;
    /** The same where V and Z of all blocks are made first. */
    private static final int MOST_TILES = 128;
    /** Of more channels both gradients together leave the second-level cache, and are made apart. */
    private static final int MOST_TURNED = 64;
    /** Teams share at most this much memory, in floats. */
    private static final int TEAM_FLOATS = 4 << 20;

    private static final int MOST_TEAMS = 16;
    private static final int SLICE = Tiles.COLUMNS;
    /** Floats of the sums that a slice and a panel share; those of a tile's panels and a slice lie side by side. */
    private static final int BLOCK = SLICE * Tiles.COLUMNS;
    /** Tiles of a work item that only transforms. */
    private static final int PIECE = 8;
    /** Slices and panels of a part of the kernel whose sums, 0.6 MB of all planes, stay in a cache. */
    private static final int MOST_SLICES = 2;

    private static final int MOST_PANELS = 8;
    // slots of scratch memory
    private static final int SUMS = 17;
    private static final int UPSTREAM = 21;
    private static final int ROWS = 3;

    private final Threads threads;
    private final Tiles tiles;
    private final AdjointTransforms transforms;
    private final Scratch scratch;
    private final BufferPool pool;

    WinogradKernelGradient(
            Threads threads, Tiles tiles, AdjointTransforms transforms, Scratch scratch, BufferPool pool) {
        this.threads = threads;
        this.tiles = tiles;
        this.transforms = transforms;
        this.scratch = scratch;
        this.pool = pool;
    }

    /** Makes V, of some slices, and Z of a block of tiles, of {@link #plane} floats from plane to plane. */
    interface BlockTransform {
        void make(
                int firstTile,
                int count,
                int firstSlice,
                int endSlice,
                TileOrder order,
                float[] v,
                float[] z,
                int worker);
    }

    /** How tiles are cut into blocks, and these are shared among teams; by the geometry alone. */
    private record Cut(TileGrid grid, int blocks, int teams) {
        static Cut of(TileGrid grid) {
            int blocks = (grid.count() + TILES - 1) / TILES;
            if (byImages(grid)) {
                int images = (TILES + grid.perImage() / 2) / grid.perImage();
                blocks = (grid.g().batch() + images - 1) / images;
                blocks = Math.min(even(blocks), grid.g().batch());
            } else {
                blocks = even(blocks);
            }
            return new Cut(grid, blocks, WinogradKernelGradient.teams(blocks, size(grid.g())));
        }

        int firstTile(int block) {
            return byImages(grid)
                    ? (int) ((long) grid.g().batch() * block / blocks) * grid.perImage()
                    : (int) ((long) grid.count() * block / blocks);
        }
    }

    /** Whether blocks are made of whole images. */
    static boolean byImages(TileGrid grid) {
        return grid.perImage() <= TILES;
    }

    /** How many teams; with as many as threads each block is transformed once. */
    static int teams(Gather g) {
        return Cut.of(TileGrid.of(g)).teams;
    }

    /** Floats of a team's sums. */
    private static int size(Gather g) {
        return Panels.count(g.depth()) * Panels.count(g.filters()) * BLOCK * Transforms.PLANES;
    }

    /**
     * Whether x and dy change places: V is then of the 4x4 pixels of x where a tile of dx is, and Z of the 6x6 pixels of dy around it, which the gradient
     * of the input transforms too ({@link WinogradGradients}). The sums are those of a kernel that is turned round.
     */
    static boolean turned(ConvGeometry g) {
        return g.padding() == 1 && Math.max(g.channels(), g.filters()) <= MOST_TURNED;
    }

    /** The gradient of the input. */
    static Gather back(ConvGeometry g) {
        Gather.Phase taps = Gather.Phase.of(g, g.kernelHeight(), 0);
        return Gather.inputGradient(g, 0, taps, taps);
    }

    void run(ConvGeometry g, float[] x, float[] dy, float[] dw) {
        if (teams(Gather.forward(g, 0)) == 1) {
            partByPart(g, x, dy, dw);
            return;
        }
        boolean turned = turned(g);
        TileGrid grid = TileGrid.of(turned ? back(g) : Gather.forward(g, 0));
        float[] patches = turned ? dy : x;
        float[] outputs = turned ? x : dy;
        run(
                g,
                (firstTile, count, firstSlice, endSlice, order, v, z, worker) -> {
                    grid.prefetchTarget(outputs, firstTile, count, 0);
                    grid.prefetchSource(patches, firstTile, count);
                    int at = CacheLine.FIRST;
                    transform(
                            turned,
                            grid,
                            order,
                            firstTile,
                            0,
                            count,
                            count,
                            firstSlice,
                            endSlice,
                            x,
                            dy,
                            v,
                            at,
                            z,
                            at,
                            worker);
                },
                dw);
    }

    /** For a geometry of several {@link #teams}. */
    void run(ConvGeometry geometry, BlockTransform transform, float[] dw) {
        Gather g = Gather.forward(geometry, 0);
        boolean turned = turned(geometry);
        TileGrid grid = TileGrid.of(g);
        Cut cut = Cut.of(grid);
        int slices = Panels.count(g.depth());
        int panels = Panels.count(g.filters());
        int plane = slices * panels * BLOCK;
        int size = size(g);
        int teams = cut.teams;
        // each share transforms the whole upstream gradient
        int shares = teams >= threads.count() ? 1 : Math.min(slices, 2 * threads.count() / teams);
        float[] sums = pool.take((long) teams * size);
        threads.run(teams * shares, (item, worker) -> {
            int team = item / shares;
            int share = item % shares;
            int from = (int) ((long) cut.blocks * team / teams);
            int to = (int) ((long) cut.blocks * (team + 1) / teams);
            for (int block = from; block < to; block++) {
                int first = cut.firstTile(block);
                addBlock(
                        grid,
                        first,
                        cut.firstTile(block + 1) - first,
                        slices * share / shares,
                        slices * (share + 1) / shares,
                        transform,
                        sums,
                        CacheLine.FIRST + team * size,
                        plane,
                        block > from,
                        worker);
            }
        });
        int wide = Panels.count(tiles.outer(g.filters()).columns());
        int parts = (panels + wide - 1) / wide;
        threads.run(slices * parts, (item, worker) -> {
            int slice = item / parts;
            int panel = item % parts * wide;
            int from = CacheLine.FIRST + (slice * panels + panel) * BLOCK;
            add(sums, from, plane, tiles.outer(g.filters() - panel * Tiles.COLUMNS), teams, size);
            finish(g, turned, slice, panel, Math.min(panel + wide, panels), sums, from, plane, dw, worker);
        });
        pool.give(sums);
    }

    /** At least as many blocks, in a number that few threads share evenly. */
    private static int even(int blocks) {
        int unit = blocks > 8 ? 8 : blocks > 4 ? 4 : blocks > 1 ? 2 : 1;
        return (blocks + unit - 1) / unit * unit;
    }

    /** Teams of equally many blocks. */
    private static int teams(int blocks, int size) {
        int teams = Math.max(1, Math.min(Math.min(MOST_TEAMS, TEAM_FLOATS / size), blocks));
        while (blocks % teams > 0) {
            teams--;
        }
        return teams;
    }

    /**
     * A kernel so large that the sums of all planes would leave the caches: all patches are transformed first, then each part of the kernel is
     * summed and transformed as a whole. 512 channels of 16 images of 7x7 take 5.7 ms on two Zen 5 cores instead of 10.2; parts of two slices and eight
     * panels read Z half as often as one slice with all panels, and take 8 to 12 % less on two Emerald Rapids cores.
     */
    private void partByPart(ConvGeometry geometry, float[] x, float[] dy, float[] dw) {
        Gather g = Gather.forward(geometry, 0);
        boolean turned = turned(geometry);
        TileGrid grid = TileGrid.of(turned ? back(geometry) : g);
        int slices = Panels.count(g.depth());
        int panels = Panels.count(g.filters());
        int blocks = (grid.count() + MOST_TILES - 1) / MOST_TILES;
        int size = (grid.count() + blocks - 1) / blocks;
        int vPlane = plane(size, g.depth());
        int zPlane = plane(size, g.filters());
        int vBlock = Transforms.PLANES * vPlane;
        int zBlock = Transforms.PLANES * zPlane;
        float[] v = pool.take((long) blocks * vBlock);
        float[] z = pool.take((long) blocks * zBlock);
        TileOrder[] orders = new TileOrder[blocks];
        for (int block = 0; block < blocks; block++) {
            int count = Math.min(size, grid.count() - block * size);
            orders[block] = TileOrder.of(grid, block * size, count, new int[count]);
        }
        int pieces = (size + PIECE - 1) / PIECE;
        threads.run(blocks * pieces, (item, worker) -> {
            int block = item / pieces;
            int first = item % pieces * PIECE;
            int end = Math.min(first + PIECE, orders[block].count());
            if (first < end) {
                transform(
                        turned,
                        grid,
                        orders[block],
                        block * size,
                        first,
                        end,
                        size,
                        0,
                        slices,
                        x,
                        dy,
                        v,
                        CacheLine.FIRST + block * vBlock,
                        z,
                        CacheLine.FIRST + block * zBlock,
                        worker);
            }
        });
        int wide = Math.min(panels, MOST_PANELS);
        int plane = MOST_SLICES * wide * BLOCK + SLICE;
        int groups = (slices + MOST_SLICES - 1) / MOST_SLICES;
        int parts = (panels + wide - 1) / wide;
        threads.run(groups * parts, (item, worker) -> {
            int firstSlice = item / parts * MOST_SLICES;
            int endSlice = Math.min(firstSlice + MOST_SLICES, slices);
            int firstPanel = item % parts * wide;
            int endPanel = Math.min(firstPanel + wide, panels);
            float[] sums = scratch.floats(worker, SUMS, Transforms.PLANES * plane);
            for (int block = 0; block < blocks; block++) {
                multiply(
                        g,
                        orders[block],
                        size,
                        endSlice - firstSlice,
                        firstPanel,
                        endPanel,
                        v,
                        CacheLine.FIRST + block * vBlock + firstSlice * size * SLICE,
                        vPlane,
                        z,
                        CacheLine.FIRST + block * zBlock,
                        zPlane,
                        sums,
                        CacheLine.FIRST,
                        plane,
                        block > 0);
            }
            for (int slice = firstSlice; slice < endSlice; slice++) {
                int from = CacheLine.FIRST + (slice - firstSlice) * (endPanel - firstPanel) * BLOCK;
                finish(g, turned, slice, firstPanel, endPanel, sums, from, plane, dw, worker);
            }
        });
        pool.give(v);
        pool.give(z);
    }

    private void addBlock(
            TileGrid grid,
            int firstTile,
            int count,
            int firstSlice,
            int endSlice,
            BlockTransform transform,
            float[] sums,
            int sumsOffset,
            int sumsPlane,
            boolean accumulate,
            int worker) {
        Gather g = grid.g();
        int slices = endSlice - firstSlice;
        int panels = Panels.count(g.filters());
        int vPlane = plane(count, slices * SLICE);
        int zPlane = plane(count, g.filters());
        float[] v = scratch.floats(worker, WinogradConvolution.PATCHES, Transforms.PLANES * vPlane);
        int behind = VectorSliceProduct512.ROWS * SLICE;
        float[] z = scratch.floats(worker, UPSTREAM, Transforms.PLANES * zPlane + behind);
        int[] rows = scratch.ints(worker, ROWS, count);
        TileOrder order = TileOrder.of(grid, firstTile, count, rows);
        transform.make(firstTile, count, firstSlice, endSlice, order, v, z, worker);
        int to = sumsOffset + firstSlice * panels * BLOCK;
        multiply(
                g,
                order,
                count,
                slices,
                0,
                panels,
                v,
                CacheLine.FIRST,
                vPlane,
                z,
                CacheLine.FIRST,
                zPlane,
                sums,
                to,
                sumsPlane,
                accumulate);
    }

    /** V of some slices and Z of tiles first .. end - 1 of a block, whose planes of {@code rows} tiles begin at vTo and zTo. */
    private void transform(
            boolean turned,
            TileGrid grid,
            TileOrder order,
            int firstTile,
            int first,
            int end,
            int rows,
            int firstSlice,
            int endSlice,
            float[] x,
            float[] dy,
            float[] v,
            int vTo,
            float[] z,
            int zTo,
            int worker) {
        int depth = grid.g().depth();
        int filters = grid.g().filters();
        int firstChannel = firstSlice * SLICE;
        int endChannel = Math.min(endSlice * SLICE, turned ? filters : depth);
        if (turned) {
            patches(grid, order, firstTile, first, end, rows, dy, 0, depth, z, zTo, worker);
            outputs(grid, order, firstTile, first, end, rows, x, firstChannel, endChannel, v, vTo, worker);
        } else {
            patches(grid, order, firstTile, first, end, rows, x, firstChannel, endChannel, v, vTo, worker);
            outputs(grid, order, firstTile, first, end, rows, dy, 0, filters, z, zTo, worker);
        }
    }

    /** B' d B of some channels of the patches of tiles first .. end - 1 of a block, to planes of {@code rows} tiles. */
    void patches(
            TileGrid grid,
            TileOrder order,
            int firstTile,
            int first,
            int end,
            int rows,
            float[] source,
            int firstChannel,
            int endChannel,
            float[] to,
            int at,
            int worker) {
        int[] addresses = scratch.ints(worker, DirectConvolution.SOURCES, end - first);
        for (int t = first; t < end; t++) {
            addresses[t - first] = at + order.rows()[t] * SLICE;
        }
        grid.inputs(
                transforms,
                firstTile + first,
                end - first,
                source,
                firstChannel,
                endChannel,
                scratch.floats(worker, WinogradConvolution.PATCH, grid.copyLength()),
                to,
                addresses,
                plane(rows, endChannel - firstChannel),
                rows * SLICE,
                scratch.floats(worker, WinogradConvolution.WORK, transforms.work()));
    }

    /** A y A' of some channels of the outputs of tiles first .. end - 1 of a block, as {@link #patches}. */
    void outputs(
            TileGrid grid,
            TileOrder order,
            int firstTile,
            int first,
            int end,
            int rows,
            float[] target,
            int firstChannel,
            int endChannel,
            float[] to,
            int at,
            int worker) {
        int plane = plane(rows, endChannel - firstChannel);
        float[] work = scratch.floats(worker, WinogradConvolution.WORK, transforms.work());
        float[] copy = scratch.floats(
                worker,
                WinogradConvolution.PATCH,
                Transforms.TILE * Transforms.TILE * grid.g().targetChannels());
        for (int t = first; t < end; t++) {
            int row = at + order.rows()[t] * SLICE;
            grid.upstream(
                    transforms,
                    firstTile + t,
                    target,
                    firstChannel,
                    endChannel,
                    copy,
                    to,
                    row,
                    plane,
                    rows * SLICE,
                    work);
        }
    }

    /** Floats from plane to plane of so many tiles and channels. */
    static int plane(int tiles, int channels) {
        return Panels.count(channels) * tiles * SLICE + SLICE;
    }

    /** All planes' products of a block's tiles, of {@code rows} that there is room for, with some panels. */
    private void multiply(
            Gather g,
            TileOrder order,
            int rows,
            int slices,
            int firstPanel,
            int endPanel,
            float[] v,
            int vFrom,
            int vPlane,
            float[] z,
            int zFrom,
            int zPlane,
            float[] sums,
            int to,
            int sumsPlane,
            boolean accumulate) {
        int slicePitch = rows * SLICE;
        for (int plane = 0; plane < Transforms.PLANES; plane++) {
            int first = order.first(plane);
            int count = order.end(plane) - first;
            int vRow = vFrom + plane * vPlane + first * SLICE;
            int zRow = zFrom + plane * zPlane + first * SLICE;
            for (int panel = firstPanel; panel < endPanel; ) {
                OuterTile tile = tiles.outer(g.filters() - panel * Tiles.COLUMNS);
                for (int slice = 0; slice < slices; slice++) {
                    int sum = to + plane * sumsPlane + (slice * (endPanel - firstPanel) + panel - firstPanel) * BLOCK;
                    for (int row = 0; row < SLICE; row += tile.rows()) {
                        tile.outer(
                                count,
                                v,
                                vRow + slice * slicePitch + row,
                                z,
                                zRow + panel * slicePitch,
                                slicePitch,
                                sums,
                                sum + row * tile.columns(),
                                accumulate);
                    }
                }
                panel += Panels.count(tile.columns());
            }
        }
    }

    /** Adds the teams' sums of a slice and a tile's panels, {@code pitch} floats from team to team, to the first team's. */
    private static void add(float[] sums, int from, int plane, OuterTile tile, int teams, int pitch) {
        for (int e = 0; e < Transforms.PLANES; e++) {
            int at = from + e * plane;
            for (int team = 1; team < teams; team++) {
                for (int k = 0; k < SLICE * tile.columns(); k++) {
                    sums[at + k] += sums[team * pitch + at + k];
                }
            }
        }
    }

    /**
     * Transforms the sums of a slice and some panels, which begin at {@code from} of the first plane.
     *
     * @param turned whether they are those of a kernel that is turned round
     */
    private void finish(
            Gather g,
            boolean turned,
            int slice,
            int firstPanel,
            int endPanel,
            float[] sums,
            int from,
            int plane,
            float[] dw,
            int worker) {
        int tapFloats = g.depth() * g.filters();
        int firstTap = CacheLine.FIRST + (turned ? 8 * tapFloats : 0);
        int tapPitch = turned ? -tapFloats : tapFloats;
        float[] work = scratch.floats(worker, WinogradConvolution.WORK, transforms.work());
        for (int row = 0; row < Math.min(SLICE, g.depth() - slice * SLICE); row++) {
            for (int panel = firstPanel; panel < endPanel; ) {
                int first = panel * Tiles.COLUMNS;
                OuterTile tile = tiles.outer(g.filters() - first);
                // of half a panel the next row's numbers come along, as filters that there are none of
                int padded = Panels.count(tile.columns()) * Tiles.COLUMNS;
                int count = Math.min(padded, g.filters() - first);
                int in = from + (panel - firstPanel) * BLOCK + row * tile.columns();
                int out = firstTap + (slice * SLICE + row) * g.filters() + first;
                if (count == padded) {
                    transforms.kernelGradient(sums, in, plane, count, dw, out, tapPitch, work);
                } else {
                    float[] taps = scratch.floats(worker, WinogradConvolution.PATCH, 9 * padded);
                    transforms.kernelGradient(sums, in, plane, padded, taps, CacheLine.FIRST, padded, work);
                    for (int tap = 0; tap < 9; tap++) {
                        System.arraycopy(taps, CacheLine.FIRST + tap * padded, dw, out + tap * tapPitch, count);
                    }
                }
                panel += Panels.count(tile.columns());
            }
        }
    }
}
