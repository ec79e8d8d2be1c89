package scgrad.core.op;

import java.util.List;
import scgrad.core.array.Backend;
import scgrad.core.array.BranchGradient;
import scgrad.core.array.ChannelNorm;
import scgrad.core.array.ConvGeometry;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;

/** Batch normalisation (Ioffe and Szegedy, ICML 2015) over all axes but the last. */
public final class Normalization {
    private Normalization() {}

    /** Checks scale, shift and perhaps a residual, the inputs from {@code first} on, against the shape of what is normalised. */
    private static void check(String name, String normalised, Shape x, Inputs in, int first) {
        Shape channels = Shape.of(x.channels());
        for (int i = first; i < first + 2; i++) {
            if (!in.shape(i).equals(channels)) {
                throw new IllegalArgumentException(name + ": " + normalised + " " + x + " has " + x.channels()
                        + " channels, scale or shift has shape " + in.shape(i));
            }
        }
        if (in.count() > first + 2 && !in.shape(first + 2).equals(x)) {
            throw new IllegalArgumentException(name + ": " + normalised + " " + x + " and residual "
                    + in.shape(first + 2) + " must have the same shape");
        }
    }

    private static NDArray apply(Inputs in, NDArray mean, NDArray variance, double epsilon, boolean relu) {
        NDArray y = in.allocate(in.shape(0));
        ChannelNorm norm = new ChannelNorm(mean, variance, epsilon, in.get(1), in.get(2));
        in.backend().batchNorm(in.get(0), norm, in.count() > 3 ? in.get(3) : null, relu, y);
        return y;
    }

    /** Without a ReLU the residual's gradient is dy itself, and behind one it may take dy's place. */
    private static NDArray residualGradient(Gradient g, boolean relu) {
        return relu ? g.overDy() : g.dy().share();
    }

    private static NDArray[] gradients(
            Gradient g, NDArray mean, NDArray variance, double epsilon, boolean relu, boolean training) {
        boolean residual = g.inputs().length > 3;
        NDArray dgamma = g.like(1);
        NDArray dbeta = g.like(2);
        NDArray dresidual = residual && g.wants(3) ? residualGradient(g, relu) : null;
        NDArray dx = dresidual == null ? g.overDy() : g.like(0);
        g.backend()
                .batchNormGradient(
                        g.in(0),
                        new ChannelNorm(mean, variance, epsilon, g.in(1), g.in(2)),
                        relu,
                        relu && residual ? g.out() : null,
                        training,
                        g.dy(),
                        dx,
                        dgamma,
                        dbeta,
                        relu ? dresidual : null);
        return residual ? Gradient.of(dx, dgamma, dbeta, dresidual) : Gradient.of(dx, dgamma, dbeta);
    }

    /**
     * y = act(gamma (x - mean) / sqrt(variance + epsilon) + beta + residual) with the batch's own statistics; inputs (x, gamma, beta) and
     * perhaps a residual of x's shape. The running statistics move by {@code momentum} towards the batch's (the variance unbiased) and
     * may be null.
     */
    public record BatchNorm(double epsilon, double momentum, boolean relu, NDArray runningMean, NDArray runningVariance)
            implements Op {
        @Override
        public NDArray forward(Inputs in) {
            check(name(), "input", in.shape(0), in, 1);
            NDArray x = in.get(0);
            NDArray mean = in.save(in.allocate(in.shape(1)));
            NDArray variance = in.save(in.allocate(in.shape(1)));
            in.backend().batchStatistics(x, mean, variance);
            follow(mean, variance, x.shape().rows());
            return apply(in, mean, variance, epsilon, relu);
        }

        /** Moves the running statistics towards those of a batch. */
        private void follow(NDArray mean, NDArray variance, int rows) {
            if (runningMean != null) {
                mean.backend().blend(momentum, mean, 1 - momentum, runningMean);
                // PyTorch refuses one value per channel; here the variance of one value counts as 0
                double unbiased = rows > 1 ? rows / (rows - 1.0) : 1;
                mean.backend().blend(momentum * unbiased, variance, 1 - momentum, runningVariance);
            }
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            return gradients(g, g.saved(0), g.saved(1), epsilon, relu, true);
        }
    }

    /** The same with given statistics, as at inference. */
    public record FixedNorm(double epsilon, boolean relu, NDArray mean, NDArray variance) implements Op {
        @Override
        public NDArray forward(Inputs in) {
            check(name(), "input", in.shape(0), in, 1);
            return apply(in, mean, variance, epsilon, relu);
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            return gradients(g, mean, variance, epsilon, relu, false);
        }
    }

