package scgrad.nn;

import java.util.function.UnaryOperator;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;

/** A function of each number, or any other step without parameters, as a module: {@code new Activation(backend, "relu", Tensor::relu)}. */
public final class Activation extends Module {
    private final String name;
    private final UnaryOperator<Tensor> function;

    public Activation(Backend backend, String name, UnaryOperator<Tensor> function) {
        super(backend);
        this.name = name;
        this.function = function;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return function.apply(x);
    }

    @Override
    public String kind() {
        return name;
    }
}
