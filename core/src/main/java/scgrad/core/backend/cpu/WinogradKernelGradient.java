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
    /** Tiles per block: this many floats of V and Z together, within bounds. */
    private static final int BLOCK_FLOATS = 224 * 1024;

    private static final int LEAST_TILES = 48;
    private static final int MOST_TILES = 128;
    /** Teams share at most this much memory, in floats. */
    private static final int TEAM_FLOATS = 4 << 20;

    private static final int MOST_TEAMS = 16;
    private static final int SLICE = Tiles.COLUMNS;

    private final Threads threads;
    private final Tiles tiles;
    private final Transforms transforms;
    private final Scratch scratch;
    private final BufferPool pool;

    WinogradKernelGradient(Threads threads, Tiles tiles, Transforms transforms, Scratch scratch, BufferPool pool) {
        this.threads = threads;
        this.tiles = tiles;
        this.transforms = transforms;
        this.scratch = scratch;
        this.pool = pool;
    }

    void run(Gather g, float[] x, float[] dy, float[] dw) {
        TileGrid grid = TileGrid.of(g);
        int slices = Panels.count(g.depth());
        int panels = Panels.count(g.filters());
        int plane = slices * SLICE * panels * Tiles.COLUMNS;
        int size = plane * Transforms.PLANES;
        int tilesPerBlock = Math.max(
                LEAST_TILES, Math.min(MOST_TILES, BLOCK_FLOATS / (Transforms.PLANES * (slices + panels) * SLICE)));
        int blocks = (grid.count() + tilesPerBlock - 1) / tilesPerBlock;
        int teams = Math.max(1, Math.min(Math.min(MOST_TEAMS, TEAM_FLOATS / size), blocks));
        int shares = Math.max(1, Math.min(slices, 2 * threads.count() / teams));
        float[] sums = pool.take((long) teams * size);
        threads.run(teams * shares, (item, worker) -> {
            int team = item / shares;
            int share = item % shares;
            int from = (int) ((long) blocks * team / teams);
            int to = (int) ((long) blocks * (team + 1) / teams);
            for (int block = from; block < to; block++) {
                int first = (int) ((long) grid.count() * block / blocks);
                int end = (int) ((long) grid.count() * (block + 1) / blocks);
                addBlock(
                        grid,
                        first,
                        end - first,
                        slices * share / shares,
                        slices * (share + 1) / shares,
                        x,
                        dy,
                        sums,
                        team * size,
                        plane,
                        block > from,
                        worker);
            }
        });
        threads.run(slices * SLICE, (c, worker) -> finish(g, c, sums, teams, size, plane, dw, worker));
        pool.give(sums);
    }

    private void addBlock(
            TileGrid grid,
            int firstTile,
            int count,
            int firstSlice,
            int endSlice,
            float[] x,
            float[] dy,
            float[] sums,
            int sumsOffset,
            int sumsPlane,
            boolean accumulate,
            int worker) {
        Gather g = grid.g();
        int slices = endSlice - firstSlice;
        int panels = Panels.count(g.filters());
        int pitch = panels * Tiles.COLUMNS;
        int vPlane = slices * count * SLICE + SLICE;
        int zPlane = panels * count * SLICE + SLICE;
        float[] v = scratch.floats(worker, WinogradConvolution.PATCHES, Transforms.PLANES * vPlane);
        float[] z = scratch.floats(worker, WinogradConvolution.PRODUCTS, Transforms.PLANES * zPlane);
        float[] work = scratch.floats(worker, WinogradConvolution.WORK, Transforms.WORK);
        int patchLength = Transforms.TILE * Transforms.TILE * g.targetChannels();
        float[] patch = scratch.floats(worker, WinogradConvolution.PATCH, Math.max(grid.copyLength(), patchLength));
        grid.inputs(
                transforms,
                firstTile,
                count,
                x,
                firstSlice * SLICE,
                Math.min(endSlice * SLICE, g.depth()),
                patch,
                v,
                0,
                SLICE,
                vPlane,
                count * SLICE,
                work);
        for (int t = 0; t < count; t++) {
            grid.upstream(transforms, firstTile + t, dy, patch, z, t * SLICE, zPlane, count * SLICE, work);
        }
        for (int plane = 0; plane < Transforms.PLANES; plane++) {
            for (int slice = 0; slice < slices; slice++) {
                for (int panel = 0; panel < panels; ) {
                    OuterTile tile = tiles.outer(g.filters() - panel * Tiles.COLUMNS);
                    int sum = sumsOffset
                            + plane * sumsPlane
                            + (firstSlice + slice) * SLICE * pitch
                            + panel * Tiles.COLUMNS;
                    for (int row = 0; row < SLICE; row += tile.rows()) {
                        tile.outer(
                                count,
                                v,
                                plane * vPlane + slice * count * SLICE + row,
                                z,
                                plane * zPlane + panel * count * SLICE,
                                count * SLICE,
                                sums,
                                sum + row * pitch,
                                pitch,
                                accumulate);
                    }
                    panel += Panels.count(tile.columns());
                }
            }
        }
    }

    /** Adds the teams' sums of one channel and transforms them. */
    private void finish(Gather g, int c, float[] sums, int teams, int size, int plane, float[] dw, int worker) {
        if (c >= g.depth()) {
            return;
        }
        int pitch = Panels.count(g.filters()) * Tiles.COLUMNS;
        for (int e = 0; e < Transforms.PLANES; e++) {
            int at = e * plane + c * pitch;
            for (int team = 1; team < teams; team++) {
                for (int k = 0; k < pitch; k++) {
                    sums[at + k] += sums[team * size + at + k];
                }
            }
        }
        float[] work = scratch.floats(worker, WinogradConvolution.WORK, Transforms.WORK);
        float[] taps = scratch.floats(worker, WinogradConvolution.PATCH, 9 * pitch);
        transforms.kernelGradient(sums, c * pitch, plane, pitch, taps, 0, pitch, work);
        for (int tap = 0; tap < 9; tap++) {
            System.arraycopy(taps, tap * pitch, dw, (tap * g.depth() + c) * g.filters(), g.filters());
        }
    }
}
