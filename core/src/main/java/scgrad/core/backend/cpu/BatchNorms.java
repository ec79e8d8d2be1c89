package scgrad.core.backend.cpu;

import java.util.Arrays;
import scgrad.core.array.ChannelNorm;
import scgrad.core.array.Shape;

/**
 * Batch normalisation by chunks of {@link Lines}. Each chunk gives its own mean and squared deviations, which are combined in order and in
 * double (Chan, Golub, LeVeque 1979): one pass over memory without the cancellation of a sum of squares.
 */
final class BatchNorms {
    /** Channels of a work item that combines chunks. */
    private static final int BLOCK = 128;

    private final Threads threads;
    private final NormLoops loops;
    private final BufferPool pool;
    /** Two vectors of totals for each worker. */
    private final double[][][] totals;

    BatchNorms(Threads threads, NormLoops loops, BufferPool pool) {
        this.threads = threads;
        this.loops = loops;
        this.pool = pool;
        this.totals = new double[threads.count()][2][BLOCK];
    }

    private static Lines lines(Shape x) {
        return Lines.of(x.rows(), x.channels());
    }

    void statistics(Shape shape, float[] x, float[] mean, float[] variance) {
        Lines lines = lines(shape);
        int width = lines.width();
        int chunks = lines.chunks();
        float[] shifts = pool.take((long) chunks * width);
        float[] sums = pool.take((long) chunks * width);
        float[] squares = pool.take((long) chunks * width);
        threads.runBackwards(
                chunks,
                (item, worker) -> loops.moments(
                        x, lines.start(item), lines.length(item), width, shifts, sums, squares, item * width));
        blocks(
                lines.channels(),
                (from, to, worker) -> combine(lines, shifts, sums, squares, mean, variance, from, to, totals[worker]));
        pool.give(shifts);
        pool.give(sums);
        pool.give(squares);
    }

    private static void combine(
            Lines lines,
            float[] shifts,
            float[] sums,
            float[] squares,
            float[] mean,
            float[] variance,
            int from,
            int to,
            double[][] totals) {
        int rows = Math.max(lines.rows(), 1);
        double share = 1.0 / rows;
        double[] centre = totals[0];
        double[] deviations = totals[1];
        Arrays.fill(centre, 0);
        Arrays.fill(deviations, 0);
        for (int item = 0; item < lines.chunks(); item++) {
            for (int place = 0; place < lines.fold(); place++) {
                int at = item * lines.width() + place * lines.channels() + from;
                double height = lines.height(item, place);
                for (int c = 0; c < to - from; c++) {
                    centre[c] += (shifts[at + c] * height + sums[at + c]) * share;
                }
            }
        }
        for (int item = 0; item < lines.chunks(); item++) {
            for (int place = 0; place < lines.fold(); place++) {
                int at = item * lines.width() + place * lines.channels() + from;
                double height = lines.height(item, place);
                for (int c = 0; c < to - from; c++) {
                    // the sum of (x - centre)^2 from those of x - shift and of its square
                    double off = shifts[at + c] - centre[c];
                    deviations[c] += squares[at + c] + off * (2 * sums[at + c] + off * height);
                }
            }
        }
        for (int c = 0; c < to - from; c++) {
            mean[CacheLine.FIRST + from + c] = (float) centre[c];
            variance[CacheLine.FIRST + from + c] = (float) (Math.max(deviations[c], 0) / rows);
        }
    }

    private interface Block {
        void run(int from, int to, int worker);
    }

    private void blocks(int channels, Block block) {
        threads.run(
                (channels + BLOCK - 1) / BLOCK,
                (item, worker) -> block.run(item * BLOCK, Math.min((item + 1) * BLOCK, channels), worker));
    }

