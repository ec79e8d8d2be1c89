package scgrad.core.op;

import scgrad.core.array.Backend;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;

/**
 * What an operation's vector-Jacobian product sees.
 *
 * @param upstream what arrives at each output
 * @param sums of each input the gradient that other operations gave, or null where it may not be added to
 */
public record Gradient(Upstream[] upstream, NDArray[] inputs, NDArray[] saved, boolean[] wanted, Sum[] sums) {

    /** The gradient of the only output. */
    public NDArray dy() {
        return upstream[0].dy();
    }

    /** The only output. */
    public NDArray out() {
        return upstream[0].out();
    }

    public boolean dyFree() {
        return upstream[0].free();
    }

    public boolean dyRectified() {
        return upstream[0].rectified();
    }

    /** See {@link Upstream#overDy}. */
    public NDArray overDy() {
        return upstream[0].overDy();
    }

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
        return dy().backend();
    }

    public NDArray allocate(Shape shape) {
        return NDArray.allocate(backend(), shape);
    }

    /** Memory for the gradient of an input. */
    public NDArray like(int index) {
        return allocate(inputs[index].shape());
    }

    /** Where an operation that can add to a gradient puts that of an input: the sum so far, memory of its own, or null if nobody asks. */
    NDArray sumOrLike(int index) {
        return !wants(index) ? null : sums[index] != null ? sums[index].array() : like(index);
    }

    /** The gradients of an operation of one input. */
    static NDArray[] of(NDArray... gradients) {
        return gradients;
    }
}
