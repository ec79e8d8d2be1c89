package scgrad.core.backend.cpu;

import java.util.Arrays;

/**
 * The output of a {@link Gather} cut into Winograd's tiles, numbered image by image and row by row. A map that is no multiple of a tile's side is cut
 * into fours and threes, 14 into 4, 4, 3 and 3, because a tile of three outputs takes fewer products than one of four (see {@link TiledPlaneProducts}).
 *
 * @param wholeRows how many tile rows have four output rows; they come first
 * @param wholeColumns how many tile columns have four output columns; they come first
 */
record TileGrid(Gather g, int tileRows, int tileColumns, int wholeRows, int wholeColumns) {
    /** At most so many floats are copied at once, so that they stay near. */
    private static final int COPIED_FLOATS = 16 * 1024;

    static TileGrid of(Gather g) {
        int tileRows = tiles(g.rows());
        int tileColumns = tiles(g.columns());
        return new TileGrid(g, tileRows, tileColumns, whole(tileRows, g.rows()), whole(tileColumns, g.columns()));
    }

    private static int tiles(int size) {
        return (size + Transforms.TILE - 1) / Transforms.TILE;
    }

    /** Of so many tiles, if the others have three outputs. */
    private static int whole(int tiles, int size) {
        return Math.max(0, size - (Transforms.TILE - 1) * tiles);
    }

    int count() {
        return g.batch() * perImage();
    }

    int perImage() {
        return tileRows * tileColumns;
    }

    int image(int tile) {
        return tile / perImage();
    }

    int tileRow(int tile) {
        return tile / tileColumns % tileRows;
    }

    int tileColumn(int tile) {
        return tile % tileColumns;
    }

    /** The tile's first output row. */
    int row(int tile) {
        return first(tileRow(tile), wholeRows);
    }

    /** The tile's first output column. */
    int column(int tile) {
        return first(tileColumn(tile), wholeColumns);
    }

    int rows(int tile) {
        return rowsOf(tileRow(tile));
    }

    int columns(int tile) {
        return columnsOf(tileColumn(tile));
    }

    int rowsOf(int tileRow) {
        return outputs(tileRow, wholeRows, g.rows());
    }

    int columnsOf(int tileColumn) {
        return outputs(tileColumn, wholeColumns, g.columns());
    }

    private static int first(int index, int whole) {
        return (Transforms.TILE - 1) * index + Math.min(index, whole);
    }

    private static int outputs(int index, int whole, int size) {
        return index < whole ? Transforms.TILE : Math.min(Transforms.TILE - 1, size - first(index, whole));
    }

    /** Whether all tiles have four rows and columns. */
    boolean whole() {
        return wholeRows == tileRows && wholeColumns == tileColumns;
    }

    /** The source row that a tile's patch begins with. */
    private int patchRow(int tile) {
        return g.originRow() + row(tile) * g.stride();
    }

    private int patchColumn(int tile) {
        return g.originColumn() + column(tile) * g.stride();
    }

    /** Source pixels per patch and axis. */
    private int patch() {
        return Transforms.patch(g.stride());
    }

    /** Source pixels from a patch to its neighbour, at most. */
    private int step() {
        return Transforms.TILE * g.stride();
    }

    private boolean inside(int tile) {
        int row = patchRow(tile);
        int column = patchColumn(tile);
        return row >= 0 && column >= 0 && row + patch() <= g.sourceHeight() && column + patch() <= g.sourceWidth();
    }

    /** Prefetches the source rows of some tiles' patches. */
    void prefetchSource(float[] source, int firstTile, int count) {
        int line = g.sourceWidth() * g.sourceChannels();
        int last = firstTile + count - 1;
        int top = Math.max(patchRow(firstTile), 0);
        int end = Math.min(patchRow(last) + patch(), g.sourceHeight());
        Prefetch.range(
                source,
                CacheLine.FIRST + (image(firstTile) * g.sourceHeight() + top) * line,
                CacheLine.FIRST + (image(last) * g.sourceHeight() + end) * line);
    }

    /** Prefetches the target rows of some tiles, where the first image's numbers begin {@code to} floats late. */
    void prefetchTarget(float[] target, int firstTile, int count, int to) {
        int line = g.targetWidth() * g.targetChannels();
        int last = firstTile + count - 1;
        Prefetch.range(
                target,
                CacheLine.FIRST + to + (image(firstTile) * g.targetHeight() + row(firstTile)) * line,
                CacheLine.FIRST + to + (image(last) * g.targetHeight() + row(last) + rows(last)) * line);
    }