    /**
     * A convolution and the {@link BatchNorm} behind it, as in training; inputs (x, w, gamma, beta) and perhaps a residual. One operation, so that
     * what lies between the two need not go through memory: neither their gradient nor, where {@link Backend#normsPointwise}, their output.
     */
    public record ConvBatchNorm(Products.Conv2d convolution, BatchNorm norm) implements Op {
        @Override
        public NDArray forward(Inputs in) {
            ConvGeometry geometry = convolution.geometry(in.get(0), in.get(1));
            NDArray residual = in.count() > 4 ? in.get(4) : null;
            check(name(), "output", geometry.outputShape(), in, 2);
            if (norm.relu && residual != null) {
                in.takeRectified();
            }
            if (in.backend().normsPointwise(geometry)) {
                NDArray moments = in.save(in.allocate(Shape.of(1 + geometry.channels(), geometry.channels())));
                NDArray mean = in.save(in.allocate(in.shape(2)));
                NDArray variance = in.save(in.allocate(in.shape(2)));
                NDArray y = in.allocate(geometry.outputShape());
                ChannelNorm behind = new ChannelNorm(mean, variance, norm.epsilon, in.get(2), in.get(3));
                in.backend()
                        .pointwiseBatchNorm(geometry, in.get(0), in.get(1), behind, residual, norm.relu, moments, y);
                norm.follow(mean, variance, y.shape().rows());
                return y;
            }
            NDArray z = in.save(convolution.forward(new Inputs(in.get(0), in.get(1))));
            Inputs behind = residual != null
                    ? new Inputs(z, in.get(2), in.get(3), residual)
                    : new Inputs(z, in.get(2), in.get(3));
            NDArray y = norm.forward(behind);
            for (NDArray statistic : behind.saved()) {
                in.save(statistic);
            }
            return y;
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            ConvGeometry geometry = convolution.geometry(g.in(0), g.in(1));
            boolean relu = norm.relu && !g.dyRectified();
            boolean residual = g.inputs().length > 4;
            ChannelNorm behind = new ChannelNorm(g.saved(1), g.saved(2), norm.epsilon, g.in(2), g.in(3));
            Sum sum = g.sums()[0];
            NDArray dx = g.sumOrLike(0);
            NDArray dw = g.wants(1) ? g.like(1) : null;
            NDArray dgamma = g.like(2);
            NDArray dbeta = g.like(3);
            NDArray dresidual = residual && g.wants(4) ? residualGradient(g, relu) : null;
            if (g.backend().normsPointwise(geometry)) {
                NDArray passed = !relu ? null : dresidual != null ? dresidual.share() : g.overDy();
                g.backend()
                        .pointwiseBatchNormGradient(
                                geometry,
                                g.in(0),
                                g.in(1),
                                g.saved(0),
                                behind,
                                relu ? g.out() : null,
                                g.dy(),
                                passed,
                                dx,
                                sum != null,
                                dw,
                                dgamma,
                                dbeta);
                if (passed != null) {
                    passed.release();
                }
            } else {
                NDArray dz = dresidual == null ? g.overDy() : g.allocate(g.dy().shape());
                boolean rectify =
                        sum != null && sum.rectifiable() && g.backend().rectifiesGradient(geometry);
                BranchGradient all = new BranchGradient(
                        geometry,
                        g.in(1),
                        g.saved(0),
                        behind,
                        relu,
                        relu && residual ? g.out() : null,
                        g.dy(),
                        dz,
                        dw,
                        dgamma,
                        dbeta,
                        relu ? dresidual : null);
                g.backend().conv2dBatchNormGradient(g.in(0), List.of(all), dx, sum != null, rectify);
                if (rectify) {
                    sum.rectify();
                }
                dz.release();
            }
            return residual ? Gradient.of(dx, dw, dgamma, dbeta, dresidual) : Gradient.of(dx, dw, dgamma, dbeta);
        }
    }

    /**
     * A convolution and the {@link FixedNorm} behind it in one pass over memory, as at inference; inputs (x, w, gamma, beta) and perhaps a
     * residual. The gradient computes the convolution again instead of keeping it.
     */
    public record ConvNorm(Products.Conv2d convolution, FixedNorm norm) implements Op {
        @Override
        public NDArray forward(Inputs in) {
            ConvGeometry geometry = convolution.geometry(in.get(0), in.get(1));
            NDArray residual = in.count() > 4 ? in.get(4) : null;
            check(name(), "output", geometry.outputShape(), in, 2);
            NDArray y = residual != null ? in.over(4) : in.allocate(geometry.outputShape());
            ChannelNorm behind = new ChannelNorm(norm.mean, norm.variance, norm.epsilon, in.get(2), in.get(3));
            in.backend().conv2dNorm(geometry, in.get(0), in.get(1), behind, residual, norm.relu, y);
            return y;
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            boolean residual = g.inputs().length > 4;
            NDArray z = convolution.forward(new Inputs(g.in(0), g.in(1)));
            NDArray[] normInputs =
                    residual ? new NDArray[] {z, g.in(2), g.in(3), g.in(4)} : new NDArray[] {z, g.in(2), g.in(3)};
            boolean[] wanted = {true, true, true, residual && g.wants(4)};
            NDArray[] behind = norm.vjp(
                    new Gradient(g.upstream(), normInputs, new NDArray[0], wanted, new Sum[normInputs.length]));
            NDArray[] convolved = {g.in(0), g.in(1)};
            boolean[] asked = {g.wants(0), g.wants(1)};
            Upstream[] between = {new Upstream(behind[0], z, true, false)};
            Sum[] sums = {g.sums()[0], null};
            NDArray[] before = convolution.vjp(new Gradient(between, convolved, new NDArray[0], asked, sums));
            behind[0].release();
            z.release();
            return residual
                    ? Gradient.of(before[0], before[1], behind[1], behind[2], behind[3])
                    : Gradient.of(before[0], before[1], behind[1], behind[2]);
        }
    }
}
