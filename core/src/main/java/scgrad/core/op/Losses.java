package scgrad.core.op;

import scgrad.core.array.Binary;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;
import scgrad.core.array.Unary;

/** Log-softmax and cross entropy. */
public final class Losses {
    private Losses() {}

    /** y = x - log(sum(exp(x))) along the last axis. */
    public record LogSoftmax() implements Op {
        @Override
        public NDArray forward(Inputs in) {
            NDArray y = in.allocate(in.shape(0));
            in.backend().logSoftmax(in.get(0), y);
            return y;
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            NDArray dx = g.like(0);
            g.backend().logSoftmaxGradient(g.out(), g.dy(), dx);
            return Gradient.of(dx);
        }
    }

    /**
     * The mean over the batch of -sum(target * log softmax(logits)); inputs logits [N, K] and target distributions [N, K]: soft targets
     * and label smoothing are the same thing. Targets get no gradient.
     */
    public record CrossEntropy() implements Op {
        @Override
        public NDArray forward(Inputs in) {
            if (in.shape(0).rank() != 2 || !in.shape(0).equals(in.shape(1))) {
                throw new IllegalArgumentException(
                        "crossEntropy: logits " + in.shape(0) + " and targets " + in.shape(1) + " must both be [N, K]");
            }
            NDArray logp = in.save(in.allocate(in.shape(0)));
            in.backend().logSoftmax(in.get(0), logp);
            NDArray products = in.allocate(in.shape(0));
            in.backend().binary(Binary.MULTIPLY, logp, in.get(1), products);
            NDArray y = in.allocate(Shape.of());
            in.backend()
                    .reduce(
                            scgrad.core.array.Reduction.SUM,
                            products,
                            in.shape(0).mask(),
                            y);
            in.backend().unary(Unary.SCALE, -1.0 / in.shape(0).size(0), y, y);
            products.release();
            return y;
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            // with u = -t dy / N, log-softmax's own gradient is u - softmax * sum(u)
            NDArray upstream = g.like(0);
            g.backend().binary(Binary.MULTIPLY, g.in(1), g.dy(), upstream);
            g.backend().unary(Unary.SCALE, -1.0 / g.in(0).shape().size(0), upstream, upstream);
            NDArray dx = g.like(0);
            g.backend().logSoftmaxGradient(g.saved(0), upstream, dx);
            upstream.release();
            return Gradient.of(dx, null);
        }
    }
}
