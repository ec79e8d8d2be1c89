package scgrad.core.backend.cpu;

import java.util.Arrays;
import scgrad.core.array.ChannelNorm;
import scgrad.core.array.ConvGeometry;

/**
 * A 1x1 convolution to many more channels and the batch norm behind it, without its output z = x w in between. What the norm needs of z
 * follows from the inputs, of which there are fewer:
 *
 * <pre>
 *   mean of z[k]        m . w[k]               m, S: mean and covariance of x's channels
 *   variance of z[k]    w[k] . S w[k]
 *   y                   act(x (w scale) + shift + residual)
 *
 *   p                   dy where the ReLU was open
 *   dbeta               sum p
 *   dgamma[k]           (w[k] . G[k]) / deviation        G = x' p - m (sum p)'
 *   dw                  a G + N b (S w)
 *   dx                  p (a w)' + x (w b w') + w c      where z's gradient is a p + b z + c
 * </pre>
 *
 * p (a w)' needs no sums: it is made when p is read for x' p, and the rest of dx is added behind (32 to 128 channels of 128 images of 32x32 in 15.8
 * ms instead of 17.6 on two Emerald Rapids cores).
 *
 * <p>z is neither stored nor read, which is half of the memory that passes on the way forward and a quarter of it on the way back, nor kept for the
 * gradient. S and {@code w b w'} cost as many multiplications as C more channels of output would. 32 to 128 channels of 128 images of 32x32 with
 * a residual and a ReLU take 19.5 ms both ways on two Zen 5 cores, where convolution, statistics and norm took 26; 64 to 256 of 16x16 13.2 for
 * 15.8; 128 to 512 would lose a tenth to a third by S.
 *
 * <p>The covariance is summed around the mean of the first pixels, so that inputs far from 0 lose nothing by it.
 */
final class PointwiseBatchNorm {
    /** So many times as many channels come out as go in, at least: S must cost little. */
    private static final int EXPANSION = 4;
    /** Kernels of more weights multiply so long that memory keeps up. */
    private static final int MOST_WEIGHTS = 16 * 1024;
    /** Pixels whose mean the covariance's sums are taken around. */
    private static final int PILOT = 64;
    /** Outputs of a work item of the small products. */
    private static final int BLOCK = 64;
    /** Slot of scratch memory: sums of a chunk, which two threads may have asked for. */
    private static final int CHUNK_SUMS = 18;

    private final Threads threads;
    private final PointwiseConvolution pointwise;
    private final KernelGradient kernelGradient;
    private final NormLoops loops;
    private final Scratch scratch;
    private final BufferPool pool;

    PointwiseBatchNorm(
            Threads threads,
            PointwiseConvolution pointwise,
            KernelGradient kernelGradient,
            NormLoops loops,
            Scratch scratch,
            BufferPool pool) {
        this.threads = threads;
        this.pointwise = pointwise;
        this.kernelGradient = kernelGradient;
        this.loops = loops;
        this.scratch = scratch;
        this.pool = pool;
    }

    static boolean fits(ConvGeometry g) {
        return g.kernelHeight() * g.kernelWidth() == 1
                && g.stride() == 1
                && g.padding() == 0
                && g.groups() == 1
                && g.filters() >= EXPANSION * g.channels()
                && g.filters() * g.channels() <= MOST_WEIGHTS
                && pixels(g) >= EXPANSION * g.channels();
    }

    private static int pixels(ConvGeometry g) {
        return g.batch() * g.height() * g.width();
    }

