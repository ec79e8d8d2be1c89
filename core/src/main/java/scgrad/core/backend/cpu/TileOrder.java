package scgrad.core.backend.cpu;

/**
 * The rows that the tiles of a block have in V and Z of {@link WinogradKernelGradient}. Where a tile has fewer than four outputs along an axis, its
 * upstream gradient is zero at the point at infinity, and the products there are left out. So tiles lie in the order whole down, whole down and
 * across, whole across, neither, in which those that are not zero are neighbours in each plane.
 *
 * @param rows of the tiles one after the other
 * @param down how many are whole down only
 * @param whole how many are whole down and across
 * @param across how many are whole across only
 */
record TileOrder(int[] rows, int count, int down, int whole, int across) {
    // in their order
    private static final int DOWN = 0;
    private static final int WHOLE = 1;
    private static final int ACROSS = 2;
    private static final int NEITHER = 3;

    private static final int INFINITY = Transforms.KERNEL - 1;

    /** @param rows room for the result's */
    static TileOrder of(TileGrid grid, int firstTile, int count, int[] rows) {
        // as below, without looking at each tile
        if (grid.whole()) {
            for (int t = 0; t < count; t++) {
                rows[t] = t;
            }
            return new TileOrder(rows, count, 0, count, 0);
        }
        int[] counts = new int[4];
        for (int t = 0; t < count; t++) {
            rows[t] = kind(grid, firstTile + t);
            counts[rows[t]]++;
        }
        int down = counts[DOWN];
        int whole = counts[WHOLE];
        int across = counts[ACROSS];
        int[] next = {0, down, down + whole, down + whole + across};
        for (int t = 0; t < count; t++) {
            rows[t] = next[rows[t]]++;
        }
        return new TileOrder(rows, count, down, whole, across);
    }

    private static int kind(TileGrid grid, int tile) {
        boolean down = grid.rows(tile) == Transforms.TILE;
        boolean across = grid.columns(tile) == Transforms.TILE;
        return down ? across ? WHOLE : DOWN : across ? ACROSS : NEITHER;
    }

    /** The first row of a plane that is not zero. */
    int first(int plane) {
        return plane % Transforms.KERNEL == INFINITY ? down : 0;
    }

    /** Behind the last row of a plane that is not zero. */
    int end(int plane) {
        if (plane / Transforms.KERNEL == INFINITY) {
            return down + whole;
        }
        return plane % Transforms.KERNEL == INFINITY ? down + whole + across : count;
    }
}
