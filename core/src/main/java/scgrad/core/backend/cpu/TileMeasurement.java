package scgrad.core.backend.cpu;

import java.util.Arrays;
import java.util.List;

/**
 * Times tiles against each other. All take turns in short rounds, so that a disturbance or a slow clock meets all alike, and each counts
 * by its best round; the rounds go on until the JVM has compiled all of them and nobody's best improves any more.
 */
final class TileMeasurement {
    /** Depth of one run; three of them are 288 deep, as in a 3x3 convolution of 32 channels. */
    private static final int DEPTH = 96;

    private static final int RUNS = 3;
    private static final int MOST_ROWS = 16;
    private static final long ROUND_NANOSECONDS = 1_500_000;
    /** Rounds without an improvement of more than {@link #SAME} before the figures count as settled. */
    private static final int QUIET_ROUNDS = 25;
    /** A tile of 24 accumulators is compiled for about a second; until then it runs a hundred times as slowly. */
    private static final long LEAST_NANOSECONDS = 2_000_000_000L;

    private static final double SAME = 1.02;
    private static final long MOST_NANOSECONDS = 5_000_000_000L;

    /**
     * What came out.
     *
     * @param speeds of each candidate, multiplications and additions per nanosecond
     * @param settled whether the figures stood still at the end; on a busy machine they may not
     */
    record Result(double[] speeds, boolean settled) {}

    private final float[] a = new float[MOST_ROWS * RUNS * DEPTH];
    private final float[] panels = new float[4 * RUNS * DEPTH * Tiles.COLUMNS];
    private final float[] c = new float[MOST_ROWS * 4 * Tiles.COLUMNS];
    private final int[] aOffsets = new int[MOST_ROWS];
    private final int[] cOffsets = new int[MOST_ROWS];

    private TileMeasurement() {
        Arrays.fill(a, 0.5f);
        Arrays.fill(panels, 0.25f);
        for (int i = 0; i < MOST_ROWS; i++) {
            aOffsets[i] = i * RUNS * DEPTH;
            cOffsets[i] = i * 4 * Tiles.COLUMNS;
        }
    }

    static Result of(List<Tiles> candidates) {
        TileMeasurement measurement = new TileMeasurement();
        double[] product = new double[candidates.size()];
        double[] outer = new double[candidates.size()];
        long started = System.nanoTime();
        int quiet = 0;
        long elapsed = 0;
        while (elapsed < MOST_NANOSECONDS && (quiet < QUIET_ROUNDS || elapsed < LEAST_NANOSECONDS)) {
            boolean improved = false;
            for (int i = 0; i < product.length; i++) {
                double first = measurement.round(candidates.get(i), true);
                double second = measurement.round(candidates.get(i), false);
                improved |= first > SAME * product[i] || second > SAME * outer[i];
                product[i] = Math.max(product[i], first);
                outer[i] = Math.max(outer[i], second);
            }
            quiet = improved ? 0 : quiet + 1;
            elapsed = System.nanoTime() - started;
        }
        double[] speeds = new double[product.length];
        for (int i = 0; i < speeds.length; i++) {
            // two of three convolutions of a training are products, the kernel's gradient is the other
            speeds[i] = 3 / (2 / product[i] + 1 / outer[i]);
        }
        return new Result(speeds, quiet >= QUIET_ROUNDS);
    }

    /** Floating-point operations per nanosecond over one short round, at least one call. */
    private double round(Tiles tiles, boolean product) {
        long started = System.nanoTime();
        long work = 0;
        long elapsed;
        do {
            work += product ? product(tiles) : outer(tiles);
            elapsed = System.nanoTime() - started;
        } while (elapsed < ROUND_NANOSECONDS);
        return (double) work / elapsed;
    }

    private long product(Tiles tiles) {
        // both ways to begin, one and several runs and blocks, even and odd depths: what is compiled serves for all
        ProductTile tile = tiles.product(MOST_ROWS, 2 * Tiles.COLUMNS);
        int pitch = RUNS * DEPTH * Tiles.COLUMNS;
        tile.product(1, 0, RUNS * DEPTH, a, aOffsets, 0, 0, panels, 0, pitch, c, cOffsets, 0, false);
        tile.product(RUNS, DEPTH, DEPTH, a, aOffsets, 0, 0, panels, 0, pitch, c, cOffsets, 0, true);
        tile.products(1, DEPTH - 1, a, aOffsets, 0, 0, panels, 0, pitch, c, cOffsets, 0, false);
        tile.products(2, DEPTH, a, aOffsets, 0, 0, panels, 0, DEPTH * Tiles.COLUMNS, c, cOffsets, 0, true);
        return 2L * tile.rows() * tile.columns() * (2 * RUNS * DEPTH + DEPTH - 1 + 2 * DEPTH);
    }

    private long outer(Tiles tiles) {
        OuterTile tile = tiles.outer(2 * Tiles.COLUMNS);
        int depth = RUNS * DEPTH;
        tile.outer(depth, panels, 0, panels, 0, depth * Tiles.COLUMNS, c, 0, false);
        tile.outer(depth, panels, 0, panels, 0, depth * Tiles.COLUMNS, c, 0, true);
        return 2L * 2 * tile.rows() * tile.columns() * depth;
    }
}
