package scgrad.core.array;

import java.util.List;
import java.util.function.IntConsumer;

/**
 * The kernels that every backend has: a narrow interface over opaque buffers. Outputs are always passed in, allocated by the caller.
 * Kernels with a body here are composed of others, so that a new backend works after those without one, and is then made fast.
 *
 * <p>The float64 reference backend is the definition; {@code BackendConformance} compares every other backend with it. Images are
 * {@code [N, H, W, C]}, convolution kernels {@code [KH, KW, C/groups, K]}. A gradient named {@code dx} belongs to {@code x}; {@code dy}
 * is the upstream gradient.
 */
public interface Backend {

    /** The name that {@code --backend} takes. */
    String name();

    /** One line: precision, threads, vector width or device. */
    String description();

    /** The unit roundoff of its numbers, for tolerances. */
    double roundoff();

    // Memory

    /** A buffer of at least {@code length} numbers, values undefined. */
    Object take(long length, boolean persistent);

    /** Gives a buffer back that {@link #take} returned for this length. */
    void give(Object buffer, long length);

    void upload(float[] from, NDArray to);

    void upload(double[] from, NDArray to);

    void download(NDArray from, float[] to);

    void download(NDArray from, double[] to);

    /** Bytes in use and held ready, one line. */
    String memory();

    /** Bytes by kind, for backends that count them. */
    default List<MemoryUse> memoryByKind() {
        return List.of();
    }

    /**
     * How many numbers an array may have so that it is still near, in a core's cache, when the next operation reads it; whoever can, takes a larger
     * batch in portions, {@link #apart}. Without such a cache there is no limit: the more at once the better.
     */
    default long nearNumbers() {
        return Long.MAX_VALUE;
    }

    /**
     * Runs pieces of work 0 .. count - 1 that share nothing but what they read. A backend may run several at once, each on a thread that does all its
     * operations alone; results do not depend on that.
     */
    default void apart(int count, IntConsumer piece) {
        for (int i = 0; i < count; i++) {
            piece.accept(i);
        }
    }

    /** Returns when everything that was asked for is done; a backend may let work wait until a value is asked for. */
    default void finish() {}

    /** What went to and from a device so far. */
    default Traffic traffic() {
        return Traffic.NONE;
    }

    // Element by element

    void fill(NDArray y, double value);

    /** y = f(x); y may be x. */
    void unary(Unary f, double parameter, NDArray x, NDArray y);

    /** dx = dy * f'(x), where y = f(x); x is null where {@link Unary#derivativeFromValue} holds; dx may be dy. */
    void unaryGradient(Unary f, double parameter, NDArray x, NDArray y, NDArray dy, NDArray dx);

    /** y = f(a, b) with broadcasting to the shape of y; y may be a or b where that has its shape. */
    void binary(Binary f, NDArray a, NDArray b, NDArray y);

    /** y = a * x + b * y, element by element. */
    void blend(double a, NDArray x, double b, NDArray y);

    /** y = x where a uniform number from (seed, index) is below {@code keep}, else 0; scaled by 1/keep; y may be x. */
    void dropout(double keep, long seed, NDArray x, NDArray y);

    // Movement

    default void copy(NDArray x, NDArray y) {
        unary(Unary.SCALE, 1, x, y);
    }

    /** y axis i is x axis {@code order[i]}. */
    void permute(NDArray x, int[] order, NDArray y);

    /** Copies the box of {@code size} at {@code from} in x to {@code to} in y; the rest of y stays. */
    void copyRegion(NDArray x, int[] from, NDArray y, int[] to, int[] size);

    // Reductions and products

    /** y = x reduced over the masked axes; y has the unmasked sizes, with or without the ones. */
    void reduce(Reduction f, NDArray x, boolean[] mask, NDArray y);

    /** y = the place of the first largest number along the last axis of x, 0 where none is larger than another; y has x's shape without that axis. */
    void argMax(NDArray x, NDArray y);

    /** y [M, N] = a b, where a is [M, K] ([K, M] if transposed) and b [K, N] ([N, K] if transposed). */
    void matmul(NDArray a, boolean transposeA, NDArray b, boolean transposeB, NDArray y);

    // Convolution

    /** y = x * w, no bias. */
    void conv2d(ConvGeometry g, NDArray x, NDArray w, NDArray y);

