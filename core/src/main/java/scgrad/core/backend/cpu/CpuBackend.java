package scgrad.core.backend.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import scgrad.core.array.Backend;
import scgrad.core.array.Binary;
import scgrad.core.array.Branch;
import scgrad.core.array.BranchGradient;
import scgrad.core.array.ChannelNorm;
import scgrad.core.array.ConvGeometry;
import scgrad.core.array.MemoryUse;
import scgrad.core.array.NDArray;
import scgrad.core.array.Reduction;
import scgrad.core.array.Resampling;
import scgrad.core.array.SplitMix;
import scgrad.core.array.Unary;
import scgrad.core.array.Windows;

/**
 * float32 on all cores. This class divides the work into items that do not depend on the number of threads, and hands them to the
 * kernels: {@link Convolutions}, {@link MatrixProduct}, {@link BatchNorms}, {@link Pooling} and the loops.
 */
final class CpuBackend implements Backend {
    /** Numbers per item of an element-by-element loop. */
    private static final int CHUNK = 16 * 1024;

    private static final int SCRATCH_SLOTS = 22;
    /** 512 KB: what an operation reads, and often writes over, in a core's second-level cache of 1 or 2 MB. */
    private static final long NEAR = 128 * 1024;

    private final Threads threads;
    private final Loops loops;
    private final Tiles tiles;
    private final BufferPool pool;
    private final Scratch scratch;
    private final Convolutions convolutions;
    private final FoldedKernels foldedKernels;
    private final MatrixProduct product;
    private final BatchNorms norms;
    private final Broadcast broadcast;
    private final Pooling pooling;

    CpuBackend(
            int threads,
            Loops loops,
            Tiles tiles,
            AdjointTransforms transforms,
            Transforms stridedTransforms,
            GroupLoops groupLoops) {
        this.threads = new Threads(threads);
        this.pool = new BufferPool(threads, this.threads::worker);
        this.loops = loops;
        this.tiles = tiles;
        this.scratch = new Scratch(threads, SCRATCH_SLOTS);
        PointwiseConvolution pointwise = new PointwiseConvolution(this.threads, tiles, loops, scratch);
        this.convolutions = new Convolutions(
                this.threads, pointwise, tiles, transforms, stridedTransforms, loops, groupLoops, scratch, pool);
        this.foldedKernels = new FoldedKernels(convolutions, pool);
        this.product = new MatrixProduct(this.threads, loops, pointwise, pool);
        this.norms = new BatchNorms(this.threads, loops.norms(), pool);
        this.broadcast = new Broadcast(this.threads, loops, scratch);
        this.pooling = new Pooling(this.threads, loops, scratch);
    }

    /** The memory of an array, whose numbers begin at {@link CacheLine#FIRST}. */
    static float[] data(NDArray array) {
        return (float[]) array.buffer();
    }

    private static float[] dataOrNull(NDArray array) {
        return array == null ? null : data(array);
    }

    private static int length(NDArray array) {
        return array.shape().length();
    }

    private interface Range {
        void run(int from, int to);
    }

    /** Shares out the numbers of an array, which begin at {@link CacheLine#FIRST}. */
    private void chunks(int length, Range range) {
        threads.run(
                (length + CHUNK - 1) / CHUNK,
                (item, worker) -> range.run(
                        CacheLine.FIRST + item * CHUNK, CacheLine.FIRST + Math.min((item + 1) * CHUNK, length)));
    }

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public String description() {
        return "cpu: float32, " + threads.count() + (threads.count() == 1 ? " thread, " : " threads, ")
                + loops.description() + ", tiles " + tiles.name();
    }

    @Override
    public double roundoff() {
        return 0x1.0p-24;
    }

    @Override
    public long nearNumbers() {
        return NEAR;
    }

    /** Each thread's own where all get about as many; else all threads share the operations of one piece after the other. */
    @Override
    public void apart(int count, IntConsumer body) {
        if (count % threads.count() == 0 || count >= 4 * threads.count()) {
            threads.runApart(count, (item, worker) -> body.accept(item));
        } else {
            Backend.super.apart(count, body);
        }
    }

    // Memory

    @Override
    public Object take(long length, boolean persistent) {
        return pool.takeArray(length, persistent);
    }

