package scgrad.core.op;

import scgrad.core.array.Backend;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;

/**
 * What an operation's vector-Jacobian product sees.
 *
 * @param dyFree whether nobody else looks at dy, so that a gradient may be written over it
 * @param sums of each input the gradient that other operations gave, or null: one that adds its own to it gives it back as its result
 */
public record Gradient(
        NDArray dy, NDArray[] inputs, NDArray[] saved, NDArray out, boolean[] wanted, boolean dyFree, NDArray[] sums) {

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

    /** Memory for a gradient of dy's shape: dy's own where it is free. For kernels that may write over dy, the last to read it. */
    public NDArray overDy() {
        return dyFree ? dy.share() : allocate(dy.shape());
    }

    /** The gradients of an operation of one input. */
    static NDArray[] of(NDArray... gradients) {
        return gradients;
    }
}
