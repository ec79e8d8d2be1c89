package scgrad.nn.optim;

import java.util.Map;
import scgrad.core.Tensor;
import scgrad.core.array.NDArray;

/** Stochastic gradient descent with momentum; see {@link scgrad.core.array.Backend#sgd}. */
public final class Sgd extends Optimizer {
    private final double momentum;
    private final double weightDecay;
    private final boolean nesterov;

    public Sgd(
            Map<String, Tensor> parameters, double momentum, double weightDecay, boolean nesterov, boolean decayAll) {
        super(parameters, decayAll);
        this.momentum = momentum;
        this.weightDecay = weightDecay;
        this.nesterov = nesterov;
    }

    @Override
    String[] slots() {
        return new String[] {"velocity"};
    }

    @Override
    void update(String key, NDArray weight, NDArray gradient, double rate, boolean decays) {
        weight.backend()
                .sgd(
                        rate,
                        momentum,
                        decays ? weightDecay : 0,
                        nesterov,
                        weight,
                        gradient,
                        memory("velocity." + key, weight));
    }

    @Override
    public String toString() {
        return "sgd(momentum " + momentum + (nesterov ? " nesterov" : "") + ", weight decay " + weightDecay + ")";
    }
}
