package scgrad.core.backend.opencl;

import java.util.Arrays;

/**
 * The outputs that a work-group makes of a product at a time; see {@link ProductKernels} and {@link LargeProductKernels}. All give the same
 * bits, so a measurement may choose.
 */
enum Tile {
    WIDE(LargeProductKernels.LARGE_PRODUCT, ProductKernels.SQUARE, ProductKernels.SQUARE),
    NARROW(ProductKernels.NARROW_PRODUCT, ProductKernels.TALL, ProductKernels.SIDE),
    LARGE(LargeProductKernels.LARGE_PRODUCT, DeviceMemory.HIGH, ProductKernels.SQUARE);

    final int command;
    final int rows;
    private final int columns;

    Tile(int command, int rows, int columns) {
        this.command = command;
        this.rows = rows;
        this.columns = columns;
    }

    /** How many of this tile an m x n product takes. */
    long count(int m, int n) {
        return (long) ((m + rows - 1) / rows) * ((n + columns - 1) / columns);
    }

    /**
     * What the tiles take on a device.
     *
     * @param atOnce how many of any the device makes at a time
     * @param each time of one, in the order of {@link Tile#values}, in any unit
     */
    record Costs(int atOnce, double[] each) {
        /** Before anything was measured: the fewest tiles are the best. */
        static Costs unmeasured() {
            double[] each = new double[Tile.values().length];
            Arrays.fill(each, 1);
            return new Costs(1, each);
        }

        /**
         * A device that is half full takes as long as a full one, so few large tiles lose to more small ones. Beyond that a new tile begins as soon
         * as another ends.
         */
        private double of(Tile tile, int m, int n, int splits) {
            double rounds = Math.max(1, (double) tile.count(m, n) * splits / atOnce);
            return rounds * each[tile.ordinal()];
        }
    }

    /** The tile that takes the least time for an m x n product whose depth is cut into splits. */
    static Tile of(int m, int n, int splits, Costs costs) {
        Tile best = WIDE;
        for (Tile tile : values()) {
            if (costs.of(tile, m, n, splits) < costs.of(best, m, n, splits)) {
                best = tile;
            }
        }
        return best;
    }
}
