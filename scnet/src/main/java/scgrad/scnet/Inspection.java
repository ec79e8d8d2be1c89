package scgrad.scnet;

import java.util.List;
import java.util.function.Supplier;
import scgrad.core.Tensor;
import scgrad.core.array.StepScope;
import scgrad.nn.Module;

/** Looking at a network without touching it: in inference mode, no parameter learns; afterwards both are as they were. */
final class Inspection {
    private Inspection() {}

    /** Runs a body that may ask for gradients of tensors of its own; what it allocates ends with it. */
    static <T> T of(Module network, Supplier<T> body) {
        boolean training = network.training();
        List<Tensor> learning = network.parameters().values().stream()
                .filter(Tensor::needsGradient)
                .toList();
        network.eval();
        learning.forEach(parameter -> parameter.setLearning(false));
        try (StepScope step = StepScope.open()) {
            return body.get();
        } finally {
            learning.forEach(parameter -> parameter.setLearning(true));
            if (training) {
                network.train();
            }
        }
    }
}
