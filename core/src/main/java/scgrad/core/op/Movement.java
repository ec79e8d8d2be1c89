package scgrad.core.op;

import java.util.Arrays;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;

/** Operations that move numbers and change none: each one's gradient moves them back. */
public final class Movement {
    private Movement() {}

    /** The same numbers under another shape; one size may be -1. */
    public record Reshape(int... sizes) implements Op {
        @Override
        public NDArray forward(Inputs in) {
            int[] target = sizes.clone();
            int unknown = -1;
            long known = 1;
            for (int i = 0; i < target.length; i++) {
                if (target[i] == -1 && unknown < 0) {
                    unknown = i;
                } else {
                    known *= target[i];
                }
            }
            if (unknown >= 0) {
                target[unknown] = (int) (in.shape(0).count() / Math.max(known, 1));
            }
            return in.get(0).reshape(Shape.of(target));
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            return Gradient.of(g.dy().reshape(g.in(0).shape()));
        }
    }

    /** Output axis i is input axis {@code order[i]}. */
    public record Permute(int... order) implements Op {
        @Override
        public NDArray forward(Inputs in) {
            return permute(in.get(0), order);
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            int[] inverse = new int[order.length];
            for (int i = 0; i < order.length; i++) {
                inverse[order[i]] = i;
            }
            return Gradient.of(permute(g.dy(), inverse));
        }

        private static NDArray permute(NDArray x, int[] order) {
            int[] sorted = order.clone();
            Arrays.sort(sorted);
            for (int i = 0; i < sorted.length; i++) {
                if (sorted[i] != i || sorted.length != x.shape().rank()) {
                    throw new IllegalArgumentException(
                            "permute: " + Arrays.toString(order) + " is no order of the axes of " + x.shape());
                }
            }
            NDArray y = NDArray.allocate(
                    x.backend(),
                    Shape.of(Arrays.stream(order).map(x.shape()::size).toArray()));
            x.backend().permute(x, order, y);
            return y;
        }
    }

    /** Joins arrays along an axis. */
    public record Concat(int axis) implements Op {
        @Override
        public NDArray forward(Inputs in) {
            Shape first = in.shape(0);
            int total = 0;
            for (int i = 0; i < in.count(); i++) {
                Shape shape = in.shape(i);
                if (shape.rank() != first.rank() || !shape.with(axis, 1).equals(first.with(axis, 1))) {
                    throw new IllegalArgumentException(
                            "concat: shapes " + first + " and " + shape + " differ outside axis " + axis);
                }
                total += shape.size(axis);
            }
            NDArray y = in.allocate(first.with(axis, total));
            int[] to = new int[first.rank()];
            for (int i = 0; i < in.count(); i++) {
                in.backend()
                        .copyRegion(
                                in.get(i),
                                new int[first.rank()],
                                y,
                                to,
                                in.shape(i).sizes());
                to[first.axis(axis)] += in.shape(i).size(axis);
            }
            return y;
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            NDArray[] gradients = new NDArray[g.inputs().length];
            int[] from = new int[g.dy().shape().rank()];
            for (int i = 0; i < gradients.length; i++) {
                Shape shape = g.in(i).shape();
                if (g.wants(i)) {
                    gradients[i] = g.like(i);
                    g.backend().copyRegion(g.dy(), from, gradients[i], new int[from.length], shape.sizes());
                }
                from[shape.axis(axis)] += shape.size(axis);
            }
            return gradients;
        }
    }

    /** The part {@code start .. end-1} along an axis. */
    public record Slice(int axis, int start, int end) implements Op {
        @Override
        public NDArray forward(Inputs in) {
            Shape x = in.shape(0);
            if (start < 0 || end < start || end > x.size(axis)) {
                throw new IllegalArgumentException(
                        "slice: " + start + " to " + end + " is outside axis " + axis + " of " + x);
            }
            NDArray y = in.allocate(x.with(axis, end - start));
            in.backend()
                    .copyRegion(
                            in.get(0),
                            offset(x),
                            y,
                            new int[x.rank()],
                            y.shape().sizes());
            return y;
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            Shape x = g.in(0).shape();
            NDArray dx = NDArray.full(g.backend(), x, 0);
            g.backend()
                    .copyRegion(
                            g.dy(),
                            new int[x.rank()],
                            dx,
                            offset(x),
                            g.dy().shape().sizes());
            return Gradient.of(dx);
        }

        private int[] offset(Shape x) {
            int[] offset = new int[x.rank()];
            offset[x.axis(axis)] = start;
            return offset;
        }
    }

    /** Zeros before and after each axis; on the last axis it makes the zero-padded channels of shortcut A (He et al., CVPR 2016). */
    public record Pad(int[] before, int[] after) implements Op {
        @Override
        public NDArray forward(Inputs in) {
            Shape x = in.shape(0);
            if (before.length != x.rank() || after.length != x.rank()) {
                throw new IllegalArgumentException("pad: " + Arrays.toString(before) + " and " + Arrays.toString(after)
                        + " must have a number for each axis of " + x);
            }
            int[] sizes = x.sizes();
            for (int i = 0; i < sizes.length; i++) {
                sizes[i] += before[i] + after[i];
            }
            NDArray y = NDArray.full(in.backend(), Shape.of(sizes), 0);
            in.backend().copyRegion(in.get(0), new int[before.length], y, before, x.sizes());
            return y;
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            NDArray dx = g.like(0);
            g.backend()
                    .copyRegion(
                            g.dy(),
                            before,
                            dx,
                            new int[before.length],
                            dx.shape().sizes());
            return Gradient.of(dx);
        }
    }
}