    @Override
    public void give(Object buffer, long length) {
        pool.giveArray((float[]) buffer);
    }

    @Override
    public String memory() {
        return pool.memory();
    }

    @Override
    public List<MemoryUse> memoryByKind() {
        List<MemoryUse> kinds = new ArrayList<>(pool.kinds());
        kinds.add(new MemoryUse("kernels kept packed", foldedKernels.bytes(), foldedKernels.bytes()));
        kinds.add(new MemoryUse("working memory of the threads", scratch.bytes(), scratch.bytes()));
        return kinds;
    }

    /** How many arrays the pool took from the JVM so far. */
    long arraysMade() {
        return pool.made();
    }

    @Override
    public void upload(float[] from, NDArray to) {
        System.arraycopy(from, 0, data(to), CacheLine.FIRST, length(to));
        to.storage().touch();
    }

    @Override
    public void upload(double[] from, NDArray to) {
        float[] y = data(to);
        for (int i = 0; i < length(to); i++) {
            y[CacheLine.FIRST + i] = (float) from[i];
        }
        to.storage().touch();
    }

    @Override
    public void download(NDArray from, float[] to) {
        System.arraycopy(data(from), CacheLine.FIRST, to, 0, length(from));
    }

    @Override
    public void download(NDArray from, double[] to) {
        float[] x = data(from);
        for (int i = 0; i < length(from); i++) {
            to[i] = x[CacheLine.FIRST + i];
        }
    }

    // Element by element

    @Override
    public void fill(NDArray y, double value) {
        float[] to = data(y);
        chunks(length(y), (i, end) -> Arrays.fill(to, i, end, (float) value));
        y.storage().touch();
    }

    @Override
    public void copy(NDArray x, NDArray y) {
        float[] from = data(x);
        float[] to = data(y);
        chunks(length(y), (i, end) -> System.arraycopy(from, i, to, i, end - i));
        y.storage().touch();
    }

    @Override
    public void unary(Unary f, double parameter, NDArray x, NDArray y) {
        float[] from = data(x);
        float[] to = data(y);
        chunks(length(y), (i, end) -> loops.unary(f, (float) parameter, from, to, i, end));
        y.storage().touch();
    }

    @Override
    public void unaryGradient(Unary f, double parameter, NDArray x, NDArray y, NDArray dy, NDArray dx) {
        float[] out = data(y);
        float[] in = x == null ? out : data(x);
        float[] upstream = data(dy);
        float[] to = data(dx);
        chunks(length(dx), (i, end) -> loops.unaryGradient(f, (float) parameter, in, out, upstream, to, i, end));
    }

    @Override
    public void binary(Binary f, NDArray a, NDArray b, NDArray y) {
        broadcast.run(f, a, b, y);
        y.storage().touch();
    }

    @Override
    public void blend(double a, NDArray x, double b, NDArray y) {
        float[] from = data(x);
        float[] to = data(y);
        float fa = (float) a;
        float fb = (float) b;
        chunks(length(y), (start, end) -> {
            for (int i = start; i < end; i++) {
                to[i] = fa * from[i] + fb * to[i];
            }
        });
        y.storage().touch();
    }

    @Override
    public void dropout(double keep, long seed, NDArray x, NDArray y) {
        float[] from = data(x);
        float[] to = data(y);
        float scale = (float) (1 / keep);
        chunks(length(y), (start, end) -> {
            for (int i = start; i < end; i++) {
                to[i] = SplitMix.uniform(seed, i - CacheLine.FIRST) < keep ? from[i] * scale : 0;
            }
        });
    }

    // Movement

    @Override
    public void permute(NDArray x, int[] order, NDArray y) {
        new Permutation(threads).run(x, order, y);
    }

    @Override
    public void copyRegion(NDArray x, int[] from, NDArray y, int[] to, int[] size) {
        new Regions(threads, loops).copy(x, from, y, to, size);
        y.storage().touch();
    }

    // Reductions and products

    @Override
    public void reduce(Reduction f, NDArray x, boolean[] mask, NDArray y) {
        new Reducer(threads, loops.norms(), pool).run(f, x, mask, y);
    }

