package scgrad.nn.optim;

import java.util.Map;
import scgrad.core.Tensor;
import scgrad.core.array.NDArray;

/** Adam with decoupled weight decay; see {@link scgrad.core.array.Backend#adamW}. */
public final class AdamW extends Optimizer {
    private final double beta1;
    private final double beta2;
    private final double epsilon;
    private final double weightDecay;

    public AdamW(
            Map<String, Tensor> parameters,
            double beta1,
            double beta2,
            double epsilon,
            double weightDecay,
            boolean decayAll) {
        super(parameters, decayAll);
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.epsilon = epsilon;
        this.weightDecay = weightDecay;
    }

    @Override
    String[] slots() {
        return new String[] {"first", "second"};
    }

    @Override
    void update(String key, NDArray weight, NDArray gradient, double rate, boolean decays) {
        NDArray first = memory("first." + key, weight);
        NDArray second = memory("second." + key, weight);
        weight.backend()
                .adamW(rate, beta1, beta2, epsilon, decays ? weightDecay : 0, steps(), weight, gradient, first, second);
    }

    @Override
    public String toString() {
        return "adamw(betas " + beta1 + " " + beta2 + ", weight decay " + weightDecay + ")";
    }
}