    /** y and the statistics of z, and those of x as {@code moments} [1 + C, C]: the mean, and the covariance's rows. */
    void forward(
            ConvGeometry g,
            float[] x,
            float[] w,
            ChannelNorm norm,
            float[] residual,
            boolean relu,
            float[] moments,
            float[] y) {
        moments(g, x, moments);
        float[] mean = CpuBackend.data(norm.mean());
        float[] variance = CpuBackend.data(norm.variance());
        statistics(g, w, moments, mean, variance);
        int filters = g.filters();
        float[] scale = pool.take(filters);
        float[] shift = pool.take(filters + Tiles.COLUMNS);
        float[] gamma = CpuBackend.data(norm.gamma());
        float[] beta = CpuBackend.data(norm.beta());
        BatchNorms.scaleShift(filters, mean, variance, norm.epsilon(), gamma, beta, scale, shift);
        float[] scaled = pool.take((long) g.channels() * filters);
        BatchNorms.fold(w, g.channels() * filters, scale, filters, scaled);
        Gather gather = Gather.product(pixels(g), filters, g.channels());
        float[] packed = pack(gather, scaled, filters, 1);
        pointwise.run(gather, x, packed, new Epilogue(shift, residual, relu), y);
        for (float[] taken : new float[][] {scale, shift, scaled, packed}) {
            pool.give(taken);
        }
    }

    /** Mean m . w[k] and variance w[k] . S w[k]. */
    private void statistics(ConvGeometry g, float[] w, float[] moments, float[] mean, float[] variance) {
        int channels = g.channels();
        int filters = g.filters();
        blocks(filters, (from, to) -> {
            double[] covariances = new double[to - from];
            double[] means = new double[to - from];
            double[] variances = new double[to - from];
            for (int c = 0; c < channels; c++) {
                covariances(channels, filters, moments, w, c, from, covariances);
                double centre = moments[CacheLine.FIRST + c];
                for (int k = from; k < to; k++) {
                    float weight = w[CacheLine.FIRST + c * filters + k];
                    means[k - from] += centre * weight;
                    variances[k - from] += covariances[k - from] * weight;
                }
            }
            for (int k = from; k < to; k++) {
                mean[CacheLine.FIRST + k] = (float) means[k - from];
                variance[CacheLine.FIRST + k] = (float) Math.max(variances[k - from], 0);
            }
        });
    }

    /** Row c of S w, columns from .. from + length - 1: the covariances of channel c with z. */
    private static void covariances(
            int channels, int filters, float[] moments, float[] w, int c, int from, double[] sums) {
        Arrays.fill(sums, 0);
        for (int other = 0; other < channels; other++) {
            double covariance = moments[CacheLine.FIRST + (1 + c) * channels + other];
            int row = CacheLine.FIRST + other * filters + from;
            for (int k = 0; k < sums.length; k++) {
                sums[k] += covariance * w[row + k];
            }
        }
    }

    private void moments(ConvGeometry g, float[] x, float[] moments) {
        int channels = g.channels();
        int pixels = pixels(g);
        Gather squares = Gather.product(pixels, channels, channels);
        Lines lines = Lines.of(pixels, channels);
        float[] pilot = pool.take(lines.width());
        int near = Math.min(pixels, PILOT);
        for (int c = 0; c < channels; c++) {
            double sum = 0;
            for (int p = 0; p < near; p++) {
                sum += x[CacheLine.FIRST + p * channels + c];
            }
            pilot[c] = (float) (sum / near);
        }
        lines.repeat(pilot);
        int width = lines.width();
        int chunks = KernelGradient.chunks(squares);
        float[] sums = pool.take((long) chunks * width);
        float[] square = pool.take((long) channels * channels);
        kernelGradient.squares(
                squares,
                (chunk, first, count, worker) -> {
                    int from = CacheLine.FIRST + first * channels;
                    Prefetch.range(x, from, from + count * channels);
                    float[] centred = scratch.floats(worker, DirectConvolution.BAND, count * channels);
                    loops.centre(x, from, count * channels, width, pilot, centred, CacheLine.FIRST);
                    float[] own = scratch.floats(worker, CHUNK_SUMS, width);
                    loops.sums(centred, CacheLine.FIRST, count * channels, width, own, 0);
                    System.arraycopy(own, 0, sums, chunk * width, width);
                    return new KernelGradient.Rows(centred, CacheLine.FIRST);
                },
                square);
        double[] off = new double[channels];
        lines.totals(sums, chunks, 0, channels, off);
        for (int c = 0; c < channels; c++) {
            off[c] /= pixels;
            moments[CacheLine.FIRST + c] = (float) (pilot[c] + off[c]);
        }
        for (int c = 0; c < channels; c++) {
            for (int k = 0; k < channels; k++) {
                double product = square[CacheLine.FIRST + c * channels + k];
                moments[CacheLine.FIRST + (1 + c) * channels + k] = (float) (product / pixels - off[c] * off[k]);
            }
        }
        pool.give(pilot);
        pool.give(sums);
        pool.give(square);
    }

