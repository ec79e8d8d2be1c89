package scgrad.core.backend.cpu;

import java.util.Arrays;

/** Matrices packed for {@link Tiles}: panels of 16 columns, {@code [columns / 16][rows][16]}, the last one filled up with zeros. */
final class Panels {
    /** Floats of a cache line. */
    private static final int LINE = 16;

    private Panels() {}

    static int count(int columns) {
        return (columns + Tiles.COLUMNS - 1) / Tiles.COLUMNS;
    }

    static int length(int rows, int columns) {
        return count(columns) * rows * Tiles.COLUMNS;
    }

    /**
     * Packs rows {@code from .. to-1} of one panel; element (row, column) of the matrix is {@code matrix[offset + row * rowStride + column *
     * columnStride]}, of which one stride is 1, and {@code rows} is how many the panel has in all.
     */
    static void pack(
            Loops loops,
            float[] matrix,
            int offset,
            int rowStride,
            int columnStride,
            int rows,
            int columns,
            int panel,
            int from,
            int to,
            float[] packed) {
        int first = panel * Tiles.COLUMNS;
        int width = Math.min(Tiles.COLUMNS, columns - first);
        int in = offset + from * rowStride + first * columnStride;
        int out = (panel * rows + from) * Tiles.COLUMNS;
        if (width < Tiles.COLUMNS) {
            Arrays.fill(packed, out, out + (to - from) * Tiles.COLUMNS, 0);
        }
        if (columnStride == 1) {
            loops.copyRows(matrix, in, rowStride, packed, out, Tiles.COLUMNS, to - from, width);
        } else {
            for (int row = 0; row < to - from; row += LINE) {
                int count = Math.min(LINE, to - from - row);
                transpose(matrix, in + row * rowStride, columnStride, packed, out + row * Tiles.COLUMNS, width, count);
            }
        }
    }

    /** Line by line of the matrix: columns that are a power of two apart would push each other out of the first-level cache. */
    private static void transpose(float[] matrix, int in, int pitch, float[] packed, int out, int width, int count) {
        for (int j = 0; j < width; j++) {
            for (int i = 0; i < count; i++) {
                packed[out + i * Tiles.COLUMNS + j] = matrix[in + j * pitch + i];
            }
        }
    }
}
