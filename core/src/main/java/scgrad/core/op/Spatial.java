package scgrad.core.op;

import scgrad.core.array.NDArray;
import scgrad.core.array.Resampling;
import scgrad.core.array.Shape;
import scgrad.core.array.Windows;

/** Operations that change the map size of an image [N, H, W, C]: pooling, interpolation and the gate built on it. */
public final class Spatial {
    private Spatial() {}

    static Shape image(String operation, Shape x) {
        if (x.rank() != 4) {
            throw new IllegalArgumentException(operation + ": expects an image [N, H, W, C], got " + x);
        }
        return x;
    }

    /** How a pooling's windows are laid out over an axis. */
    public interface Layout {
        Windows rows(int height);

        Windows columns(int width);
    }

    /** Sliding square windows; see {@link Windows#sliding}. */
    public record Sliding(int kernel, int stride, int padding, boolean ceil, boolean countPadding) implements Layout {
        @Override
        public Windows rows(int height) {
            return Windows.sliding(height, kernel, stride, padding, ceil, countPadding);
        }

        @Override
        public Windows columns(int width) {
            return rows(width);
        }
    }

    /** As many windows as outputs; see {@link Windows#adaptive}. */
    public record Adaptive(int height, int width) implements Layout {
        @Override
        public Windows rows(int inputs) {
            return Windows.adaptive(inputs, height);
        }

        @Override
        public Windows columns(int inputs) {
            return Windows.adaptive(inputs, width);
        }
    }

    /** The mean of each window. */
    public record AveragePool(Layout layout) implements Op {
        @Override
        public NDArray forward(Inputs in) {
            Shape x = image(name(), in.shape(0));
            Windows rows = layout.rows(x.size(1));
            Windows columns = layout.columns(x.size(2));
            NDArray y = in.allocate(Shape.of(x.size(0), rows.outputs(), columns.outputs(), x.size(3)));
            in.backend().averagePool(rows, columns, in.get(0), y);
            return y;
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            Shape x = g.in(0).shape();
            NDArray dx = g.sumOrLike(0);
            boolean accumulate = g.sums()[0] != null;
            g.backend().averagePoolGradient(layout.rows(x.size(1)), layout.columns(x.size(2)), g.dy(), dx, accumulate);
            return Gradient.of(dx);
        }
    }

    /** The largest of each window; the gradient goes to the first of equals. */
    public record MaxPool(Layout layout) implements Op {
        @Override
        public NDArray forward(Inputs in) {
            Shape x = image(name(), in.shape(0));
            Windows rows = layout.rows(x.size(1));
            Windows columns = layout.columns(x.size(2));
            NDArray y = in.allocate(Shape.of(x.size(0), rows.outputs(), columns.outputs(), x.size(3)));
            in.backend().maxPool(rows, columns, in.get(0), y);
            return y;
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            Shape x = g.in(0).shape();
            NDArray dx = g.like(0);
            g.backend()
                    .maxPoolGradient(layout.rows(x.size(1)), layout.columns(x.size(2)), g.in(0), g.out(), g.dy(), dx);
            return Gradient.of(dx);
        }
    }

    /** Resizes to any height and width. */
    public record Interpolate(Resampling.Mode mode, int height, int width) implements Op {
        @Override
        public NDArray forward(Inputs in) {
            Shape x = image(name(), in.shape(0));
            NDArray y = in.allocate(Shape.of(x.size(0), height, width, x.size(3)));
            in.backend()
                    .interpolate(
                            Resampling.of(mode, x.size(1), height),
                            Resampling.of(mode, x.size(2), width),
                            in.get(0),
                            y);
            return y;
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            Shape x = g.in(0).shape();
            NDArray dx = g.like(0);
            g.backend()
                    .interpolateGradient(
                            Resampling.of(mode, x.size(1), height), Resampling.of(mode, x.size(2), width), g.dy(), dx);
            return Gradient.of(dx);
        }
    }

    /**
     * The gate of a self-calibrated convolution: y = a * sigmoid(b + up(c)), inputs (a, c) or (a, c, b) with a, b [N, H, W, C] and c [N,
     * h, w, C]. One pass instead of four (Liu et al., CVPR 2020, equation 4).
     */
    public record CalibrationGate(Resampling.Mode mode) implements Op {
        @Override
        public NDArray forward(Inputs in) {
            Shape a = image(name(), in.shape(0));
            Shape c = image(name(), in.shape(1));
            boolean fits = a.size(0) == c.size(0) && a.size(3) == c.size(3);
            if (!fits || in.count() > 2 && !in.shape(2).equals(a)) {
                throw new IllegalArgumentException("calibrationGate: value " + a + ", context " + c
                        + (in.count() > 2 ? " and identity " + in.shape(2) : "")
                        + " do not fit: batch and channels must agree");
            }
            NDArray y = in.allocate(a);
            in.backend()
                    .calibrationGate(
                            Resampling.of(mode, c.size(1), a.size(1)),
                            Resampling.of(mode, c.size(2), a.size(2)),
                            in.get(0),
                            in.count() > 2 ? in.get(2) : null,
                            in.get(1),
                            y);
            return y;
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            Shape a = g.in(0).shape();
            Shape c = g.in(1).shape();
            boolean identity = g.inputs().length > 2;
            NDArray da = g.overDy();
            NDArray dc = g.like(1);
            NDArray db = g.like(0);
            g.backend()
                    .calibrationGateGradient(
                            Resampling.of(mode, c.size(1), a.size(1)),
                            Resampling.of(mode, c.size(2), a.size(2)),
                            g.in(0),
                            identity ? g.in(2) : null,
                            g.in(1),
                            g.dy(),
                            da,
                            db,
                            dc);
            if (!identity) {
                db.release();
                return Gradient.of(da, dc);
            }
            return Gradient.of(da, dc, db);
        }
    }
}