    private float[] pack(Gather g, float[] w, int rowStride, int columnStride) {
        float[] packed = pool.take(Panels.length(g.depth(), g.filters()));
        pointwise.pack(g, pointwise.panels(g, w, CacheLine.FIRST, rowStride, columnStride), packed);
        return packed;
    }

    /** What arrives from behind: dy, and behind a ReLU its output y and memory for what it let pass, which may be dy; else null. */
    record Arriving(float[] dy, float[] y, float[] passed) {
        float[] open() {
            return y == null ? dy : passed;
        }
    }

    /**
     * All gradients.
     *
     * @param dx null where nobody asks for it; with {@code accumulate} added to what it holds
     * @param dw null where nobody asks for it
     */
    void gradient(
            ConvGeometry g,
            float[] x,
            float[] w,
            float[] moments,
            ChannelNorm norm,
            Arriving arriving,
            float[] dx,
            boolean accumulate,
            float[] dw,
            float[] dgamma,
            float[] dbeta) {
        float[] mean = CpuBackend.data(norm.mean());
        float[] variance = CpuBackend.data(norm.variance());
        float[] gamma = CpuBackend.data(norm.gamma());
        int channels = g.channels();
        int filters = g.filters();
        int pixels = pixels(g);
        double[] a = new double[filters];
        for (int k = 0; k < filters; k++) {
            int at = CacheLine.FIRST + k;
            a[k] = gamma[at] * BatchNorms.Terms.inverse(variance[at], norm.epsilon());
        }
        float[] product = pool.take((long) channels * filters);
        double[] sums = products(g, x, w, a, arriving, accumulate, dx, product);
        double[] b = new double[filters];
        double[] c = new double[filters];
        blocks(filters, (from, to) -> {
            double[] dots = new double[to - from];
            for (int i = 0; i < channels; i++) {
                for (int k = from; k < to; k++) {
                    int at = CacheLine.FIRST + i * filters + k;
                    double centred = product[at] - moments[CacheLine.FIRST + i] * sums[k];
                    product[at] = (float) centred;
                    dots[k - from] += w[at] * centred;
                }
            }
            for (int k = from; k < to; k++) {
                double dot = dots[k - from];
                int at = CacheLine.FIRST + k;
                BatchNorms.Terms terms = BatchNorms.Terms.of(
                        gamma[at], mean[at], variance[at], norm.epsilon(), sums[k], dot, pixels, true);
                dgamma[at] = (float) (dot * terms.inverse());
                dbeta[at] = (float) sums[k];
                b[k] = terms.b();
                c[k] = terms.c();
            }
            double[] covariances = new double[to - from];
            for (int i = 0; i < channels && dw != null; i++) {
                covariances(channels, filters, moments, w, i, from, covariances);
                for (int k = from; k < to; k++) {
                    int at = CacheLine.FIRST + i * filters + k;
                    dw[at] = (float) (a[k] * product[at] + pixels * b[k] * covariances[k - from]);
                }
            }
        });
        if (dx != null) {
            addThroughStatistics(g, x, w, b, c, dx);
        }
        pool.give(product);
    }

