package scgrad.core.op;

import scgrad.core.array.NDArray;

/** The gradient of an input that other operations gave: one that adds its own to it gives the same array back as its result. */
public final class Sum {
    private final NDArray array;
    private final boolean rectifiable;
    private boolean rectified;

    public Sum(NDArray array, boolean rectifiable) {
        this.array = array;
        this.rectifiable = rectifiable;
    }

    public NDArray array() {
        return array;
    }

    /**
     * Whether the input comes from a ReLU ({@link Inputs#takeRectified}) and nobody adds to its gradient any more, which may then be zeroed
     * where the input is not positive. Who adds last has both at hand; the ReLU's own operation would read and write them once more.
     */
    public boolean rectifiable() {
        return rectifiable;
    }

    /** Says that the gradient is zeroed where the input is not positive. */
    public void rectify() {
        rectified = true;
    }

    public boolean rectified() {
        return rectified;
    }
}
