package scgrad.core.backend.opencl;

/**
 * The outputs that a work-group makes of a product at a time; see {@link ProductKernels}. Both give the same bits, so a measurement may
 * choose.
 */
enum Tile {
    WIDE(ProductKernels.WIDE_PRODUCT, ProductKernels.SQUARE, ProductKernels.SQUARE),
    NARROW(ProductKernels.NARROW_PRODUCT, ProductKernels.TALL, ProductKernels.SIDE);

    final int command;
    private final int rows;
    private final int columns;

    Tile(int command, int rows, int columns) {
        this.command = command;
        this.rows = rows;
        this.columns = columns;
    }

    int columns() {
        return columns;
    }

    /** How many of this tile an m x n product takes. */
    long count(int m, int n) {
        return (long) ((m + rows - 1) / rows) * ((n + columns - 1) / columns);
    }

    /** The tile that takes less time for an m x n product, where one {@link #NARROW} takes {@code narrowCost} times as long as a wide one. */
    static Tile of(int m, int n, double narrowCost) {
        return NARROW.count(m, n) * narrowCost < WIDE.count(m, n) ? NARROW : WIDE;
    }
}