    /**
     * x' p into {@code product} [C, K], and p (a w)' into dx where that is not null, while each chunk of p is in the second-level cache. The sums of p
     * are the result.
     */
    private double[] products(
            ConvGeometry g,
            float[] x,
            float[] w,
            double[] a,
            Arriving arriving,
            boolean accumulate,
            float[] dx,
            float[] product) {
        int channels = g.channels();
        int filters = g.filters();
        Gather gather = Gather.forward(g, 0);
        Gather back = Gather.product(pixels(g), channels, filters);
        float[] scaled = dx == null ? null : scaled(g, w, a);
        float[] packed = dx == null ? null : pack(back, scaled, 1, filters);
        Epilogue sum = accumulate ? Epilogue.adding(channels, dx, null) : null;
        boolean together = dx != null && kernelGradient.asksOnce(gather);
        int chunks = KernelGradient.chunks(gather);
        Lines lines = Lines.of(pixels(g), filters);
        int width = lines.width();
        float[] sums = pool.take((long) chunks * width);
        kernelGradient.run(
                gather,
                x,
                (chunk, first, count, worker) -> {
                    int from = CacheLine.FIRST + first * filters;
                    int numbers = count * filters;
                    float[] own = scratch.floats(worker, CHUNK_SUMS, width);
                    Prefetch.range(arriving.dy, from, from + numbers);
                    if (arriving.y == null) {
                        loops.sums(arriving.dy, from, numbers, width, own, 0);
                    } else {
                        Prefetch.range(arriving.y, from, from + numbers);
                        loops.passedSums(arriving.dy, arriving.y, arriving.passed, from, numbers, width, own, 0);
                    }
                    System.arraycopy(own, 0, sums, chunk * width, width);
                    if (together) {
                        pointwise.runInside(back, first, count, arriving.open(), packed, sum, dx, 0, worker);
                    }
                    return new KernelGradient.Rows(arriving.open(), from);
                },
                product);
        if (dx != null) {
            if (!together) {
                pointwise.run(back, arriving.open(), packed, sum, dx);
            }
            pool.give(scaled);
            pool.give(packed);
        }
        double[] totals = new double[filters];
        lines.totals(sums, chunks, 0, filters, totals);
        pool.give(sums);
        return totals;
    }

    /** w [C, K] with a factor for each filter. */
    private float[] scaled(ConvGeometry g, float[] w, double[] factors) {
        int filters = g.filters();
        float[] scaled = pool.take((long) g.channels() * filters);
        for (int i = 0; i < g.channels(); i++) {
            for (int k = 0; k < filters; k++) {
                int at = CacheLine.FIRST + i * filters + k;
                scaled[at] = (float) (factors[k] * w[at]);
            }
        }
        return scaled;
    }

    /** dx += x (w b w') + w c */
    private void addThroughStatistics(ConvGeometry g, float[] x, float[] w, double[] b, double[] c, float[] dx) {
        int channels = g.channels();
        int filters = g.filters();
        float[] scaled = scaled(g, w, b);
        float[] through = pool.take((long) channels * channels);
        float[] shift = pool.take(channels + Tiles.COLUMNS);
        for (int i = 0; i < channels; i++) {
            double constant = 0;
            for (int k = 0; k < filters; k++) {
                constant += c[k] * w[CacheLine.FIRST + i * filters + k];
            }
            shift[i] = (float) constant;
        }
        Gather small = Gather.product(channels, channels, filters);
        float[] columns = pack(small, w, 1, filters);
        pointwise.run(small, scaled, columns, null, through);
        Gather same = Gather.product(pixels(g), channels, channels);
        float[] packed = pack(same, through, channels, 1);
        pointwise.run(same, x, packed, new Epilogue(shift, dx, false), dx);
        for (float[] taken : new float[][] {scaled, through, shift, columns, packed}) {
            pool.give(taken);
        }
    }

    private interface Block {
        void run(int from, int to);
    }

    private void blocks(int filters, Block block) {
        threads.run(
                (filters + BLOCK - 1) / BLOCK,
                (item, worker) -> block.run(item * BLOCK, Math.min((item + 1) * BLOCK, filters)));
    }
}
