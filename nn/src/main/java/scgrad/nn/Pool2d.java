package scgrad.nn;

import scgrad.core.Tensor;
import scgrad.core.array.Backend;

/** Pooling over square windows of an image, or over the whole map. */
public final class Pool2d extends Module {
    /** What is taken of each window. */
    public enum Kind {
        AVERAGE,
        MAX
    }

    private final Kind kind;
    private final int kernel;
    private final int stride;
    private final int padding;
    private final boolean ceil;

    public Pool2d(Backend backend, Kind kind, int kernel, int stride, int padding, boolean ceil) {
        super(backend);
        this.kind = kind;
        this.kernel = kernel;
        this.stride = stride;
        this.padding = padding;
        this.ceil = ceil;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return switch (kind) {
            case AVERAGE -> x.averagePool(kernel, stride, padding, ceil, !ceil);
            case MAX -> x.maxPool(kernel, stride, padding, ceil);
        };
    }

    @Override
    public String kind() {
        return kind == Kind.MAX ? "MaxPool2d" : "AveragePool2d";
    }
}
