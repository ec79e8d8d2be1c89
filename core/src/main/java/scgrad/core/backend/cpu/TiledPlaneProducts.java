package scgrad.core.backend.cpu;

import java.util.Arrays;

/**
 * Products of planes with the tiles of a machine; V is {@code [positions][rows][C]}, M {@code [positions][rows][K]}.
 *
 * <p>For a stride of 1 each of the kernel's 6x6 elements belongs to one of the 6x6 positions. For a stride of 2 (see
 * {@link VectorStridedTransforms}) the last of each axis belongs to the four odd pixels: their rows go through one product, without those
 * behind the image's edge.
 */
final class TiledPlaneProducts implements PlaneProducts {
    private static final int MANY_CHANNELS = 128;
    private static final int KERNEL = Transforms.KERNEL;

    private final Tiles tiles;
    private final Scratch scratch;
    /** Positions along an axis. */
    private final int side;
    /** Of the kernel's elements along an axis so many have one position each; if there is one more, it has all the others. */
    private final int single;

    TiledPlaneProducts(Tiles tiles, Scratch scratch, int stride) {
        this.tiles = tiles;
        this.scratch = scratch;
        this.side = Transforms.patch(stride);
        this.single = stride == 1 ? KERNEL : Transforms.EVEN;
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
            int worker) {
        Gather g = grid.g();
        int channels = (endPanel - firstPanel) * SLICE;
        int vPlane = planePitch(rows, g.depth());
        int mPlane = planePitch(rows, channels);
        int most = Math.max(1, (side - single) * (side - single)) * rows + tiles.mostRows();
        int[] sources = scratch.ints(worker, DirectConvolution.SOURCES, most);
        int[] targets = scratch.ints(worker, DirectConvolution.TARGETS, most);
        // rows of the same kind lie alike in all their planes
        for (int kind = 0; kind < (single < KERNEL ? 4 : 1); kind++) {
            boolean manyRows = kind / 2 == 1;
            boolean manyColumns = kind % 2 == 1;
            int first = Math.max(firstKernelRow, manyRows ? single : 0);
            int end = Math.min(endKernelRow, manyRows ? KERNEL : single);
            if (first >= end) {
                continue;
            }
            addresses(grid, firstTile, rows, manyRows, manyColumns, vPlane, rowPitch(g.depth()), sources);
            int count = addresses(grid, firstTile, rows, manyRows, manyColumns, mPlane, rowPitch(channels), targets);
            for (int i = first; i < end; i++) {
                for (int j = manyColumns ? single : 0; j < (manyColumns ? KERNEL : single); j++) {
                    int position = i * side + j;
                    plane(
                            g,
                            count,
                            firstPanel,
                            endPanel,
                            v,
                            sources,
                            position * vPlane,
                            u,
                            CacheLine.FIRST + ((i - firstKernelRow) * KERNEL + j) * uPlane,
                            m,
                            targets,
                            position * mPlane);
                }
            }
        }
    }

    /** Where the rows of the first plane of a kind begin, filled up with the last one; returns how many there are. */
    private int addresses(
            TileGrid grid,
            int firstTile,
            int rows,
            boolean manyRows,
            boolean manyColumns,
            int plane,
            int pitch,
            int[] addresses) {
        int count = 0;
        for (int tile = 0; tile < rows; tile++) {
            int existingRows = manyRows ? grid.rows(firstTile + tile) : 1;
            int existingColumns = manyColumns ? grid.columns(firstTile + tile) : 1;
            for (int i = 0; i < existingRows; i++) {
                for (int j = 0; j < existingColumns; j++) {
                    addresses[count++] = CacheLine.FIRST + (i * side + j) * plane + tile * pitch;
                }
            }
        }
        Arrays.fill(addresses, count, count + tiles.mostRows(), addresses[count - 1]);
        return count;
    }

    private void plane(
            Gather g,
            int rows,
            int firstPanel,
            int endPanel,
            float[] v,
            int[] sources,
            int vFrom,
            float[] u,
            int uFrom,
            float[] m,
            int[] targets,
            int mFrom) {
        int panelFloats = g.depth() * SLICE;
        int passes = (g.depth() + DEPTH - 1) / DEPTH;
        for (int pass = 0; pass < passes; pass++) {
            int from = g.depth() * pass / passes;
            int depth = g.depth() * (pass + 1) / passes - from;
            for (int panel = firstPanel; panel < endPanel; ) {
                int columns = Math.min(endPanel * SLICE, g.filters()) - panel * SLICE;
                ProductTile tile = tiles.product(rows, columns);
                int blocks = Tiles.blocks(tile, columns, depth);
                for (int first = 0; first < rows; first += tile.rows()) {
                    tile.products(
                            blocks,
                            depth,
                            v,
                            sources,
                            vFrom + from,
                            first,
                            u,
                            uFrom + panel * panelFloats + from * SLICE,
                            panelFloats,
                            m,
                            targets,
                            mFrom + (panel - firstPanel) * SLICE,
                            pass > 0);
                }
                panel += blocks * Panels.count(tile.columns());
            }
        }
    }
}
