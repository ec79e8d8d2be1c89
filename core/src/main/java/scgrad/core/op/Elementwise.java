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

    /** f(dy, b) to a given place, for example over dy. */
    private static NDArray binary(Binary f, Gradient g, NDArray b, NDArray to) {
        g.backend().binary(f, g.dy(), b, to);
        return to;
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
            // the first may write over dy where there is no second
            NDArray da = !g.wants(0)
                    ? null
                    : binary(Binary.MULTIPLY, g, g.in(1), g.wants(1) ? g.allocate(g.dy().shape()) : g.overDy());
            NDArray db = g.wants(1) ? binary(Binary.MULTIPLY, g, g.in(0), g.overDy()) : null;
            return Gradient.of(da, db);
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
            NDArray da = binary(Binary.DIVIDE, g, g.in(1), g.overDy());
            NDArray db = null;
            if (g.wants(1)) {
                db = g.allocate(da.shape());
                g.backend().binary(Binary.MULTIPLY, da, g.out(), db);
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
            NDArray dx = g.overDy();
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
            NDArray dx = g.overDy();
            g.backend().dropout(1 - rate, seed, g.dy(), dx);
            return Gradient.of(dx);
        }
    }
}