    /** y = batchNorm(x * w): convolution and the normalisation by given statistics behind it, in one pass over y, which may be the residual; see {@link #batchNorm}. */
    default void conv2dNorm(
            ConvGeometry g, NDArray x, NDArray w, ChannelNorm norm, NDArray residual, boolean relu, NDArray y) {
        boolean inPlace = residual != null && residual.storage() == y.storage();
        NDArray z = inPlace ? NDArray.allocate(this, y.shape()) : y;
        conv2d(g, x, w, z);
        batchNorm(z, norm, residual, relu, y);
        if (inPlace) {
            z.release();
        }
    }

    /** y = x * w, or batchNorm(x * w) where there is a norm, of several branches that read the same input. */
    default void conv2dBranches(NDArray x, List<Branch> branches) {
        for (Branch b : branches) {
            if (b.norm() == null) {
                conv2d(b.geometry(), x, b.w(), b.y());
            } else {
                conv2dNorm(b.geometry(), x, b.w(), b.norm(), null, b.relu(), b.y());
            }
        }
    }

    /** @param accumulate whether the gradient is added to what dx holds, or written over it */
    void conv2dInputGradient(ConvGeometry g, NDArray dy, NDArray w, NDArray dx, boolean accumulate);

    void conv2dKernelGradient(ConvGeometry g, NDArray x, NDArray dy, NDArray dw);

    // Pooling and interpolation, x [N, H, W, C]

    void averagePool(Windows rows, Windows columns, NDArray x, NDArray y);

    /** @param accumulate whether the gradient is added to what dx holds, or written over it */
    void averagePoolGradient(Windows rows, Windows columns, NDArray dy, NDArray dx, boolean accumulate);

    void maxPool(Windows rows, Windows columns, NDArray x, NDArray y);

    /** The gradient goes to the first largest element of each window. */
    void maxPoolGradient(Windows rows, Windows columns, NDArray x, NDArray y, NDArray dy, NDArray dx);

    void interpolate(Resampling rows, Resampling columns, NDArray x, NDArray y);

    void interpolateGradient(Resampling rows, Resampling columns, NDArray dy, NDArray dx);

    /**
     * The gate of a self-calibrated convolution: y = a * sigmoid(b + up(c)) with a, b {@code [N, H, W, C]} and c {@code [N, h, w, C]};
     * b may be null (no identity).
     */
    default void calibrationGate(Resampling rows, Resampling columns, NDArray a, NDArray b, NDArray c, NDArray y) {
        interpolate(rows, columns, c, y);
        if (b != null) {
            binary(Binary.ADD, y, b, y);
        }
        unary(Unary.SIGMOID, 0, y, y);
        binary(Binary.MULTIPLY, a, y, y);
    }

    /** The gradients of {@link #calibrationGate}; db, which c's gradient is made from, is always given; da may be dy. */
    default void calibrationGateGradient(
            Resampling rows,
            Resampling columns,
            NDArray a,
            NDArray b,
            NDArray c,
            NDArray dy,
            NDArray da,
            NDArray db,
            NDArray dc) {
        NDArray gate = NDArray.allocate(this, a.shape());
        interpolate(rows, columns, c, gate);
        if (b != null) {
            binary(Binary.ADD, gate, b, gate);
        }
        unary(Unary.SIGMOID, 0, gate, gate);
        binary(Binary.MULTIPLY, a, dy, db);
        unaryGradient(Unary.SIGMOID, 0, null, gate, db, db);
        binary(Binary.MULTIPLY, gate, dy, da);
        interpolateGradient(rows, columns, db, dc);
        gate.release();
    }

    // Normalisation over all axes but the last, per channel

    /** The mean and the biased variance of each channel. */
    void batchStatistics(NDArray x, NDArray mean, NDArray variance);

    /** y = act(norm(x) + residual); residual may be null, y may be x or the residual; act is ReLU or nothing. */
    void batchNorm(NDArray x, ChannelNorm norm, NDArray residual, boolean relu, NDArray y);

    /**
     * The gradients of {@link #batchNorm}. {@code y} is its output where a residual and a ReLU were behind it, and else null: without a
     * residual, norm(x) says where the ReLU was open, and without a ReLU the residual's gradient is dy itself. {@code dresidual} is null
     * where there is no y or nobody asks for it. With {@code training} the statistics came from x and x's gradient flows through them.
     * One of {@code dx} and {@code dresidual} may be dy.
     */
    void batchNormGradient(
            NDArray x,
            ChannelNorm norm,
            boolean relu,
            NDArray y,
            boolean training,
            NDArray dy,
            NDArray dx,
            NDArray dgamma,
            NDArray dbeta,
            NDArray dresidual);