    @Override
    public void argMax(NDArray x, NDArray y) {
        float[] from = data(x);
        float[] to = data(y);
        int classes = x.shape().channels();
        threads.run(length(y), (row, worker) -> {
            int first = CacheLine.FIRST + row * classes;
            int best = first;
            for (int k = first + 1; k < first + classes; k++) {
                best = from[k] > from[best] ? k : best;
            }
            to[CacheLine.FIRST + row] = best - first;
        });
    }

    @Override
    public void matmul(NDArray a, boolean transposeA, NDArray b, boolean transposeB, NDArray y) {
        int depth = a.shape().size(transposeA ? 0 : 1);
        product.run(y.shape().size(0), y.shape().size(1), depth, data(a), transposeA, data(b), transposeB, data(y));
    }

    // Convolution

    @Override
    public void conv2d(ConvGeometry g, NDArray x, NDArray w, NDArray y) {
        convolutions.forward(g, data(x), data(w), null, data(y));
    }

    @Override
    public void conv2dNorm(
            ConvGeometry g, NDArray x, NDArray w, ChannelNorm norm, NDArray residual, boolean relu, NDArray y) {
        FoldedKernels.Folded folded = foldedKernels.of(g, w, norm);
        Epilogue epilogue = new Epilogue(folded.shift(), dataOrNull(residual), relu);
        if (folded.prepared() != null) {
            convolutions.forward(g, data(x), folded.prepared(), epilogue, data(y));
        } else {
            convolutions.forward(g, data(x), folded.plain(), epilogue, data(y));
        }
    }

    @Override
    public void conv2dBranches(NDArray x, List<Branch> branches) {
        if (!Convolutions.joins(branches.stream().map(Branch::geometry).toList())) {
            Backend.super.conv2dBranches(x, branches);
            return;
        }
        List<PointwiseConvolution.Branch> prepared = new ArrayList<>();
        for (Branch b : branches) {
            Gather gather = Gather.forward(b.geometry(), 0);
            if (b.norm() == null) {
                float[] packed = convolutions.prepare(b.geometry(), data(b.w()))[0];
                prepared.add(new PointwiseConvolution.Branch(gather, packed, null, data(b.y())));
            } else {
                FoldedKernels.Folded folded = foldedKernels.of(b.geometry(), b.w(), b.norm());
                Epilogue epilogue = new Epilogue(folded.shift(), null, b.relu());
                prepared.add(new PointwiseConvolution.Branch(gather, folded.prepared()[0], epilogue, data(b.y())));
            }
        }
        convolutions.forward(data(x), prepared);
        for (int i = 0; i < branches.size(); i++) {
            if (branches.get(i).norm() == null) {
                pool.give(prepared.get(i).packed());
            }
        }
    }

    @Override
    public void conv2dInputGradient(ConvGeometry g, NDArray dy, NDArray w, NDArray dx, boolean accumulate) {
        convolutions.inputGradient(g, data(dy), data(w), data(dx), accumulate);
    }

    @Override
    public void conv2dKernelGradient(ConvGeometry g, NDArray x, NDArray dy, NDArray dw) {
        convolutions.kernelGradient(g, data(x), data(dy), data(dw));
    }

    // Pooling and interpolation

    @Override
    public void averagePool(Windows rows, Windows columns, NDArray x, NDArray y) {
        pooling.average(rows, columns, x.shape(), data(x), data(y));
    }

    @Override
    public void averagePoolGradient(Windows rows, Windows columns, NDArray dy, NDArray dx, boolean accumulate) {
        pooling.averageGradient(rows, columns, dx.shape(), data(dy), data(dx), accumulate);
    }

    @Override
    public void maxPool(Windows rows, Windows columns, NDArray x, NDArray y) {
        pooling.max(rows, columns, x.shape(), data(x), data(y));
    }

    @Override
    public void maxPoolGradient(Windows rows, Windows columns, NDArray x, NDArray y, NDArray dy, NDArray dx) {
        pooling.maxGradient(rows, columns, x.shape(), data(x), data(y), data(dy), data(dx));
    }

    @Override
    public void interpolate(Resampling rows, Resampling columns, NDArray x, NDArray y) {
        pooling.interpolate(rows, columns, x.shape(), data(x), data(y));
    }

