package scgrad.core.backend.cpu;

/**
 * The tiles that a machine uses, by how many columns are left.
 *
 * @param name what {@link TileChoice} and users call them: rows, columns and vector width of the widest
 * @param pair of two panels; null where one panel keeps the vector units busy
 * @param lower of two panels, for more than a few rows, of which it leaves fewer of its own empty than the pair does; null where there is none
 * @param narrow of half a panel; null where there is none
 */
record Tiles(
        String name,
        ProductTile single,
        ProductTile pair,
        ProductTile lower,
        ProductTile narrow,
        OuterTile outerSingle,
        OuterTile outerPair,
        OuterTile outerNarrow) {
    /** Columns of a packed panel. */
    static final int COLUMNS = 16;
    /** What sums begin with, as many as any tile has. */
    static final float[] ZEROS = new float[COLUMNS * COLUMNS];
    /** So few rows, a classifier's for instance, save less by a lower tile than they take until the JVM has compiled it for them alone. */
    private static final int FEW = 16;
    /** Floats of the panels that {@link #blocks} take at once. */
    private static final int NEAR = 16 * 1024;

    /**
     * The tile for so many rows and the first of {@code columns} columns that are left, where those of the last panel are all there.
     */
    ProductTile product(int rows, int columns) {
        return pair != null && columns > COLUMNS
                ? lower != null && rows > FEW && padded(lower, rows) < padded(pair, rows) ? lower : pair
                : narrow != null && columns <= narrow.columns() ? narrow : single;
    }

    private static int padded(ProductTile tile, int rows) {
        return (rows + tile.rows() - 1) / tile.rows() * tile.rows();
    }

    /**
     * Into strips of how many rows those of a product are cut, each of which stays in a cache: a multiple of the rows of every tile that its
     * columns take, so that none adds to rows of the next strip.
     */
    int strip(int rows, int columns) {
        boolean pairs = columns % (2 * COLUMNS) == 0 || columns % (2 * COLUMNS) > COLUMNS;
        return pairs && product(rows, columns) == lower ? 49 : 48;
    }

    /**
     * How many blocks of a tile go side by side in {@link ProductTile#products} where {@code columns} are left: as many whole ones as have
     * panels that stay near, one at least.
     */
    static int blocks(ProductTile tile, int columns, int depth) {
        return Math.max(1, Math.min(columns, NEAR / Math.max(depth, 1)) / tile.columns());
    }

    /** The same as {@link #product} for sums of outer products. */
    OuterTile outer(int columns) {
        return outerPair != null && columns > COLUMNS
                ? outerPair
                : outerNarrow != null && columns <= outerNarrow.columns() ? outerNarrow : outerSingle;
    }

    /** The most rows that any tile takes at once: lists of addresses are filled up by as many. */
    int mostRows() {
        int rows = single.rows();
        rows = pair == null ? rows : Math.max(rows, pair.rows());
        return narrow == null ? rows : Math.max(rows, narrow.rows());
    }
}
