package scgrad.core;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import scgrad.core.array.Backend;
import scgrad.core.array.NDArray;
import scgrad.core.array.Resampling;
import scgrad.core.array.Shape;
import scgrad.core.array.Unary;
import scgrad.core.op.Branches;
import scgrad.core.op.Elementwise;
import scgrad.core.op.Losses;
import scgrad.core.op.Movement;
import scgrad.core.op.Normalization;
import scgrad.core.op.Op;
import scgrad.core.op.Products;
import scgrad.core.op.Reductions;
import scgrad.core.op.Spatial;

/**
 * Numbers with their place in the graph. Images are {@code [N, H, W, C]}, convolution kernels {@code [KH, KW, C/groups, K]}. Methods
 * return new tensors; {@link #backward} fills the gradients of the tensors made with {@link #parameter} that it reaches.
 */
public final class Tensor {
    NDArray value;
    boolean needsGradient;
    Autograd.Node node;
    boolean kept;
    /** Whether a backward went through it and forgot where it came from. */
    boolean spent;
    /** Whether an operation may write its result over it. */
    boolean given;

    private NDArray gradient;

    Tensor(NDArray value, boolean needsGradient, Autograd.Node node) {
        this.value = value;
        this.needsGradient = needsGradient;
        this.node = node;
    }

    // Making

    /** Values that no gradient is asked for, in step memory. */
    public static Tensor of(Backend backend, Shape shape, float... values) {
        return constant(NDArray.of(backend, shape, values));
    }

    /** Values that no gradient is asked for, in step memory. */
    public static Tensor of(Backend backend, Shape shape, double... values) {
        return constant(NDArray.of(backend, shape, values));
    }

    public static Tensor constant(NDArray value) {
        return new Tensor(value, false, null);
    }

    /** A leaf whose gradient {@link #backward} computes. */
    public static Tensor parameter(NDArray value) {
        return new Tensor(value, true, null);
    }

    /** A leaf in persistent memory whose gradient {@link #backward} computes, filled from the host. */
    public static Tensor parameter(Backend backend, Shape shape, double... values) {
        NDArray value = NDArray.persistent(backend, shape);
        backend.upload(values, value);
        return parameter(value);
    }

    // Reading

    public Shape shape() {
        return value.shape();
    }

    public NDArray value() {
        return value;
    }

    public Backend backend() {
        return value.backend();
    }

    public double[] toDoubles() {
        return value.toDoubles();
    }

    public float[] toFloats() {
        return value.toFloats();
    }

    /** The one value of a tensor of one element. */
    public double item() {
        if (shape().count() != 1) {
            throw new IllegalArgumentException("item: " + shape() + " has " + shape().count() + " elements, not one");
        }
        return toDoubles()[0];
    }

    /** The gradient, or null before {@link #backward} and after the step it was computed in. */
    public NDArray gradient() {
        return gradient == null || gradient.storage().released() ? null : gradient;
    }

    public void clearGradient() {
        if (gradient() != null) {
            gradient.release();
        }
        gradient = null;
    }

    void addGradient(NDArray more) {
        gradient = Autograd.accumulate(gradient(), more);
    }

    public boolean needsGradient() {
        return needsGradient;
    }

    /** Makes a parameter stop or go on learning: whether {@link #backward} computes its gradient. */
    public void setLearning(boolean learning) {
        if (node != null) {
            throw new IllegalStateException("setLearning: " + this + " is a result, only parameters learn");
        }
        needsGradient = learning;
    }

    /** Makes {@link #backward} keep this tensor's value and gradient, which it otherwise gives back as it goes. */
    public Tensor keep() {
        kept = true;
        return this;
    }

    /**
     * Says that nobody reads this tensor behind the operations that do so now: without recording, one that takes it as its residual may put its result
     * in its place. The value must be nobody else's, and its first use as a residual its last.
     */
    public Tensor giveAway() {
        given = true;
        return this;
    }

