package scgrad.core.backend.cpu;

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
    /** A slot of scratch memory. */
    private static final int SUMS = 17;

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

    /** Where the upstream gradient of a block of tiles comes from. */
    interface Upstream {
        Part of(int firstTile, int count, int worker);
    }

    /** The array that holds it: that of tiles {@code firstTile} and behind of a grid. */
    record Part(TileGrid grid, int firstTile, float[] dy) {}

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

    /** How many teams; with as many as threads the upstream gradient of each block is asked for once. */
    static int teams(Gather g) {
        return Cut.of(TileGrid.of(g)).teams;
    }

    /** Floats of a team's sums. */
    private static int size(Gather g) {
        return Panels.count(g.depth()) * Panels.count(g.filters()) * BLOCK * Transforms.PLANES;
    }

    void run(Gather g, float[] x, float[] dy, float[] dw) {
        TileGrid grid = TileGrid.of(g);
        if (Cut.of(grid).teams == 1) {
            partByPart(grid, x, dy, dw);
            return;
        }
        Upstream whole = (firstTile, count, worker) -> {
            grid.prefetchTarget(dy, firstTile, count, 0);
            return new Part(grid, firstTile, dy);
        };
        run(g, x, whole, dw);
    }

    /** For a geometry of several {@link #teams}. */
    void run(Gather g, float[] x, Upstream dy, float[] dw) {
        TileGrid grid = TileGrid.of(g);
        Cut cut = Cut.of(grid);
        int slices = Panels.count(g.depth());
        int panels = Panels.count(g.filters());
        int plane = slices * panels * BLOCK;
        int size = size(g);
        int teams = cut.teams;
        // each share asks for the whole upstream gradient
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
                        x,
                        dy,
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
            finish(g, slice, panel, Math.min(panel + wide, panels), sums, from, plane, dw, worker);
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
    private void partByPart(TileGrid grid, float[] x, float[] dy, float[] dw) {
        Gather g = grid.g();
        int slices = Panels.count(g.depth());
        int panels = Panels.count(g.filters());
        int blocks = (grid.count() + MOST_TILES - 1) / MOST_TILES;
        int size = (grid.count() + blocks - 1) / blocks;
        int vPlane = slices * size * SLICE + SLICE;
        int zPlane = panels * size * SLICE + SLICE;
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
                        grid,
                        orders[block],
                        block * size,
                        first,
                        end,
                        size,
                        0,
                        slices,
                        x,
                        new Part(grid, block * size, dy),
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
                finish(g, slice, firstPanel, endPanel, sums, from, plane, dw, worker);
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
            float[] x,
            Upstream dy,
            float[] sums,
            int sumsOffset,
            int sumsPlane,
            boolean accumulate,
            int worker) {
        Gather g = grid.g();
        Part part = dy.of(firstTile, count, worker);
        int slices = endSlice - firstSlice;
        int panels = Panels.count(g.filters());
        int vPlane = slices * count * SLICE + SLICE;
        int zPlane = panels * count * SLICE + SLICE;
        float[] v = scratch.floats(worker, WinogradConvolution.PATCHES, Transforms.PLANES * vPlane);
        float[] z = scratch.floats(worker, WinogradConvolution.PRODUCTS, Transforms.PLANES * zPlane);
        grid.prefetchSource(x, firstTile, count);
        int[] rows = scratch.ints(worker, DirectConvolution.TARGETS, count);
        TileOrder order = TileOrder.of(grid, firstTile, count, rows);
        transform(
                grid,
                order,
                firstTile,
                0,
                count,
                count,
                firstSlice,
                endSlice,
                x,
                part,
                v,
                CacheLine.FIRST,
                z,
                CacheLine.FIRST,
                worker);
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
            TileGrid grid,
            TileOrder order,
            int firstTile,
            int first,
            int end,
            int rows,
            int firstSlice,
            int endSlice,
            float[] x,
            Part dy,
            float[] v,
            int vTo,
            float[] z,
            int zTo,
            int worker) {
        Gather g = grid.g();
        int slicePitch = rows * SLICE;
        int vPlane = (endSlice - firstSlice) * slicePitch + SLICE;
        int zPlane = Panels.count(g.filters()) * slicePitch + SLICE;
        float[] work = scratch.floats(worker, WinogradConvolution.WORK, transforms.work());
        int patchLength = Transforms.TILE * Transforms.TILE * g.targetChannels();
        float[] patch = scratch.floats(worker, WinogradConvolution.PATCH, Math.max(grid.copyLength(), patchLength));
        int[] addresses = scratch.ints(worker, DirectConvolution.SOURCES, end - first);
        for (int t = first; t < end; t++) {
            addresses[t - first] = vTo + order.rows()[t] * SLICE;
        }
        int firstChannel = firstSlice * SLICE;
        int endChannel = Math.min(endSlice * SLICE, g.depth());
        grid.inputs(
                transforms,
                firstTile + first,
                end - first,
                x,
                firstChannel,
                endChannel,
                patch,
                v,
                addresses,
                vPlane,
                slicePitch,
                work);
        for (int t = first; t < end; t++) {
            int to = zTo + order.rows()[t] * SLICE;
            dy.grid.upstream(transforms, dy.firstTile + t, dy.dy, patch, z, to, zPlane, slicePitch, work);
        }
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

    /** Transforms the sums of a slice and some panels, which begin at {@code from} of the first plane. */
    private void finish(
            Gather g,
            int slice,
            int firstPanel,
            int endPanel,
            float[] sums,
            int from,
            int plane,
            float[] dw,
            int worker) {
        int tapPitch = g.depth() * g.filters();
        float[] work = scratch.floats(worker, WinogradConvolution.WORK, transforms.work());
        for (int row = 0; row < Math.min(SLICE, g.depth() - slice * SLICE); row++) {
            for (int panel = firstPanel; panel < endPanel; ) {
                int first = panel * Tiles.COLUMNS;
                OuterTile tile = tiles.outer(g.filters() - first);
                // of half a panel the next row's numbers come along, as filters that there are none of
                int padded = Panels.count(tile.columns()) * Tiles.COLUMNS;
                int count = Math.min(padded, g.filters() - first);
                int in = from + (panel - firstPanel) * BLOCK + row * tile.columns();
                int out = CacheLine.FIRST + (slice * SLICE + row) * g.filters() + first;
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
