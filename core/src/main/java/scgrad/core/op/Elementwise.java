package scgrad.core.op;

import scgrad.core.array.Binary;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;
import scgrad.core.array.Unary;

/** Operations element by element; the ones of two inputs broadcast. */
public final class Elementwise {
    private Elementwise() {}

    private static NDArray binary(String name, Binary f, Inputs in) {
        NDArray y = in.allocate(Shape.broadcast(name, in.shape(0), in.shape(1)));
        in.backend().binary(f, in.get(0), in.get(1), y);
        return y;
    }

    private static NDArray binary(Binary f, Gradient g, NDArray a, NDArray b) {
        NDArray y = g.allocate(Shape.broadcast(f.name(), a.shape(), b.shape()));
        g.backend().binary(f, a, b, y);
        return y;
    }

    private static NDArray scaled(Gradient g, double factor, NDArray x) {
        NDArray y = g.allocate(x.shape());
        g.backend().unary(Unary.SCALE, factor, x, y);
        return y;
    }

    /** y = a + b. */
    public record Add() implements Op {
        @Override
        public NDArray forward(Inputs in) {
            return binary(name(), Binary.ADD, in);
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            return Gradient.of(g.wants(0) ? g.dy().share() : null, g.wants(1) ? g.dy().share() : null);
        }
    }

    /** y = a - b. */
    public record Sub() implements Op {
        @Override
        public NDArray forward(Inputs in) {
            return binary(name(), Binary.SUBTRACT, in);
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            return Gradient.of(g.wants(0) ? g.dy().share() : null, g.wants(1) ? scaled(g, -1, g.dy()) : null);
        }
    }

    /** y = a * b. */
    public record Mul() implements Op {
        @Override
        public NDArray forward(Inputs in) {
            return binary(name(), Binary.MULTIPLY, in);
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            return Gradient.of(
                    g.wants(0) ? binary(Binary.MULTIPLY, g, g.dy(), g.in(1)) : null,
                    g.wants(1) ? binary(Binary.MULTIPLY, g, g.dy(), g.in(0)) : null);
        }
    }

    /** y = a / b; db = -dy y / b. */
    public record Div() implements Op {
        @Override
        public NDArray forward(Inputs in) {
            return binary(name(), Binary.DIVIDE, in);
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            NDArray da = binary(Binary.DIVIDE, g, g.dy(), g.in(1));
            NDArray db = null;
            if (g.wants(1)) {
                db = binary(Binary.MULTIPLY, g, da, g.out());
                g.backend().unary(Unary.NEGATE, 0, db, db);
            }
            return Gradient.of(da, db);
        }
    }

    /** y = f(x); the parameter is the exponent, factor or shift of those functions that have one. */
    public record Map(Unary function, double parameter) implements Op {
        @Override
        public String name() {
            return function.name().toLowerCase(java.util.Locale.ROOT);
        }

        @Override
        public NDArray forward(Inputs in) {
            NDArray y = in.allocate(in.shape(0));
            in.backend().unary(function, parameter, in.get(0), y);
            return y;
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            NDArray dx = g.like(0);
            g.backend()
                    .unaryGradient(
                            function, parameter, function.derivativeFromValue() ? null : g.in(0), g.out(), g.dy(), dx);
            return Gradient.of(dx);
        }
    }

    /** Zeroes each element with probability {@code rate} and scales the rest by 1/(1 - rate) (Srivastava et al., JMLR 2014). */
    public record Dropout(double rate, long seed) implements Op {
        public Dropout {
            if (!(rate >= 0 && rate < 1)) {
                throw new IllegalArgumentException("dropout: rate " + rate + " must be at least 0 and below 1");
            }
        }

        @Override
        public NDArray forward(Inputs in) {
            NDArray y = in.allocate(in.shape(0));
            in.backend().dropout(1 - rate, seed, in.get(0), y);
            return y;
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            NDArray dx = g.like(0);
            g.backend().dropout(1 - rate, seed, g.dy(), dx);
            return Gradient.of(dx);
        }
    }
}
