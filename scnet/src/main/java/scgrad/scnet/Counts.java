package scgrad.scnet;

import java.util.concurrent.atomic.AtomicLong;
import scgrad.core.Autograd;
import scgrad.core.Tensor;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;
import scgrad.core.array.StepScope;
import scgrad.nn.Module;
import scgrad.nn.Observation;

/** What a network costs: learnable numbers, and multiply-accumulates of its convolutions and linear layers for one image. */
public record Counts(long parameters, long multiplyAccumulates) {

    /** Counts one image [1, side, side, 3] through a network in inference mode. */
    public static Counts of(Module model, int side) {
        boolean training = model.training();
        model.eval();
        AtomicLong total = new AtomicLong();
        try (StepScope step = StepScope.open()) {
            Tensor x = Tensor.constant(NDArray.full(model.backend(), Shape.of(1, side, side, 3), 0));
            Observation.during(
                    (module, in, out) -> total.addAndGet(module.multiplyAccumulates(in.shape(), out.shape())),
                    () -> Autograd.noGrad(() -> model.apply(x)));
        } finally {
            if (training) {
                model.train();
            }
        }
        return new Counts(model.parameterCount(), total.get());
    }
}
