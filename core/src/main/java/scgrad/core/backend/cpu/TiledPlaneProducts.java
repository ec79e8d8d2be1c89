package scgrad.core.backend.cpu;

/** Products of planes with the tiles of a machine; V is {@code [36][rows][C]}, M {@code [36][rows][K]}. */
final class TiledPlaneProducts implements PlaneProducts {
    private static final int MANY_CHANNELS = 128;

    private final Tiles tiles;
    private final Scratch scratch;

    TiledPlaneProducts(Tiles tiles, Scratch scratch) {
        this.tiles = tiles;
        this.scratch = scratch;
    }

    /** Rows of many channels are a cache line longer, or they would meet in few sets of the caches. */
    @Override
    public int rowPitch(int channels) {
        int padded = Transforms.padded(channels);
        return channels >= MANY_CHANNELS ? padded + GAP : padded;
    }

    @Override
    public int slicePitch(int rows, int channels) {
        return SLICE;
    }

    @Override
    public int planePitch(int rows, int channels) {
        return rows * rowPitch(channels) + GAP;
    }

    @Override
    public void run(
            Gather g,
            int rows,
            int firstPanel,
            int endPanel,
            float[] v,
            int vFrom,
            float[] u,
            int uPlane,
            float[] m,
            int worker) {
        int channels = (endPanel - firstPanel) * SLICE;
        int padded = rows + tiles.mostRows();
        int[] sources = scratch.ints(worker, DirectConvolution.SOURCES, padded);
        int[] targets = scratch.ints(worker, DirectConvolution.TARGETS, padded);
        for (int row = 0; row < padded; row++) {
            sources[row] = Math.min(row, rows - 1) * rowPitch(g.depth());
            targets[row] = Math.min(row, rows - 1) * rowPitch(channels);
        }
        int vPlane = planePitch(rows, g.depth());
        int mPlane = planePitch(rows, channels);
        int panelFloats = g.depth() * SLICE;
        int passes = (g.depth() + DEPTH - 1) / DEPTH;
        for (int plane = 0; plane < Transforms.PLANES; plane++) {
            for (int pass = 0; pass < passes; pass++) {
                int from = g.depth() * pass / passes;
                int depth = g.depth() * (pass + 1) / passes - from;
                for (int panel = firstPanel; panel < endPanel; ) {
                    int columns = Math.min(endPanel * SLICE, g.filters()) - panel * SLICE;
                    ProductTile tile = tiles.product(columns);
                    int blocks = Tiles.blocks(tile, columns, depth);
                    int uOffset = plane * uPlane + panel * panelFloats + from * SLICE;
                    int mShift = plane * mPlane + (panel - firstPanel) * SLICE;
                    for (int first = 0; first < rows; first += tile.rows()) {
                        tile.products(
                                blocks,
                                depth,
                                v,
                                sources,
                                vFrom + plane * vPlane + from,
                                first,
                                u,
                                uOffset,
                                panelFloats,
                                m,
                                targets,
                                mShift,
                                pass > 0);
                    }
                    panel += blocks * Panels.count(tile.columns());
                }
            }
        }
    }
}
