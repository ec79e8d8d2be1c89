package scgrad.core.backend.cpu;

import java.util.Arrays;

/** y [M, N] = a b with either operand transposed, as a {@link PointwiseConvolution} of M pixels by packed panels of b. */
final class MatrixProduct {
    /** Columns of a work item that transposes. */
    private static final int BLOCK = 64;

    /** Numbers of a work item that multiplies a single row. */
    private static final int CHUNK = 64 * 1024;

    /**
     * Columns that fill no panel, such as the classes of CIFAR-10: where nothing else calls the tile for them, the JVM interprets it, up to 9 ms of a
     * step of ResNet-29.
     */
    private static final int FEW_COLUMNS = Tiles.COLUMNS;
    /** Numbers of a that are packed for that; a larger product has its tile compiled soon. */
    private static final int FEW_NUMBERS = 1 << 20;

    private final Threads threads;
    private final Loops loops;
    private final PointwiseConvolution pointwise;
    private final BufferPool pool;

    MatrixProduct(Threads threads, Loops loops, PointwiseConvolution pointwise, BufferPool pool) {
        this.threads = threads;
        this.loops = loops;
        this.pointwise = pointwise;
        this.pool = pool;
    }

    /** @param m rows of y; n columns of y; k the depth */
    void run(int m, int n, int k, float[] a, boolean transposeA, float[] b, boolean transposeB, float[] y) {
        if (m == 0 || n == 0) {
            return;
        }
        if (k == 0) {
            Arrays.fill(y, CacheLine.FIRST, CacheLine.FIRST + m * n, 0);
            return;
        }
        if (m == 1 && transposeB) {
            row(n, k, a, b, y);
            return;
        }
        if (transposeB && !transposeA && (m < n || n < FEW_COLUMNS && (long) m * k <= FEW_NUMBERS)) {
            // the rows of b, such as a classifier's weights, are read where they lie, and those of a are packed; the
            // sums are the same
            float[] transposed = pool.take((long) m * n);
            withPanels(n, m, k, b, false, a, true, transposed);
            transpose(transposed, n, m, y);
            pool.give(transposed);
            return;
        }
        withPanels(m, n, k, a, transposeA, b, transposeB, y);
    }

    /** The same by packed panels of b. */
    private void withPanels(
            int m, int n, int k, float[] a, boolean transposeA, float[] b, boolean transposeB, float[] y) {
        Gather g = Gather.product(m, n, k);
        float[] packed = pool.take(Panels.length(k, n));
        pointwise.pack(g, pointwise.panels(g, b, CacheLine.FIRST, transposeB ? 1 : n, transposeB ? k : 1), packed);
        float[] left = transposeA ? pool.take((long) m * k) : a;
        if (transposeA) {
            transpose(a, k, m, left);
        }
        pointwise.run(g, left, packed, null, y);
        pool.give(packed);
        if (transposeA) {
            pool.give(left);
        }
    }

    /** y [n] = b [n, k] a [k]: as fast as b comes from memory, where a product of tiles would compute 16 columns. */
    private void row(int n, int k, float[] a, float[] b, float[] y) {
        int rows = Math.max(1, CHUNK / k);
        threads.run((n + rows - 1) / rows, (item, worker) -> {
            int first = item * rows;
            int from = CacheLine.FIRST + first * k;
            loops.dots(b, from, Math.min(rows, n - first), k, a, CacheLine.FIRST, y, CacheLine.FIRST + first);
        });
    }

    /** a [rows, columns] becomes {@code to} [columns, rows]. */
    private void transpose(float[] a, int rows, int columns, float[] to) {
        threads.run((columns + BLOCK - 1) / BLOCK, (item, worker) -> {
            int first = item * BLOCK;
            int count = Math.min(BLOCK, columns - first);
            for (int row = 0; row < rows; row += CacheLine.FLOATS) {
                int from = CacheLine.FIRST + row * columns + first;
                int at = CacheLine.FIRST + first * rows + row;
                loops.transpose(a, from, columns, Math.min(CacheLine.FLOATS, rows - row), count, to, at, rows);
            }
        });
    }
}
