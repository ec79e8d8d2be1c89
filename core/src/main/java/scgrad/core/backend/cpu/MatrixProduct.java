package scgrad.core.backend.cpu;

/** y [M, N] = a b with either operand transposed: packed panels of b, rows of a where they lie, or a small transposed block of them. */
final class MatrixProduct {
    private static final int ROWS = 120;
    private static final int DEPTH = 256;

    private final Threads threads;
    private final Tiles tiles;
    private final Scratch scratch;
    private final BufferPool pool;

    MatrixProduct(Threads threads, Tiles tiles, Scratch scratch, BufferPool pool) {
        this.threads = threads;
        this.tiles = tiles;
        this.scratch = scratch;
        this.pool = pool;
    }

    /** @param m rows of y; n columns of y; k the depth */
    void run(int m, int n, int k, float[] a, boolean transposeA, float[] b, boolean transposeB, float[] y) {
        if (m == 0 || n == 0) {
            return;
        }
        if (k == 0) {
            java.util.Arrays.fill(y, 0, m * n, 0);
            return;
        }
        float[] packed = pool.take(Panels.length(k, n));
        int panels = Panels.count(n);
        threads.run(
                panels,
                (panel, worker) ->
                        Panels.pack(b, 0, transposeB ? 1 : n, transposeB ? k : 1, k, n, panel, 0, k, packed));
        int blocks = (m + ROWS - 1) / ROWS;
        int shares = Math.max(1, Math.min(panels, 4 * threads.count() / blocks));
        threads.run(blocks * shares, (item, worker) -> {
            int share = item % shares;
            int from = item / shares * ROWS;
            block(
                    from,
                    Math.min(ROWS, m - from),
                    m,
                    n,
                    k,
                    a,
                    transposeA,
                    packed,
                    panels * share / shares,
                    panels * (share + 1) / shares,
                    y,
                    worker);
        });
        pool.give(packed);
    }

    private void block(
            int from,
            int rows,
            int m,
            int n,
            int k,
            float[] a,
            boolean transposeA,
            float[] packed,
            int firstPanel,
            int endPanel,
            float[] y,
            int worker) {
        int tileRows = tiles.rows();
        int padded = (rows + tileRows - 1) / tileRows * tileRows;
        int[] sources = scratch.ints(worker, DirectConvolution.SOURCES, padded);
        int[] targets = scratch.ints(worker, DirectConvolution.TARGETS, padded);
        int[] edges = scratch.ints(worker, DirectConvolution.EDGES, padded);
        float[] left = a;
        if (transposeA) {
            left = scratch.floats(worker, DirectConvolution.BAND, rows * k);
            for (int p = 0; p < k; p++) {
                for (int i = 0; i < rows; i++) {
                    left[i * k + p] = a[p * m + from + i];
                }
            }
        }
        for (int i = 0; i < padded; i++) {
            int row = Math.min(i, rows - 1);
            sources[i] = (transposeA ? row : from + row) * k;
            targets[i] = (from + row) * n;
            edges[i] = row * Tiles.COLUMNS;
        }
        int edge = n % Tiles.COLUMNS;
        float[] edgeTile = edge != 0 ? scratch.floats(worker, DirectConvolution.EDGE, rows * Tiles.COLUMNS) : null;
        int passes = (k + DEPTH - 1) / DEPTH;
        for (int pass = 0; pass < passes; pass++) {
            int depthFrom = (int) ((long) k * pass / passes);
            int depth = (int) ((long) k * (pass + 1) / passes) - depthFrom;
            for (int panel = firstPanel; panel < endPanel; panel++) {
                boolean onEdge = edge != 0 && panel == n / Tiles.COLUMNS;
                for (int first = 0; first < rows; first += tileRows) {
                    tiles.product(
                            1,
                            0,
                            depth,
                            left,
                            sources,
                            depthFrom,
                            first,
                            packed,
                            (panel * k + depthFrom) * Tiles.COLUMNS,
                            onEdge ? edgeTile : y,
                            onEdge ? edges : targets,
                            onEdge ? 0 : panel * Tiles.COLUMNS,
                            pass > 0);
                }
            }
        }
        if (edge != 0 && endPanel == Panels.count(n)) {
            for (int i = 0; i < rows; i++) {
                System.arraycopy(edgeTile, i * Tiles.COLUMNS, y, (from + i) * n + n - edge, edge);
            }
        }
    }
}