    @Override
    public void interpolateGradient(Resampling rows, Resampling columns, NDArray dy, NDArray dx) {
        pooling.interpolateGradient(rows, columns, dx.shape(), data(dy), data(dx));
    }

    @Override
    public void calibrationGate(Resampling rows, Resampling columns, NDArray a, NDArray b, NDArray c, NDArray y) {
        pooling.gate(rows, columns, c.shape(), data(a), dataOrNull(b), data(c), data(y));
    }

    @Override
    public void calibrationGateGradient(
            Resampling rows,
            Resampling columns,
            NDArray a,
            NDArray b,
            NDArray c,
            NDArray dy,
            NDArray da,
            NDArray db,
            NDArray dc) {
        pooling.gateGradient(rows, columns, c.shape(), data(a), dataOrNull(b), data(c), data(dy), data(da), data(db));
        interpolateGradient(rows, columns, db, dc);
    }

    // Normalisation

    @Override
    public void batchStatistics(NDArray x, NDArray mean, NDArray variance) {
        norms.statistics(x.shape(), data(x), data(mean), data(variance));
    }

    @Override
    public void batchNorm(NDArray x, ChannelNorm norm, NDArray residual, boolean relu, NDArray y) {
        norms.apply(x.shape(), data(x), norm, dataOrNull(residual), relu, data(y));
    }

    @Override
    public void batchNormGradient(
            NDArray x,
            ChannelNorm norm,
            boolean relu,
            NDArray y,
            boolean training,
            NDArray dy,
            NDArray dx,
            NDArray dgamma,
            NDArray dbeta,
            NDArray dresidual) {
        norms.gradient(
                x.shape(),
                data(x),
                norm,
                relu,
                dataOrNull(y),
                training,
                data(dy),
                data(dx),
                data(dgamma),
                data(dbeta),
                dataOrNull(dresidual));
    }

    @Override
    public void conv2dBatchNormGradient(
            NDArray x, List<BranchGradient> branches, NDArray dx, boolean accumulate, boolean rectify) {
        boolean all = dx != null && branches.stream().allMatch(b -> b.dw() != null);
        List<ConvGeometry> geometries =
                branches.stream().map(BranchGradient::geometry).toList();
        if (all && convolutions.joinsGradients(geometries) && (!rectify || convolutions.rectifies(geometries))) {
            joinedGradients(x, branches, new ArrayList<>(), dx, accumulate, rectify);
        } else if (branches.size() == 1) {
            Backend.super.conv2dBatchNormGradient(x, branches, dx, accumulate, rectify);
        } else {
            for (int i = 0; i < branches.size(); i++) {
                boolean last = i == branches.size() - 1;
                conv2dBatchNormGradient(x, branches.subList(i, i + 1), dx, accumulate || i > 0, rectify && last);
            }
        }
    }

    /** Sums what each norm needs over all pixels, one branch after the other, and then takes their pixels together. */
    private void joinedGradients(
            NDArray x,
            List<BranchGradient> branches,
            List<PointwiseGradients.Branch> ready,
            NDArray dx,
            boolean accumulate,
            boolean rectify) {
        if (ready.size() == branches.size()) {
            convolutions.gradients(data(x), ready, data(dx), accumulate, rectify);
            return;
        }
        BranchGradient b = branches.get(ready.size());
        norms.gradient(
                b.z().shape(),
                data(b.z()),
                b.norm(),
                b.relu(),
                dataOrNull(b.y()),
                true,
                data(b.dy()),
                data(b.dz()),
                data(b.dgamma()),
                data(b.dbeta()),
                dataOrNull(b.dresidual()),
                gradient -> {
                    ready.add(new PointwiseGradients.Branch(b.geometry(), data(b.w()), gradient, data(b.dw())));
                    joinedGradients(x, branches, ready, dx, accumulate, rectify);
                });
    }

    @Override
    public boolean rectifiesGradient(ConvGeometry... branches) {
        return convolutions.rectifies(List.of(branches));
    }

    @Override
    public boolean normsPointwise(ConvGeometry g) {
        return PointwiseBatchNorm.fits(g);
    }

