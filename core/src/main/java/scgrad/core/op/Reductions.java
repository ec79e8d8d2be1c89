package scgrad.core.op;

import scgrad.core.array.Binary;
import scgrad.core.array.NDArray;
import scgrad.core.array.Reduction;
import scgrad.core.array.Shape;
import scgrad.core.array.Unary;

/** Reductions over axes; no axes means all; negative axes count from the end. */
public final class Reductions {
    private Reductions() {}

    private static NDArray reduce(Reduction f, NDArray x, boolean[] mask, boolean keep) {
        NDArray y = NDArray.allocate(x.backend(), x.shape().reduced(mask, keep));
        x.backend().reduce(f, x, mask, y);
        return y;
    }

    /** dy spread over the shape of the input, times a factor. */
    private static NDArray spread(Gradient g, boolean[] mask, double factor) {
        NDArray dx = g.like(0);
        NDArray scale = NDArray.full(g.backend(), Shape.of(1), factor);
        NDArray dy = g.dy().reshape(g.in(0).shape().reduced(mask, true));
        g.backend().binary(Binary.MULTIPLY, dy, scale, dx);
        scale.release();
        dy.release();
        return dx;
    }

    /** y = sum of x. */
    public record Sum(boolean keep, int... axes) implements Op {
        @Override
        public NDArray forward(Inputs in) {
            return reduce(Reduction.SUM, in.get(0), in.shape(0).mask(axes), keep);
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            return Gradient.of(spread(g, g.in(0).shape().mask(axes), 1));
        }
    }

    /** y = mean of x. */
    public record Mean(boolean keep, int... axes) implements Op {
        private double factor(Shape shape) {
            return (double) shape.reduced(shape.mask(axes), true).count() / shape.count();
        }

        @Override
        public NDArray forward(Inputs in) {
            NDArray y = reduce(Reduction.SUM, in.get(0), in.shape(0).mask(axes), keep);
            in.backend().unary(Unary.SCALE, factor(in.shape(0)), y, y);
            return y;
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            Shape shape = g.in(0).shape();
            return Gradient.of(spread(g, shape.mask(axes), factor(shape)));
        }
    }

    /** y = largest of x; ties share the gradient evenly. */
    public record Max(boolean keep, int... axes) implements Op {
        @Override
        public NDArray forward(Inputs in) {
            return reduce(Reduction.MAX, in.get(0), in.shape(0).mask(axes), keep);
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            Shape shape = g.in(0).shape();
            boolean[] mask = shape.mask(axes);
            NDArray y = g.out().reshape(shape.reduced(mask, true));
            NDArray dx = g.like(0);
            g.backend().binary(Binary.EQUAL, g.in(0), y, dx);
            NDArray share = reduce(Reduction.SUM, dx, mask, true);
            NDArray dy = g.dy().reshape(share.shape());
            g.backend().binary(Binary.DIVIDE, dy, share, share);
            g.backend().binary(Binary.MULTIPLY, dx, share, dx);
            y.release();
            dy.release();
            share.release();
            return Gradient.of(dx);
        }
    }
}
