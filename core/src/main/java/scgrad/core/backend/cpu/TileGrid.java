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

    /** V = B' d B of one tile; a patch that leaves the source, or whose channels do not fill vectors, is copied first. */
    void input(
            Transforms transforms,
            int tile,
            float[] source,
            float[] patch,
            float[] v,
            int to,
            int pitch,
            float[] work) {
        int n = image(tile);
        int row = g.originRow() + row(tile);
        int column = g.originColumn() + column(tile);
        int size = Transforms.PATCH;
        int channels = g.sourceChannels();
        boolean inside = row >= 0 && column >= 0 && row + size <= g.sourceHeight() && column + size <= g.sourceWidth();
        if (inside && channels % Transforms.PADDED == 0) {
            int from = ((n * g.sourceHeight() + row) * g.sourceWidth() + column) * channels;
            transforms.input(source, from, g.sourceWidth() * channels, channels, channels, v, to, pitch, work);
        } else {
            copy(source, n, g.sourceHeight(), g.sourceWidth(), channels, row, column, size, patch);
            int padded = Transforms.padded(channels);
            transforms.input(patch, 0, size * padded, padded, channels, v, to, pitch, work);
        }
    }

    /** Z = A dy A' of one tile, copied first where it is partial or its filters do not fill vectors. */
    void upstream(
            Transforms transforms,
            int tile,
            float[] dy,
            int firstFilter,
            int filters,
            float[] patch,
            float[] z,
            int to,
            int pitch,
            int panelPitch,
            float[] work) {
        int n = image(tile);
        int size = Transforms.TILE;
        int all = g.targetChannels();
        if (rows(tile) == size && columns(tile) == size && all % Transforms.PADDED == 0) {
            int from = ((n * g.rows() + row(tile)) * g.columns() + column(tile)) * all + firstFilter;
            transforms.upstream(dy, from, g.columns() * all, all, filters, z, to, pitch, panelPitch, work);
        } else {
            copy(dy, n, g.rows(), g.columns(), all, row(tile), column(tile), size, patch);
            int padded = Transforms.padded(all);
            transforms.upstream(patch, firstFilter, size * padded, padded, filters, z, to, pitch, panelPitch, work);
        }
    }

    /** Copies size x size pixels that begin at (row, column), zero outside the image, to pixels of padded channels. */
    private static void copy(
            float[] image, int n, int height, int width, int channels, int row, int column, int size, float[] patch) {
        int padded = Transforms.padded(channels);
        int left = Math.min(Math.max(-column, 0), size);
        int right = Math.max(Math.min(width - column, size), left);
        for (int i = 0; i < size; i++) {
            int to = i * size * padded;
            if (row + i < 0 || row + i >= height) {
                Arrays.fill(patch, to, to + size * padded, 0);
                continue;
            }
            int from = ((n * height + row + i) * width + column) * channels;
            Arrays.fill(patch, to, to + left * padded, 0);
            if (padded == channels) {
                System.arraycopy(image, from + left * channels, patch, to + left * channels, (right - left) * channels);
            } else {
                for (int j = left; j < right; j++) {
                    System.arraycopy(image, from + j * channels, patch, to + j * padded, channels);
                    Arrays.fill(patch, to + j * padded + channels, to + (j + 1) * padded, 0);
                }
            }
            Arrays.fill(patch, to + right * padded, to + size * padded, 0);
        }
    }
}