    /** How many patches side by side are copied together. */
    private int mostCopied() {
        int pixels = COPIED_FLOATS / (patch() * g.sourceChannels());
        return Math.max(1, Math.min(tileColumns, (pixels - patch()) / step() + 1));
    }

    /** Floats that {@link #inputs} copies at once, at most. */
    int copyLength() {
        return patch() * (patch() + (mostCopied() - 1) * step()) * g.sourceChannels();
    }

    /**
     * V = B' d B of {@code count} tiles for channels first .. end - 1. Patches that leave the source are copied first, with their zeros, neighbours in
     * one piece.
     *
     * @param addresses where V of each tile begins
     */
    void inputs(
            Transforms transforms,
            int firstTile,
            int count,
            float[] source,
            int first,
            int end,
            float[] copy,
            float[] v,
            int[] addresses,
            int pitch,
            int slicePitch,
            float[] work) {
        int all = g.sourceChannels();
        int most = mostCopied();
        for (int tile = firstTile; tile < firstTile + count; ) {
            int row = patchRow(tile);
            int column = patchColumn(tile);
            if (inside(tile)) {
                int pixel = (image(tile) * g.sourceHeight() + row) * g.sourceWidth() + column;
                int from = CacheLine.FIRST + pixel * all + first;
                int to = addresses[tile - firstTile];
                transforms.input(source, from, g.sourceWidth() * all, all, end - first, v, to, pitch, slicePitch, work);
                tile++;
                continue;
            }
            int left = Math.min(firstTile + count - tile, tileColumns - tile % tileColumns);
            int run = 1;
            while (run < Math.min(most, left) && !inside(tile + run)) {
                run++;
            }
            int width = patchColumn(tile + run - 1) - column + patch();
            copy(source, image(tile), g.sourceHeight(), g.sourceWidth(), all, row, column, patch(), width, copy);
            for (int i = 0; i < run; i++) {
                int from = CacheLine.FIRST + (patchColumn(tile + i) - column) * all + first;
                int to = addresses[tile + i - firstTile];
                transforms.input(copy, from, width * all, all, end - first, v, to, pitch, slicePitch, work);
            }
            tile += run;
        }
    }

    /** Z = A dy A' of one tile for channels first .. end - 1, copied first where it is partial. */
    void upstream(
            AdjointTransforms transforms,
            int tile,
            float[] dy,
            int first,
            int end,
            float[] patch,
            float[] z,
            int to,
            int pitch,
            int panelPitch,
            float[] work) {
        int size = Transforms.TILE;
        int all = g.targetChannels();
        int from = CacheLine.FIRST + ((image(tile) * g.rows() + row(tile)) * g.columns() + column(tile)) * all;
        if (rows(tile) == size && columns(tile) == size) {
            transforms.upstream(dy, from + first, g.columns() * all, all, end - first, z, to, pitch, panelPitch, work);
        } else {
            Arrays.fill(patch, CacheLine.FIRST, CacheLine.FIRST + size * size * all, 0);
            for (int i = 0; i < rows(tile); i++) {
                int line = CacheLine.FIRST + i * size * all;
                System.arraycopy(dy, from + i * g.columns() * all, patch, line, columns(tile) * all);
            }
            transforms.upstream(
                    patch, CacheLine.FIRST + first, size * all, all, end - first, z, to, pitch, panelPitch, work);
        }
    }

    /** Copies rows x columns pixels that begin at (row, column), zero outside the image. */
    private static void copy(
            float[] image,
            int n,
            int height,
            int width,
            int channels,
            int row,
            int column,
            int rows,
            int columns,
            float[] copy) {
        int left = Math.min(Math.max(-column, 0), columns);
        int right = Math.max(Math.min(width - column, columns), left);
        for (int i = 0; i < rows; i++) {
            int to = CacheLine.FIRST + i * columns * channels;
            int end = to + columns * channels;
            if (row + i < 0 || row + i >= height) {
                Arrays.fill(copy, to, end, 0);
            } else {
                int from = CacheLine.FIRST + ((n * height + row + i) * width + column) * channels;
                Arrays.fill(copy, to, to + left * channels, 0);
                System.arraycopy(image, from + left * channels, copy, to + left * channels, (right - left) * channels);
                Arrays.fill(copy, to + right * channels, end, 0);
            }
        }
    }
}