    /** Normalisation by given statistics as x * scale + shift, these two from their first number on. */
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
            int at = CacheLine.FIRST + c;
            double factor = gamma[at] / Math.sqrt(variance[at] + epsilon);
            scale[c] = (float) factor;
            shift[c] = (float) (beta[at] - mean[at] * factor);
        }
    }

    /** w [.., K] with each filter scaled: a convolution and the scale of the norm behind it in one; {@code folded} may be w. */
    static void fold(float[] w, int weights, float[] scale, int filters, float[] folded) {
        for (int i = CacheLine.FIRST; i < CacheLine.FIRST + weights; i += filters) {
            for (int k = 0; k < filters; k++) {
                folded[i + k] = w[i + k] * scale[k];
            }
        }
    }

    /**
     * The gradient of one channel of a norm's input, dx = a dy + b x + c. In training b and c carry the gradient through the statistics.
     *
     * @param inverse one over the deviation
     */
    record Terms(double inverse, double a, double b, double c) {
        /**
         * @param sum of dy over {@code rows} pixels
         * @param product sum of dy * (x - mean)
         */
        static Terms of(
                double gamma,
                double mean,
                double variance,
                double epsilon,
                double sum,
                double product,
                int rows,
                boolean training) {
            double inverse = inverse(variance, epsilon);
            double factor = gamma * inverse;
            double through = training ? -factor * inverse * inverse * product / rows : 0;
            double constant = training ? -factor * sum / rows - through * mean : 0;
            return new Terms(inverse, factor, through, constant);
        }

        static double inverse(double variance, double epsilon) {
            return 1 / Math.sqrt(variance + epsilon);
        }
    }

    /** x * scale + shift: norm along a line. One method for forward and backward, so that both see a ReLU open at the same places. */
    private record Scaling(float[] scale, float[] shift) {
        static Scaling of(Lines lines, ChannelNorm norm, BufferPool pool) {
            Scaling scaling = new Scaling(pool.take(lines.width()), pool.take(lines.width()));
            scaleShift(
                    lines.channels(),
                    CpuBackend.data(norm.mean()),
                    CpuBackend.data(norm.variance()),
                    norm.epsilon(),
                    CpuBackend.data(norm.gamma()),
                    CpuBackend.data(norm.beta()),
                    scaling.scale,
                    scaling.shift);
            lines.repeat(scaling.scale);
            lines.repeat(scaling.shift);
            return scaling;
        }

        void give(BufferPool pool) {
            pool.give(scale);
            pool.give(shift);
        }
    }

    void apply(Shape shape, float[] x, ChannelNorm norm, float[] residual, boolean relu, float[] y) {
        Lines lines = lines(shape);
        Scaling scaling = Scaling.of(lines, norm, pool);
        threads.run(
                lines.chunks(),
                (item, worker) -> loops.scaleShift(
                        x,
                        lines.start(item),
                        lines.length(item),
                        lines.width(),
                        scaling.scale,
                        scaling.shift,
                        residual,
                        relu,
                        y));
        scaling.give(pool);
    }

    /** What becomes of the gradient of x, of which the sums over all pixels are known. */
    interface Reader {
        void read(NormInputGradient dx);
    }

    /** The gradients, that of x stored in dx. */
    void gradient(
            Shape shape,
            float[] x,
            ChannelNorm norm,
            boolean relu,
            float[] y,
            boolean training,
            float[] dy,
            float[] dx,
            float[] dgamma,
            float[] dbeta,
            float[] dresidual) {
        Lines lines = lines(shape);
        int chunks = lines.chunks();
        gradient(
                shape,
                x,
                norm,
                relu,
                y,
                training,
                dy,
                dx,
                dgamma,
                dbeta,
                dresidual,
                gradient -> threads.runBackwards(
                        chunks,
                        (item, worker) ->
                                gradient.compute(lines.start(item), lines.length(item), dx, lines.start(item))));
    }

    /**
     * The gradients, that of x for somebody to compute: two passes over x and dy in all. Memory's speed is theirs: a ReLU's mask comes from x
     * again where it can, and else the first pass writes what passed the ReLU, to dresidual or {@code work}, for the second to read.
     */
    void gradient(
            Shape shape,
            float[] x,
            ChannelNorm norm,
            boolean relu,
            float[] y,
            boolean training,
            float[] dy,
            float[] work,
            float[] dgamma,
            float[] dbeta,
            float[] dresidual,
            Reader reader) {
        Lines lines = lines(shape);
        int channels = lines.channels();
        int width = lines.width();
        int chunks = lines.chunks();
        float[] mean = CpuBackend.data(norm.mean());
        float[] variance = CpuBackend.data(norm.variance());
        float[] gamma = CpuBackend.data(norm.gamma());
        float[] centre = pool.take(width);
        System.arraycopy(mean, CacheLine.FIRST, centre, 0, channels);
        lines.repeat(centre);
        Scaling scaling = Scaling.of(lines, norm, pool);
        float[] scale = relu ? scaling.scale : null;
        float[] passed = y == null ? dy : dresidual == null ? work : dresidual;
        float[] sums = pool.take((long) chunks * width);
        float[] products = pool.take((long) chunks * width);
        threads.run(chunks, (item, worker) -> {
            int start = lines.start(item);
            int length = lines.length(item);
            int out = item * width;
            if (y == null) {
                loops.gradientSums(x, dy, start, length, width, centre, scale, scaling.shift, sums, products, out);
            } else {
                loops.gradientSums(x, dy, y, passed, start, length, width, centre, sums, products, out);
            }
        });
        float[] a = pool.take(width);
        float[] b = pool.take(width);
        float[] c = pool.take(width);
        blocks(channels, (from, to, worker) -> {
            double[] sumOf = totals[worker][0];
            double[] productOf = totals[worker][1];
            lines.totals(sums, from, to, sumOf);
            lines.totals(products, from, to, productOf);
            for (int k = from; k < to; k++) {
                double sum = sumOf[k - from];
                double product = productOf[k - from];
                int at = CacheLine.FIRST + k;
                Terms terms = Terms.of(
                        gamma[at], mean[at], variance[at], norm.epsilon(), sum, product, shape.rows(), training);
                dgamma[at] = (float) (product * terms.inverse);
                dbeta[at] = (float) sum;
                a[k] = (float) terms.a;
                b[k] = (float) terms.b;
                c[k] = (float) terms.c;
            }
        });
        lines.repeat(a);
        lines.repeat(b);
        lines.repeat(c);
        float[] open = y == null ? scale : null;
        reader.read(new NormInputGradient(loops, width, x, passed, a, b, c, open, scaling.shift));
        scaling.give(pool);
        pool.give(centre);
        pool.give(sums);
        pool.give(products);
        pool.give(a);
        pool.give(b);
        pool.give(c);
    }
}
