package scgrad.core.backend.cpu;

import java.util.Arrays;

/** The output of a {@link Gather} cut into Winograd's tiles, numbered image by image and row by row; those at the lower and right edge may be partial. */
record TileGrid(Gather g, int tileRows, int tileColumns) {
    static TileGrid of(Gather g) {
        return new TileGrid(g, tiles(g.rows()), tiles(g.columns()));
    }

    private static int tiles(int size) {
        return (size + Transforms.TILE - 1) / Transforms.TILE;
    }

    int count() {
        return g.batch() * tileRows * tileColumns;
    }

    int image(int tile) {
        return tile / (tileRows * tileColumns);
    }

    /** The tile's first output row. */
    int row(int tile) {
        return tile / tileColumns % tileRows * Transforms.TILE;
    }

    /** The tile's first output column. */
    int column(int tile) {
        return tile % tileColumns * Transforms.TILE;
    }

    int rows(int tile) {
        return Math.min(Transforms.TILE, g.rows() - row(tile));
    }

    int columns(int tile) {
        return Math.min(Transforms.TILE, g.columns() - column(tile));
    }

    /** V = B' d B of one tile, for channels first .. end - 1; a patch that leaves the source is copied first, with its zeros. */
    void input(
            Transforms transforms,
            int tile,
            float[] source,
            int first,
            int end,
            float[] patch,
            float[] v,
            int to,
            int pitch,
            int slicePitch,
            float[] work) {
        int n = image(tile);
        int row = g.originRow() + row(tile);
        int column = g.originColumn() + column(tile);
        int size = Transforms.PATCH;
        int all = g.sourceChannels();
        boolean inside = row >= 0 && column >= 0 && row + size <= g.sourceHeight() && column + size <= g.sourceWidth();
        if (inside) {
            int from = ((n * g.sourceHeight() + row) * g.sourceWidth() + column) * all + first;
            transforms.input(source, from, g.sourceWidth() * all, all, end - first, v, to, pitch, slicePitch, work);
        } else {
            copy(source, n, g.sourceHeight(), g.sourceWidth(), all, row, column, size, patch);
            transforms.input(patch, first, size * all, all, end - first, v, to, pitch, slicePitch, work);
        }
    }

    /** Z = A dy A' of one tile, copied first where it is partial. */
    void upstream(
            Transforms transforms,
            int tile,
            float[] dy,
            float[] patch,
            float[] z,
            int to,
            int pitch,
            int panelPitch,
            float[] work) {
        int n = image(tile);
        int size = Transforms.TILE;
        int all = g.targetChannels();
        if (rows(tile) == size && columns(tile) == size) {
            int from = ((n * g.rows() + row(tile)) * g.columns() + column(tile)) * all;
            transforms.upstream(dy, from, g.columns() * all, all, all, z, to, pitch, panelPitch, work);
        } else {
            copy(dy, n, g.rows(), g.columns(), all, row(tile), column(tile), size, patch);
            transforms.upstream(patch, 0, size * all, all, all, z, to, pitch, panelPitch, work);
        }
    }

    /** Copies size x size pixels that begin at (row, column), zero outside the image. */
    private static void copy(
            float[] image, int n, int height, int width, int channels, int row, int column, int size, float[] patch) {
        int left = Math.min(Math.max(-column, 0), size);
        int right = Math.max(Math.min(width - column, size), left);
        for (int i = 0; i < size; i++) {
            int to = i * size * channels;
            int end = to + size * channels;
            if (row + i < 0 || row + i >= height) {
                Arrays.fill(patch, to, end, 0);
            } else {
                int from = ((n * height + row + i) * width + column) * channels;
                Arrays.fill(patch, to, to + left * channels, 0);
                System.arraycopy(image, from + left * channels, patch, to + left * channels, (right - left) * channels);
                Arrays.fill(patch, to + right * channels, end, 0);
            }
        }
    }
}