    /**
     * The gradients of convolutions that read the same input, one or several, and of the batch norms behind them.
     *
     * @param dx null where nobody asks for it
     * @param accumulate whether the gradient of x is added to what dx holds
     * @param rectify whether that sum is then zeroed where x is not positive
     */
    default void conv2dBatchNormGradient(
            NDArray x, List<BranchGradient> branches, NDArray dx, boolean accumulate, boolean rectify) {
        boolean begun = accumulate;
        for (BranchGradient b : branches) {
            batchNormGradient(
                    b.z(), b.norm(), b.relu(), b.y(), true, b.dy(), b.dz(), b.dgamma(), b.dbeta(), b.dresidual());
            if (dx != null) {
                conv2dInputGradient(b.geometry(), b.dz(), b.w(), dx, begun);
                begun = true;
            }
            if (b.dw() != null) {
                conv2dKernelGradient(b.geometry(), x, b.dz(), b.dw());
            }
        }
        if (rectify) {
            unaryGradient(Unary.RELU, 0, x, x, dx, dx);
        }
    }

    /** Whether {@link #conv2dBatchNormGradient} rectifies in the same pass over memory in which it adds. */
    default boolean rectifiesGradient(ConvGeometry... branches) {
        return false;
    }

    /** Whether a 1x1 convolution and a batch norm behind it go through {@link #pointwiseBatchNorm} better than one after the other. */
    default boolean normsPointwise(ConvGeometry g) {
        return false;
    }

    /**
     * A 1x1 convolution z = x * w and the {@link #batchNorm} by z's own statistics behind it, in such a way that z need not be kept.
     *
     * @param norm its mean and variance become z's
     * @param residual null for none
     * @param moments [1 + C, C], what a backend wants to keep of x for the gradient
     */
    default void pointwiseBatchNorm(
            ConvGeometry g,
            NDArray x,
            NDArray w,
            ChannelNorm norm,
            NDArray residual,
            boolean relu,
            NDArray moments,
            NDArray y) {
        NDArray z = NDArray.allocate(this, g.outputShape());
        conv2d(g, x, w, z);
        batchStatistics(z, norm.mean(), norm.variance());
        batchNorm(z, norm, residual, relu, y);
        z.release();
    }

    /**
     * The gradients of {@link #pointwiseBatchNorm}.
     *
     * @param y its output where there was a ReLU, or null
     * @param passed gets dy where y is positive and 0 elsewhere, the residual's gradient, and may be dy; null without a ReLU
     * @param dx null where nobody asks for it
     * @param accumulate whether the gradient of x is added to what dx holds
     * @param dw null where nobody asks for it
     */
    default void pointwiseBatchNormGradient(
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
        NDArray z = NDArray.allocate(this, g.outputShape());
        NDArray dz = NDArray.allocate(this, g.outputShape());
        conv2d(g, x, w, z);
        BranchGradient all = new BranchGradient(g, w, z, norm, y != null, y, dy, dz, dw, dgamma, dbeta, passed);
        conv2dBatchNormGradient(x, List.of(all), dx, accumulate, false);
        z.release();
        dz.release();
    }

    // Losses, x [N, K]

    /** y = x - log(sum(exp(x))) along the last axis. */
    void logSoftmax(NDArray x, NDArray y);

    /** dx = dy - exp(y) * sum(dy) along the last axis. */
    void logSoftmaxGradient(NDArray y, NDArray dy, NDArray dx);

    // Optimizer steps

    /**
     * Stochastic gradient descent in PyTorch's form: g += weightDecay * w; v = momentum * v + g; w -= rate * (nesterov ? g + momentum *
     * v : v). The gradient is left changed.
     */
    default void sgd(
            double rate, double momentum, double weightDecay, boolean nesterov, NDArray w, NDArray g, NDArray v) {
        if (weightDecay != 0) {
            blend(weightDecay, w, 1, g);
        }
        blend(1, g, momentum, v);
        if (nesterov) {
            blend(momentum, v, 1, g);
            blend(-rate, g, 1, w);
        } else {
            blend(-rate, v, 1, w);
        }
    }

    /**
     * AdamW (Loshchilov and Hutter, ICLR 2019): w *= 1 - rate * weightDecay; m, s are the running first and second moments; w -= rate *
     * (m / (1 - beta1^step)) / (sqrt(s / (1 - beta2^step)) + epsilon).
     */
    void adamW(
            double rate,
            double beta1,
            double beta2,
            double epsilon,
            double weightDecay,
            long step,
            NDArray w,
            NDArray g,
            NDArray m,
            NDArray s);
}
