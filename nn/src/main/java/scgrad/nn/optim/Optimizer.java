package scgrad.nn.optim;

import java.util.LinkedHashMap;
import java.util.Map;
import scgrad.core.Tensor;
import scgrad.core.array.NDArray;

/**
 * Changes parameters by their gradients. Its memory of the past is kept under the parameters' keys, so that a checkpoint can hold it.
 */
public abstract class Optimizer {
    private final Map<String, Tensor> parameters;
    private final boolean decayAll;
    private final Map<String, NDArray> state = new LinkedHashMap<>();
    private long steps;

    /** @param decayAll whether weight decay applies to biases and batch norms too, that is to parameters of one axis */
    Optimizer(Map<String, Tensor> parameters, boolean decayAll) {
        this.parameters = new LinkedHashMap<>(parameters);
        this.decayAll = decayAll;
    }

    /** Moves every parameter that has a gradient, and forgets the gradients. */
    public final void step(double rate) {
        steps++;
        parameters.forEach((key, parameter) -> {
            NDArray gradient = parameter.gradient();
            if (gradient != null) {
                update(
                        key,
                        parameter.value(),
                        gradient,
                        rate,
                        decayAll || parameter.shape().rank() > 1);
                parameter.clearGradient();
            }
        });
    }

    abstract void update(String key, NDArray weight, NDArray gradient, double rate, boolean decays);

    /** A persistent array of the optimizer's memory, zero at first. */
    final NDArray memory(String key, NDArray like) {
        return state.computeIfAbsent(key, name -> NDArray.persistent(like.backend(), like.shape()));
    }

    /** How many steps were taken. */
    public final long steps() {
        return steps;
    }

    public final Map<String, Tensor> parameters() {
        return parameters;
    }

    /** The names of the arrays kept per parameter. */
    abstract String[] slots();

    /** What a checkpoint keeps, by {@code slot.key}. */
    public final Map<String, NDArray> state() {
        parameters.forEach((key, parameter) -> {
            for (String slot : slots()) {
                memory(slot + "." + key, parameter.value());
            }
        });
        return state;
    }

    public final void restoreSteps(long count) {
        steps = count;
    }
}
