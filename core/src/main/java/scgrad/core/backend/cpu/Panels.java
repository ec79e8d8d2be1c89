package scgrad.core.backend.cpu;

/** Matrices packed for {@link Tiles}: panels of 16 columns, {@code [columns / 16][rows][16]}, the last one filled up with zeros. */
final class Panels {
    private Panels() {}

    static int count(int columns) {
        return (columns + Tiles.COLUMNS - 1) / Tiles.COLUMNS;
    }

    static int length(int rows, int columns) {
        return count(columns) * rows * Tiles.COLUMNS;
    }

    /**
     * Packs rows {@code from .. to-1} of one panel; element (row, column) of the matrix is {@code matrix[offset + row * rowStride + column *
     * columnStride]}, and {@code rows} is how many the panel has in all.
     */
    static void pack(
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
        int out = (panel * rows + from) * Tiles.COLUMNS;
        for (int row = from; row < to; row++) {
            int in = offset + row * rowStride + first * columnStride;
            if (columnStride == 1) {
                System.arraycopy(matrix, in, packed, out, width);
            } else {
                for (int j = 0; j < width; j++) {
                    packed[out + j] = matrix[in + j * columnStride];
                }
            }
            for (int j = width; j < Tiles.COLUMNS; j++) {
                packed[out + j] = 0;
            }
            out += Tiles.COLUMNS;
        }
    }
}
