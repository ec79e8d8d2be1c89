package scgrad.core.op;

import scgrad.core.array.NDArray;

/**
 * What arrives at an output of an operation on the way back.
 *
 * @param dy the gradient
 * @param out the output
 * @param free whether nobody else looks at dy, so that a gradient may be written over it
 * @param rectified whether dy is zero already where the output, a ReLU's, is not positive; see {@link Inputs#takeRectified}
 */
public record Upstream(NDArray dy, NDArray out, boolean free, boolean rectified) {

    /** Memory for a gradient of dy's shape: dy's own where it is free. For kernels that may write over dy, the last to read it. */
    NDArray overDy() {
        return free ? dy.share() : NDArray.allocate(dy.backend(), dy.shape());
    }
}
