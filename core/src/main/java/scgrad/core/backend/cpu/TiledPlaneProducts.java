package scgrad.core.backend.cpu;

import java.util.Arrays;

/**
 * Products of planes with the tiles of a machine; V is {@code [positions][rows][C]}, M {@code [positions][rows][K]}.
 *
 * <p>For a stride of 1 each of the kernel's 6x6 elements belongs to one of the 6x6 positions. For a stride of 2 (see
 * {@link VectorStridedTransforms}) the last of each axis belongs to the four odd pixels: their rows go through one product, without those
 * behind the tile's end. The point at infinity serves the last of a tile's four outputs alone, so that a tile of fewer does without it: a sixth
 * of the products of maps of 7x7 and 14x14.
 */
final class TiledPlaneProducts implements PlaneProducts {
    /** What the kernel's elements along an axis meet in a tile: one position, one if the tile is whole, or one for each output. */
    private enum Kind {
        FINITE,
        INFINITE,
        ODD;

        int positions(int outputs) {
            return switch (this) {
                case FINITE -> 1;
                case INFINITE -> outputs / Transforms.TILE;
                case ODD -> outputs;
            };
        }
    }

    private static final int MANY_CHANNELS = 128;
    private static final int KERNEL = Transforms.KERNEL;

    private final Tiles tiles;
    private final Scratch scratch;
    /** Positions along an axis. */
    private final int side;

    private final int points;
    private final Kind[] kinds;

    TiledPlaneProducts(Tiles tiles, Scratch scratch, int stride) {
        this.tiles = tiles;
        this.scratch = scratch;
        this.side = Transforms.patch(stride);
        this.points = Transforms.points(stride);
        this.kinds = stride == 1 ? new Kind[] {Kind.FINITE, Kind.INFINITE} : Kind.values();
    }

    private int first(Kind kind) {
        return switch (kind) {
            case FINITE -> 0;
            case INFINITE -> points - 1;
            case ODD -> points;
        };
    }

    private int end(Kind kind) {
        return switch (kind) {
            case FINITE -> points - 1;
            case INFINITE -> points;
            case ODD -> KERNEL;
        };
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
        int most = Math.max(1, (side - points) * (side - points)) * rows + tiles.mostRows();
        int[] sources = scratch.ints(worker, DirectConvolution.SOURCES, most);
        int[] targets = scratch.ints(worker, DirectConvolution.TARGETS, most);
        // rows of the same kind lie alike in all their planes
        for (Kind down : kinds) {
            int first = Math.max(firstKernelRow, first(down));
            int end = Math.min(endKernelRow, end(down));
            if (first >= end) {
                continue;
            }
            for (Kind across : kinds) {
                int count = addresses(grid, firstTile, rows, down, across, vPlane, rowPitch(g.depth()), sources);
                if (count == 0) {
                    continue;
                }
                addresses(grid, firstTile, rows, down, across, mPlane, rowPitch(channels), targets);
                for (int i = first; i < end; i++) {
                    for (int j = first(across); j < end(across); j++) {
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
    }

    /** Where the rows of the first plane of two kinds begin, filled up with the last one; returns how many there are. */
    private int addresses(
            TileGrid grid, int firstTile, int rows, Kind down, Kind across, int plane, int pitch, int[] addresses) {
        int count = 0;
        int row = grid.tileRow(firstTile);
        int column = grid.tileColumn(firstTile);
        for (int tile = 0; tile < rows; tile++) {
            int positionRows = down.positions(grid.rowsOf(row));
            int positionColumns = across.positions(grid.columnsOf(column));
            if (++column == grid.tileColumns()) {
                column = 0;
                row = row + 1 == grid.tileRows() ? 0 : row + 1;
            }
            for (int i = 0; i < positionRows; i++) {
                for (int j = 0; j < positionColumns; j++) {
                    addresses[count++] = CacheLine.FIRST + (i * side + j) * plane + tile * pitch;
                }
            }
        }
        if (count > 0) {
            Arrays.fill(addresses, count, count + tiles.mostRows(), addresses[count - 1]);
        }
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
