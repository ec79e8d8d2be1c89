package scgrad.nn;

import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;

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
        return observed(x, null, true);
    }

    /** relu(norm(x) + residual). */
    public Tensor addRelu(Tensor x, Tensor residual) {
        return observed(x, residual, true);
    }

    private Tensor observed(Tensor x, Tensor residual, boolean relu) {
        Tensor y = normalize(x, residual, relu);
        Observation.tell(this, x, y);
        return y;
    }

    private Tensor normalize(Tensor x, Tensor residual, boolean relu) {
        return training()
                ? x.batchNorm(weight, bias, runningMean, runningVariance, EPSILON, MOMENTUM, residual, relu)
                : x.fixedNorm(weight, bias, runningMean, runningVariance, EPSILON, residual, relu);
    }
}
