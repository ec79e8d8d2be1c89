package scgrad.nn;

import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.Shape;
import scgrad.core.op.Products;

/** Convolution: {@code [N, H, W, in]} to {@code [N, OH, OW, out]}, kernel {@code weight [KH, KW, in/groups, out]}, perhaps {@code bias [out]}. */
public final class Conv2d extends Module {
    /** What shapes a convolution beside its channels. */
    public record Options(int kernel, int stride, int padding, int dilation, int groups, boolean bias) {
        /** An odd kernel that keeps the map's size at stride 1, without bias. */
        public static Options same(int kernel) {
            if (kernel < 1 || kernel % 2 == 0) {
                throw new IllegalArgumentException(
                        "conv2d: a kernel of " + kernel + " cannot keep the map's size; take an odd one");
            }
            return new Options(kernel, 1, kernel / 2, 1, 1, false);
        }

        public Options stride(int value) {
            return new Options(kernel, value, padding, dilation, groups, bias);
        }

        public Options groups(int value) {
            return new Options(kernel, stride, padding, dilation, value, bias);
        }

        /** Dilation, with the padding that keeps the map's size. */
        public Options dilation(int value) {
            return new Options(kernel, stride, kernel / 2 * value, value, groups, bias);
        }

        public Options withBias() {
            return new Options(kernel, stride, padding, dilation, groups, true);
        }
    }

    private final Options options;
    private final Tensor weight;
    private final Tensor bias;

    public Conv2d(Backend backend, int in, int out, Options options) {
        super(backend);
        this.options = options;
        if (in % options.groups != 0 || out % options.groups != 0) {
            throw new IllegalArgumentException("conv2d: groups " + options.groups + " must divide " + in + " input and "
                    + out + " output channels");
        }
        Shape shape = Shape.of(options.kernel, options.kernel, in / options.groups, out);
        weight = parameter("weight", shape, Initializer.kaimingFanOut());
        bias = options.bias
                ? parameter("bias", Shape.of(out), Initializer.inverseRoot(Initializer.fanIn(shape)))
                : null;
    }

    public Options options() {
        return options;
    }

    public Tensor weight() {
        return weight;
    }

    /** Null where there is none. */
    public Tensor bias() {
        return bias;
    }

    /** The operation, for passes that fuse it with what follows. */
    Products.Conv2d operation() {
        return new Products.Conv2d(options.stride, options.padding, options.dilation, options.groups);
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.conv2d(weight, bias, options.stride, options.padding, options.dilation, options.groups);
    }

    @Override
    public long multiplyAccumulates(Shape input, Shape output) {
        return output.count() * weight.shape().count() / weight.shape().size(-1);
    }
}
