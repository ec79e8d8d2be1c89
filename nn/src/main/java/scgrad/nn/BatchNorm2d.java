package scgrad.nn;

import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;
import scgrad.core.op.Normalization;

/**
 * Batch normalisation over all axes but the channels, epsilon 1e-5, momentum 0.1, as PyTorch's. A ReLU and the addition of a residual that
 * follow can be done in the same pass over memory.
 */
public final class BatchNorm2d extends Module {
    private static final double EPSILON = 1e-5;
    private static final double MOMENTUM = 0.1;

    private final Tensor weight;
    private final Tensor bias;
    private final NDArray runningMean;
    private final NDArray runningVariance;

    public BatchNorm2d(Backend backend, int channels) {
        super(backend);
        weight = parameter("weight", Shape.of(channels), Initializer.constant(1));
        bias = parameter("bias", Shape.of(channels), Initializer.constant(0));
        runningMean = buffer("running_mean", Shape.of(channels), 0);
        runningVariance = buffer("running_var", Shape.of(channels), 1);
    }

    @Override
    protected Tensor forward(Tensor x) {
        return normalize(x, null, false);
    }

    /** relu(norm(x)). */
    public Tensor relu(Tensor x) {
        Tensor y = normalize(x, null, true);
        Observation.tell(this, x, y);
        return y;
    }

    /** norm(convolution(x)). */
    public Tensor apply(Conv2d convolution, Tensor x) {
        return behind(convolution, x, null, false);
    }

    /** relu(norm(convolution(x))). */
    public Tensor relu(Conv2d convolution, Tensor x) {
        return behind(convolution, x, null, true);
    }

    /** relu(norm(convolution(x)) + residual). */
    public Tensor addRelu(Conv2d convolution, Tensor x, Tensor residual) {
        return behind(convolution, x, residual, true);
    }

    /** Both as one operation, unless somebody observes what is between them, or a frozen norm is part of what is recorded. */
    private Tensor behind(Conv2d convolution, Tensor x, Tensor residual, boolean relu) {
        if (convolution.bias() == null && training() && !Observation.watched()) {
            return x.convBatchNorm(
                    convolution.operation(), convolution.weight(), batchStatistics(relu), weight, bias, residual);
        }
        if (convolution.bias() == null && !training() && inferring()) {
            Normalization.FixedNorm norm = new Normalization.FixedNorm(EPSILON, relu, runningMean, runningVariance);
            return x.convNorm(convolution.operation(), convolution.weight(), norm, weight, bias, residual);
        }
        Tensor z = convolution.apply(x);
        Tensor y = normalize(z, residual, relu);
        Observation.tell(this, z, y);
        return y;
    }

    private Normalization.BatchNorm batchStatistics(boolean relu) {
        return new Normalization.BatchNorm(EPSILON, MOMENTUM, relu, runningMean, runningVariance);
    }

    private Tensor normalize(Tensor x, Tensor residual, boolean relu) {
        return training()
                ? x.batchNorm(weight, bias, runningMean, runningVariance, EPSILON, MOMENTUM, residual, relu)
                : x.fixedNorm(weight, bias, runningMean, runningVariance, EPSILON, residual, relu);
    }
}
