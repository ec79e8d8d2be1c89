package scgrad.core.backend.cpu;

import scgrad.core.array.Shape;

/**
 * Batch normalisation by chunks of rows that fit the first-level cache. Each chunk gives its own mean and squared deviations, which are
 * combined in order and in double (Chan, Golub, LeVeque 1979): one pass over memory without the cancellation of a sum of squares.
 */
final class BatchNorms {
    private static final int CHUNK = 8 * 1024;

    private final Threads threads;
    private final Loops loops;
    private final BufferPool pool;

    BatchNorms(Threads threads, Loops loops, BufferPool pool) {
        this.threads = threads;
        this.loops = loops;
        this.pool = pool;
    }

    private interface Chunk {
        void run(int item, int row, int rows);
    }

    private static int chunkRows(int channels) {
        return Math.max(CHUNK / Math.max(channels, 1), 8);
    }

    private static int chunkCount(Shape x) {
        int rows = chunkRows(x.channels());
        return (x.rows() + rows - 1) / rows;
    }

    private void chunks(Shape x, Chunk chunk) {
        int rows = chunkRows(x.channels());
        threads.run(
                chunkCount(x), (item, worker) -> chunk.run(item, item * rows, Math.min(rows, x.rows() - item * rows)));
    }

    void statistics(Shape shape, float[] x, float[] mean, float[] variance) {
        int channels = shape.channels();
        int chunks = chunkCount(shape);
        float[] means = pool.take((long) chunks * channels);
        float[] squares = pool.take((long) chunks * channels);
        chunks(
                shape,
                (item, row, rows) -> loops.moments(x, row * channels, rows, channels, means, squares, item * channels));
        int most = chunkRows(channels);
        for (int c = 0; c < channels; c++) {
            double count = 0;
            double centre = 0;
            double sum = 0;
            for (int i = 0; i < chunks; i++) {
                int rows = Math.min(most, shape.rows() - i * most);
                double delta = means[i * channels + c] - centre;
                double total = count + rows;
                centre += delta * rows / total;
                sum += squares[i * channels + c] + delta * delta * count * rows / total;
                count = total;
            }
            mean[c] = (float) centre;
            variance[c] = (float) (sum / Math.max(count, 1));
        }
        pool.give(means);
        pool.give(squares);
    }

    /** Normalisation by given statistics as x * scale + shift. */
    static void scaleShift(
            int channels,
            float[] mean,
            float[] variance,
            double epsilon,
            float[] gamma,
            float[] beta,
            float[] scale,
            float[] shift) {
        for (int c = 0; c < channels; c++) {
            double factor = gamma[c] / Math.sqrt(variance[c] + epsilon);
            scale[c] = (float) factor;
            shift[c] = (float) (beta[c] - mean[c] * factor);
        }
    }

    void apply(
            Shape shape,
            float[] x,
            float[] mean,
            float[] variance,
            double epsilon,
            float[] gamma,
            float[] beta,
            float[] residual,
            boolean relu,
            float[] y) {
        int channels = shape.channels();
        float[] scale = pool.take(channels);
        float[] shift = pool.take(channels);
        scaleShift(channels, mean, variance, epsilon, gamma, beta, scale, shift);
        chunks(
                shape,
                (item, row, rows) ->
                        loops.scaleShift(x, row * channels, rows, channels, scale, shift, residual, relu, y));
        pool.give(scale);
        pool.give(shift);
    }

    void gradient(
            Shape shape,
            float[] x,
            float[] mean,
            float[] variance,
            double epsilon,
            float[] gamma,
            float[] y,
            boolean training,
            float[] dy,
            float[] dx,
            float[] dgamma,
            float[] dbeta,
            float[] dresidual) {
        int channels = shape.channels();
        int chunks = chunkCount(shape);
        float[] sums = pool.take((long) chunks * channels);
        float[] products = pool.take((long) chunks * channels);
        chunks(
                shape,
                (item, row, rows) -> loops.gradientSums(
                        x, dy, y, row * channels, rows, channels, mean, sums, products, item * channels));
        // dx = a dy + b x + c, where a = gamma / deviation and, in training, b and c carry the gradient through the
        // statistics
        float[] a = pool.take(channels);
        float[] b = pool.take(channels);
        float[] c = pool.take(channels);
        for (int k = 0; k < channels; k++) {
            double sum = 0;
            double product = 0;
            for (int i = 0; i < chunks; i++) {
                sum += sums[i * channels + k];
                product += products[i * channels + k];
            }
            double inverse = 1 / Math.sqrt(variance[k] + epsilon);
            dgamma[k] = (float) (product * inverse);
            dbeta[k] = (float) sum;
            double factor = gamma[k] * inverse;
            double through = training ? -factor * inverse * inverse * product / shape.rows() : 0;
            a[k] = (float) factor;
            b[k] = (float) through;
            c[k] = (float) (training ? -factor * sum / shape.rows() - through * mean[k] : 0);
        }
        chunks(
                shape,
                (item, row, rows) ->
                        loops.normGradient(x, dy, y, row * channels, rows, channels, a, b, c, dx, dresidual));
        pool.give(sums);
        pool.give(products);
        pool.give(a);
        pool.give(b);
        pool.give(c);
    }
}
