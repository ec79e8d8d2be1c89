package scgrad.core.op;

import scgrad.core.array.ConvGeometry;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;

/** Matrix products and convolution: operations linear in each input, whose gradients are products again. */
public final class Products {
    private Products() {}

    /** y [M, N] = a [M, K] b [K, N]. */
    public record Matmul() implements Op {
        @Override
        public NDArray forward(Inputs in) {
            Shape a = in.shape(0);
            Shape b = in.shape(1);
            if (a.rank() != 2 || b.rank() != 2 || a.size(1) != b.size(0)) {
                throw new IllegalArgumentException(
                        "matmul: " + a + " times " + b + " does not fit: expects [M, K] times [K, N]");
            }
            NDArray y = in.allocate(Shape.of(a.size(0), b.size(1)));
            in.backend().matmul(in.get(0), false, in.get(1), false, y);
            return y;
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            NDArray da = g.wants(0) ? g.like(0) : null;
            NDArray db = g.wants(1) ? g.like(1) : null;
            if (da != null) {
                g.backend().matmul(g.dy(), false, g.in(1), true, da);
            }
            if (db != null) {
                g.backend().matmul(g.in(0), true, g.dy(), false, db);
            }
            return Gradient.of(da, db);
        }
    }

    /** y [N, K] = x [N, C] transpose(w [K, C]), the weight as PyTorch keeps it. */
    public record Linear() implements Op {
        @Override
        public NDArray forward(Inputs in) {
            Shape x = in.shape(0);
            Shape w = in.shape(1);
            if (x.rank() != 2 || w.rank() != 2 || x.size(1) != w.size(1)) {
                throw new IllegalArgumentException(
                        "linear: input " + x + " does not fit weight " + w + ": expects [N, C] and [K, C]");
            }
            NDArray y = in.allocate(Shape.of(x.size(0), w.size(0)));
            in.backend().matmul(in.get(0), false, in.get(1), true, y);
            return y;
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            NDArray dx = g.wants(0) ? g.like(0) : null;
            NDArray dw = g.wants(1) ? g.like(1) : null;
            if (dx != null) {
                g.backend().matmul(g.dy(), false, g.in(1), false, dx);
            }
            if (dw != null) {
                g.backend().matmul(g.dy(), true, g.in(0), false, dw);
            }
            return Gradient.of(dx, dw);
        }
    }

    /** y [N, OH, OW, K] = x [N, H, W, C] convolved with w [KH, KW, C/groups, K]: bilinear, so both gradients are convolutions. */
    public record Conv2d(int stride, int padding, int dilation, int groups) implements Op {
        ConvGeometry geometry(NDArray x, NDArray w) {
            return ConvGeometry.of(x.shape(), w.shape(), stride, padding, dilation, groups);
        }

        @Override
        public NDArray forward(Inputs in) {
            ConvGeometry geometry = geometry(in.get(0), in.get(1));
            NDArray y = in.allocate(geometry.outputShape());
            in.backend().conv2d(geometry, in.get(0), in.get(1), y);
            return y;
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            ConvGeometry geometry = geometry(g.in(0), g.in(1));
            NDArray dx = g.sumOrLike(0);
            NDArray dw = g.wants(1) ? g.like(1) : null;
            if (dx != null) {
                g.backend().conv2dInputGradient(geometry, g.dy(), g.in(1), dx, g.sums()[0] != null);
            }
            if (dw != null) {
                g.backend().conv2dKernelGradient(geometry, g.in(0), g.dy(), dw);
            }
            return Gradient.of(dx, dw);
        }
    }
}