    /** The same numbers outside the graph. */
    public Tensor detach() {
        return constant(value.share());
    }

    /** Computes the gradient of this one-element tensor with respect to every parameter it came from. */
    public void backward() {
        if (shape().count() != 1) {
            throw new IllegalArgumentException(
                    "backward: starts from one number, this is " + shape() + "; reduce it, or pass a gradient");
        }
        backward(NDArray.full(backend(), shape(), 1));
    }

    /** Computes gradients, starting from a given gradient of this tensor, which is taken over. */
    public void backward(NDArray gradient) {
        Autograd.backward(this, gradient);
    }

    /** Computes gradients, and hands each parameter over as soon as its gradient is complete. */
    public void backward(Consumer<Tensor> complete) {
        Autograd.backward(this, NDArray.full(backend(), shape(), 1), complete);
    }

    // Element by element

    private Tensor map(Unary function, double parameter) {
        return Autograd.apply(new Elementwise.Map(function, parameter), this);
    }

    public Tensor add(Tensor other) {
        return Autograd.apply(new Elementwise.Add(), this, other);
    }

    public Tensor add(double number) {
        return map(Unary.SHIFT, number);
    }

    public Tensor sub(Tensor other) {
        return Autograd.apply(new Elementwise.Sub(), this, other);
    }

    public Tensor mul(Tensor other) {
        return Autograd.apply(new Elementwise.Mul(), this, other);
    }

    public Tensor mul(double number) {
        return map(Unary.SCALE, number);
    }

    public Tensor div(Tensor other) {
        return Autograd.apply(new Elementwise.Div(), this, other);
    }

    public Tensor neg() {
        return map(Unary.NEGATE, 0);
    }

    public Tensor pow(double exponent) {
        return map(Unary.POWER, exponent);
    }

    public Tensor exp() {
        return map(Unary.EXP, 0);
    }

    public Tensor log() {
        return map(Unary.LOG, 0);
    }

    public Tensor sqrt() {
        return map(Unary.SQRT, 0);
    }

    public Tensor relu() {
        return map(Unary.RELU, 0);
    }

    public Tensor sigmoid() {
        return map(Unary.SIGMOID, 0);
    }

    public Tensor tanh() {
        return map(Unary.TANH, 0);
    }

    public Tensor silu() {
        return map(Unary.SILU, 0);
    }

    public Tensor gelu() {
        return map(Unary.GELU, 0);
    }

    public Tensor hardswish() {
        return map(Unary.HARDSWISH, 0);
    }

    /** Zeroes elements with probability {@code rate}; the same seed drops the same elements. */
    public Tensor dropout(double rate, long seed) {
        return Autograd.apply(new Elementwise.Dropout(rate, seed), this);
    }

    // Reductions; no axes means all

    public Tensor sum(int... axes) {
        return Autograd.apply(new Reductions.Sum(false, axes), this);
    }

    public Tensor mean(int... axes) {
        return Autograd.apply(new Reductions.Mean(false, axes), this);
    }

    public Tensor max(int... axes) {
        return Autograd.apply(new Reductions.Max(false, axes), this);
    }

    /** The sum with the reduced axes kept at size 1. */
    public Tensor sumKeep(int... axes) {
        return Autograd.apply(new Reductions.Sum(true, axes), this);
    }

    /** The mean with the reduced axes kept at size 1. */
    public Tensor meanKeep(int... axes) {
        return Autograd.apply(new Reductions.Mean(true, axes), this);
    }

    /** The maximum with the reduced axes kept at size 1. */
    public Tensor maxKeep(int... axes) {
        return Autograd.apply(new Reductions.Max(true, axes), this);
    }

    // Products

    /** this [M, K] times other [K, N]. */
    public Tensor matmul(Tensor other) {
        return Autograd.apply(new Products.Matmul(), this, other);
    }

