package scgrad.core.backend.cpu;

/**
 * The products of Winograd's planes, M = V U, where rows of V and M are tiles of the image, and how V and M lie in memory. Every element is
 * one chain of fused multiply-adds over the depth, in order, as in {@link ProductTile}.
 */
interface PlaneProducts {
    /** Depth of one pass, as in {@link DirectConvolution}. */
    int DEPTH = 256;
    /** Neighbouring slices of 16 channels lie side by side, or apart. */
    int SLICE = Tiles.COLUMNS;
    /**
     * Floats between planes, and between rows of many channels: a cache line, because the 36 stores of a transform would otherwise meet in one
     * set of the first-level cache.
     */
    int GAP = 16;
    /** Measured gain of slices: 1.1 at a depth of 16 and 32, none at 64, a loss of a tenth at 256. */
    int MOST_SLICED = 64;

    /** Whether a depth is so small that slices pay: over a long one a tile loses little, and reads its rows in one go. */
    static boolean sliced(Tiles tiles, int depth) {
        return depth <= MOST_SLICED && tiles.single() instanceof VectorProduct512x16x16;
    }

    /** Floats from row to row. */
    int rowPitch(int channels);

    /** Floats from slice to slice of a row. */
    int slicePitch(int rows, int channels);

    /** Floats from position to position. */
    int planePitch(int rows, int channels);

    /** Floats from plane to plane of a transformed kernel. */
    static int kernelPlane(Gather g) {
        return Panels.count(g.filters()) * g.depth() * Tiles.COLUMNS + GAP;
    }

    /**
     * The planes of some rows of the kernels (see {@link Transforms#kernelRow}) of so many rows of V, those of the tiles from {@code firstTile}
     * on, with some panels of U.
     *
     * @param u beginning with the first of those rows
     * @param uPlane floats from plane to plane of U
     */
    void run(
            TileGrid grid,
            int firstKernelRow,
            int endKernelRow,
            int firstTile,
            int rows,
            int firstPanel,
            int endPanel,
            float[] v,
            float[] u,
            int uPlane,
            float[] m,
            int worker);
}
