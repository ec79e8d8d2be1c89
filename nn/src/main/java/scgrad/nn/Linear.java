package scgrad.nn;

import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.Shape;

/** A fully connected layer: {@code [N, in]} to {@code [N, out]}, weight {@code [out, in]}, bias {@code [out]}. */
public final class Linear extends Module {
    private final Tensor weight;
    private final Tensor bias;

    public Linear(Backend backend, int in, int out) {
        super(backend);
        weight = parameter("weight", Shape.of(out, in), Initializer.inverseRoot(in));
        bias = parameter("bias", Shape.of(out), Initializer.inverseRoot(in));
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.linear(weight, bias);
    }

    @Override
    public long multiplyAccumulates(Shape input, Shape output) {
        return output.count() * weight.shape().size(1);
    }
}