    /** this [N, C] times transposed weight [K, C], plus bias [K] if not null. */
    public Tensor linear(Tensor weight, Tensor bias) {
        Tensor y = Autograd.apply(new Products.Linear(), this, weight);
        return bias == null ? y : y.add(bias);
    }

    /** This image convolved with kernel [KH, KW, C/groups, K], plus bias [K] if not null. */
    public Tensor conv2d(Tensor kernel, Tensor bias, int stride, int padding, int dilation, int groups) {
        Tensor y = Autograd.apply(new Products.Conv2d(stride, padding, dilation, groups), this, kernel);
        return bias == null ? y : y.add(bias);
    }

    // Images

    /** Means of square windows without padding. */
    public Tensor averagePool(int kernel, int stride) {
        return averagePool(kernel, stride, 0, false, true);
    }

    public Tensor averagePool(int kernel, int stride, int padding, boolean ceil, boolean countPadding) {
        return Autograd.apply(
                new Spatial.AveragePool(new Spatial.Sliding(kernel, stride, padding, ceil, countPadding)), this);
    }

    public Tensor maxPool(int kernel, int stride, int padding, boolean ceil) {
        return Autograd.apply(new Spatial.MaxPool(new Spatial.Sliding(kernel, stride, padding, ceil, false)), this);
    }

    public Tensor adaptiveAveragePool(int height, int width) {
        return Autograd.apply(new Spatial.AveragePool(new Spatial.Adaptive(height, width)), this);
    }

    public Tensor adaptiveMaxPool(int height, int width) {
        return Autograd.apply(new Spatial.MaxPool(new Spatial.Adaptive(height, width)), this);
    }

    /** The mean over the map: [N, H, W, C] to [N, C]. */
    public Tensor globalAveragePool() {
        Tensor y = adaptiveAveragePool(1, 1);
        return y.reshape(y.shape().size(0), y.shape().channels());
    }

    public Tensor interpolate(Resampling.Mode mode, int height, int width) {
        return Autograd.apply(new Spatial.Interpolate(mode, height, width), this);
    }

    /** this * sigmoid(identity + up(context)); identity may be null. See {@link Spatial.CalibrationGate}. */
    public Tensor calibrationGate(Tensor context, Tensor identity, Resampling.Mode mode) {
        Op gate = new Spatial.CalibrationGate(mode);
        return identity == null ? Autograd.apply(gate, this, context) : Autograd.apply(gate, this, context, identity);
    }

    // Normalisation and losses

    /** Batch normalisation with the batch's statistics; residual and running statistics may be null. See {@link Normalization}. */
    public Tensor batchNorm(
            Tensor gamma,
            Tensor beta,
            NDArray runningMean,
            NDArray runningVariance,
            double epsilon,
            double momentum,
            Tensor residual,
            boolean relu) {
        Op norm = new Normalization.BatchNorm(epsilon, momentum, relu, runningMean, runningVariance);
        return withResidual(norm, residual, this, gamma, beta);
    }

    /** Batch normalisation with given statistics; residual may be null. See {@link Normalization}. */
    public Tensor fixedNorm(
            Tensor gamma, Tensor beta, NDArray mean, NDArray variance, double epsilon, Tensor residual, boolean relu) {
        Op norm = new Normalization.FixedNorm(epsilon, relu, mean, variance);
        return withResidual(norm, residual, this, gamma, beta);
    }

    /** Convolution without bias and {@link #batchNorm} behind it as one operation; residual may be null. */
    public Tensor convBatchNorm(
            Products.Conv2d convolution,
            Tensor kernel,
            Normalization.BatchNorm norm,
            Tensor gamma,
            Tensor beta,
            Tensor residual) {
        Op both = new Normalization.ConvBatchNorm(convolution, norm);
        return withResidual(both, residual, this, kernel, gamma, beta);
    }