    @Override
    public void pointwiseBatchNorm(
            ConvGeometry g,
            NDArray x,
            NDArray w,
            ChannelNorm norm,
            NDArray residual,
            boolean relu,
            NDArray moments,
            NDArray y) {
        convolutions
                .pointwiseBatchNorm()
                .forward(g, data(x), data(w), norm, dataOrNull(residual), relu, data(moments), data(y));
    }

    @Override
    public void pointwiseBatchNormGradient(
            ConvGeometry g,
            NDArray x,
            NDArray w,
            NDArray moments,
            ChannelNorm norm,
            NDArray y,
            NDArray dy,
            NDArray passed,
            NDArray dx,
            boolean accumulate,
            NDArray dw,
            NDArray dgamma,
            NDArray dbeta) {
        convolutions
                .pointwiseBatchNorm()
                .gradient(
                        g,
                        data(x),
                        data(w),
                        data(moments),
                        norm,
                        new PointwiseBatchNorm.Arriving(data(dy), dataOrNull(y), dataOrNull(passed)),
                        dataOrNull(dx),
                        accumulate,
                        dataOrNull(dw),
                        data(dgamma),
                        data(dbeta));
    }

    // Losses and optimizer steps

    @Override
    public void logSoftmax(NDArray x, NDArray y) {
        float[] from = data(x);
        float[] to = data(y);
        int classes = x.shape().channels();
        threads.run(x.shape().rows(), (row, worker) -> {
            int start = CacheLine.FIRST + row * classes;
            float max = from[start];
            for (int k = start; k < start + classes; k++) {
                max = Math.max(max, from[k]);
            }
            double sum = 0;
            for (int k = start; k < start + classes; k++) {
                sum += Math.exp(from[k] - max);
            }
            float shift = (float) (max + Math.log(sum));
            for (int k = start; k < start + classes; k++) {
                to[k] = from[k] - shift;
            }
        });
    }

    @Override
    public void logSoftmaxGradient(NDArray y, NDArray dy, NDArray dx) {
        float[] out = data(y);
        float[] upstream = data(dy);
        float[] to = data(dx);
        int classes = y.shape().channels();
        threads.run(y.shape().rows(), (row, worker) -> {
            int start = CacheLine.FIRST + row * classes;
            double sum = 0;
            for (int k = start; k < start + classes; k++) {
                sum += upstream[k];
            }
            for (int k = start; k < start + classes; k++) {
                to[k] = (float) (upstream[k] - Math.exp(out[k]) * sum);
            }
        });
    }

    @Override
    public void sgd(
            double rate, double momentum, double weightDecay, boolean nesterov, NDArray w, NDArray g, NDArray v) {
        float[] weight = data(w);
        float[] gradient = data(g);
        float[] velocity = data(v);
        float step = (float) -rate;
        float inertia = (float) momentum;
        float decay = (float) weightDecay;
        float look = nesterov ? inertia : 0;
        float direct = nesterov ? 1 : 0;
        float moved = nesterov ? look : 1;
        chunks(length(w), (start, end) -> {
            for (int i = start; i < end; i++) {
                float slope = gradient[i] + decay * weight[i];
                velocity[i] = inertia * velocity[i] + slope;
                weight[i] += step * (direct * slope + moved * velocity[i]);
            }
        });
        w.storage().touch();
    }

    @Override
    public void adamW(
            double rate,
            double beta1,
            double beta2,
            double epsilon,
            double weightDecay,
            long step,
            NDArray w,
            NDArray g,
            NDArray m,
            NDArray s) {
        float[] weight = data(w);
        float[] gradient = data(g);
        float[] first = data(m);
        float[] second = data(s);
        float b1 = (float) beta1;
        float b2 = (float) beta2;
        float scale1 = (float) (rate / (1 - Math.pow(beta1, step)));
        float scale2 = (float) (1 / (1 - Math.pow(beta2, step)));
        float shrink = (float) (1 - rate * weightDecay);
        float floor = (float) epsilon;
        chunks(length(w), (start, end) -> {
            for (int i = start; i < end; i++) {
                first[i] = b1 * first[i] + (1 - b1) * gradient[i];
                second[i] = b2 * second[i] + (1 - b2) * gradient[i] * gradient[i];
                weight[i] = weight[i] * shrink - scale1 * first[i] / ((float) Math.sqrt(second[i] * scale2) + floor);
            }
        });
        w.storage().touch();
    }
}
