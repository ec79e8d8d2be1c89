package scgrad.core.op;

import scgrad.core.array.Backend;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;

/** What an operation's vector-Jacobian product sees. */
public record Gradient(NDArray dy, NDArray[] inputs, NDArray[] saved, NDArray out, boolean[] wanted) {

    public NDArray in(int index) {
        return inputs[index];
    }

    public NDArray saved(int index) {
        return saved[index];
    }

    public boolean wants(int index) {
        return wanted[index];
    }

    public Backend backend() {
        return dy.backend();
    }

    public NDArray allocate(Shape shape) {
        return NDArray.allocate(backend(), shape);
    }

    /** Memory for the gradient of an input. */
    public NDArray like(int index) {
        return allocate(inputs[index].shape());
    }

    /** The gradients of an operation of one input. */
    static NDArray[] of(NDArray... gradients) {
        return gradients;
    }
}