    /** Convolution without bias and {@link #fixedNorm} behind it in one pass over memory; residual may be null. */
    public Tensor convNorm(
            Products.Conv2d convolution,
            Tensor kernel,
            Normalization.FixedNorm norm,
            Tensor gamma,
            Tensor beta,
            Tensor residual) {
        Op both = new Normalization.ConvNorm(convolution, norm);
        return withResidual(both, residual, this, kernel, gamma, beta);
    }

    /** {@link #convBatchNorm} of several branches that read this tensor; {@code parameters} are the kernel, gamma and beta of each in turn. */
    public Tensor[] convBatchNorms(List<Normalization.ConvBatchNorm> branches, Tensor... parameters) {
        return Autograd.applyAll(new Branches.ConvBatchNorms(branches), withThis(parameters));
    }

    /** {@link #convNorm} of several branches that read this tensor; {@code parameters} are the kernel, gamma and beta of each in turn. */
    public Tensor[] convNorms(List<Normalization.ConvNorm> branches, Tensor... parameters) {
        return Autograd.applyAll(new Branches.ConvNorms(branches), withThis(parameters));
    }

    private Tensor[] withThis(Tensor... others) {
        return Stream.concat(Stream.of(this), Stream.of(others)).toArray(Tensor[]::new);
    }

    /** An operation whose last input, the residual, may be missing. */
    private static Tensor withResidual(Op op, Tensor residual, Tensor... inputs) {
        Tensor[] all = java.util.Arrays.copyOf(inputs, inputs.length + (residual == null ? 0 : 1));
        if (residual != null) {
            all[inputs.length] = residual;
        }
        return Autograd.apply(op, all);
    }

    /** Along the last axis. */
    public Tensor logSoftmax() {
        return Autograd.apply(new Losses.LogSoftmax(), this);
    }

    /** Mean cross entropy of logits [N, K] against target distributions [N, K]. */
    public Tensor crossEntropy(Tensor targets) {
        return Autograd.apply(new Losses.CrossEntropy(), this, targets);
    }

    /** Mean cross entropy of logits [N, K] against labels, of which {@code smoothing} is spread over all K classes. */
    public Tensor crossEntropy(int[] labels, double smoothing) {
        int rows = shape().size(0);
        int classes = shape().size(1);
        if (labels.length != rows) {
            throw new IllegalArgumentException(
                    "crossEntropy: logits " + shape() + " need " + rows + " labels, got " + labels.length);
        }
        double[] targets = new double[rows * classes];
        java.util.Arrays.fill(targets, smoothing / classes);
        for (int i = 0; i < rows; i++) {
            if (labels[i] < 0 || labels[i] >= classes) {
                throw new IllegalArgumentException(
                        "crossEntropy: label " + labels[i] + " is outside 0.." + (classes - 1));
            }
            targets[i * classes + labels[i]] += 1 - smoothing;
        }
        return crossEntropy(of(backend(), shape(), targets));
    }

    // Movement

    /** The same numbers under another shape; one size may be -1. */
    public Tensor reshape(int... sizes) {
        return Autograd.apply(new Movement.Reshape(sizes), this);
    }

    public Tensor permute(int... order) {
        return Autograd.apply(new Movement.Permute(order), this);
    }

    public static Tensor concat(int axis, Tensor... parts) {
        return Autograd.apply(new Movement.Concat(axis), parts);
    }

    public Tensor slice(int axis, int start, int end) {
        return Autograd.apply(new Movement.Slice(axis, start, end), this);
    }

    /** Zeros before and after each axis. */
    public Tensor pad(int[] before, int[] after) {
        return Autograd.apply(new Movement.Pad(before, after), this);
    }

    /** Channels of zeros before and after those of an image. */
    public Tensor padChannels(int before, int after) {
        return pad(new int[] {0, 0, 0, before}, new int[] {0, 0, 0, after});
    }

    @Override
    public String toString() {
        return "Tensor" + shape() + (node == null ? "" : " from " + node.op);
    }
}
