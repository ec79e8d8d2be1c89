package scgrad.nn;

import java.util.ArrayList;
import java.util.List;
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

    /** relu(norm(convolution(x))) of each pair, one behind the other where that cannot be one operation. */
    public static Tensor[] reluEach(List<Conv2d> convolutions, List<BatchNorm2d> norms, Tensor x) {
        int count = norms.size();
        boolean training = true;
        boolean inferring = true;
        Tensor[] parameters = new Tensor[3 * count];
        for (int i = 0; i < count; i++) {
            BatchNorm2d norm = norms.get(i);
            training &= norm.joinsTraining(convolutions.get(i));
            inferring &= norm.joinsInference(convolutions.get(i));
            parameters[3 * i] = convolutions.get(i).weight();
            parameters[3 * i + 1] = norm.weight;
            parameters[3 * i + 2] = norm.bias;
        }
        if (training) {
            List<Normalization.ConvBatchNorm> branches = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                branches.add(new Normalization.ConvBatchNorm(
                        convolutions.get(i).operation(), norms.get(i).batchStatistics(true)));
            }
            return x.convBatchNorms(branches, parameters);
        }
        if (inferring) {
            List<Normalization.ConvNorm> branches = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                branches.add(new Normalization.ConvNorm(
                        convolutions.get(i).operation(), norms.get(i).fixedStatistics(true)));
            }
            return x.convNorms(branches, parameters);
        }
        Tensor[] outputs = new Tensor[count];
        for (int i = 0; i < count; i++) {
            outputs[i] = norms.get(i).relu(convolutions.get(i), x);
        }
        return outputs;
    }

    /** Whether both are one operation: unless somebody observes what is between them. */
    private boolean joinsTraining(Conv2d convolution) {
        return convolution.bias() == null && training() && !Observation.watched();
    }

    /** The same without training: unless a frozen norm is part of what is recorded. */
    private boolean joinsInference(Conv2d convolution) {
        return convolution.bias() == null && !training() && inferring();
    }

    private Tensor behind(Conv2d convolution, Tensor x, Tensor residual, boolean relu) {
        if (joinsTraining(convolution)) {
            return x.convBatchNorm(
                    convolution.operation(), convolution.weight(), batchStatistics(relu), weight, bias, residual);
        }
        if (joinsInference(convolution)) {
            return x.convNorm(
                    convolution.operation(), convolution.weight(), fixedStatistics(relu), weight, bias, residual);
        }
        Tensor z = convolution.apply(x);
        Tensor y = normalize(z, residual, relu);
        Observation.tell(this, z, y);
        return y;
    }

    private Normalization.BatchNorm batchStatistics(boolean relu) {
        return new Normalization.BatchNorm(EPSILON, MOMENTUM, relu, runningMean, runningVariance);
    }

    private Normalization.FixedNorm fixedStatistics(boolean relu) {
        return new Normalization.FixedNorm(EPSILON, relu, runningMean, runningVariance);
    }

    private Tensor normalize(Tensor x, Tensor residual, boolean relu) {
        return training()
                ? x.batchNorm(weight, bias, runningMean, runningVariance, EPSILON, MOMENTUM, residual, relu)
                : x.fixedNorm(weight, bias, runningMean, runningVariance, EPSILON, residual, relu);
    }
}
