package scgrad.core.backend.cpu;

import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import scgrad.core.array.Unary;

/**
 * Functions of one number with vectors: polynomials with fused multiply-adds and not the JDK's own functions, which differ in their bits
 * between interpreted and compiled code.
 *
 * <p>Each function has a loop of its own. One loop around a choice of function is compiled for all that were seen, and once these are many C2
 * leaves vectors on the heap: ten times as slow.
 */
final class VectorFunctions {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    /** e^-87 is the least power of e with a whole exponent that is a normal number. */
    private static final float LEAST_EXPONENT = -87;
    /** ln(2^128), rounded down. */
    private static final float MOST_EXPONENT = 88.72283f;

    private VectorFunctions() {}

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(SPECIES, x, at);
    }

    /** dy where y is positive, 0 elsewhere: behind a ReLU. */
    static FloatVector where(FloatVector y, FloatVector dy) {
        return FloatVector.zero(SPECIES).blend(dy, y.compare(GT, 0f));
    }

    /**
     * What {@link FloatVector#max} gives for a floor that is not -0, NaN included: C2 makes seven instructions of that and two of this. Outputs with
     * ReLU of 64 to 256 channels of 56x56 take 4 % less on an Emerald Rapids core.
     */
    static FloatVector atLeast(FloatVector value, float floor) {
        return value.blend(floor, value.compare(LE, floor));
    }

    /** The same from above. */
    private static FloatVector atMost(FloatVector value, float ceiling) {
        return value.blend(ceiling, value.compare(GE, ceiling));
    }

    /** e^x, of {@link #LEAST_EXPONENT} for what is less and of {@link #MOST_EXPONENT} for what is more. */
    private static FloatVector exp(FloatVector x) {
        return power(atMost(atLeast(x, LEAST_EXPONENT), MOST_EXPONENT));
    }

    /** e^x of bounded numbers: 2^n times a polynomial on [-ln2/2, ln2/2] (Taylor to x^7, the error is below half a unit of the last place). */
    private static FloatVector power(FloatVector bounded) {
        // adding 1.5 * 2^23 leaves the nearest integer in the low bits
        FloatVector magic = FloatVector.broadcast(SPECIES, 12582912f);
        FloatVector shifted = bounded.fma(FloatVector.broadcast(SPECIES, 1.44269504f), magic);
        FloatVector n = shifted.sub(magic);
        FloatVector r = n.fma(FloatVector.broadcast(SPECIES, -0.693359375f), bounded);
        r = n.fma(FloatVector.broadcast(SPECIES, 2.12194440e-4f), r);
        FloatVector p = FloatVector.broadcast(SPECIES, 1.98412698e-4f);
        p = p.fma(r, FloatVector.broadcast(SPECIES, 1.38888889e-3f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 8.33333333e-3f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 4.16666667e-2f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 1.66666667e-1f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 0.5f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 1f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 1f));
        return p.reinterpretAsInts()
                .add(shifted.reinterpretAsInts().lanewise(LSHL, 23))
                .reinterpretAsFloats();
    }

    /**
     * 1 / (1 + e^-x), and 0 where that would be less than the least normal number: an Intel core takes some 150 cycles for a vector with such a
     * result, and for each that the next operations make of it. The gates of an untrained SCNet-50 in inference, most of them shut, take a third
     * of the time.
     */
    static FloatVector sigmoid(FloatVector x) {
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        FloatVector bounded = atMost(atLeast(x, LEAST_EXPONENT), -LEAST_EXPONENT);
        return one.div(power(bounded.neg()).add(one)).blend(0f, x.compare(LT, LEAST_EXPONENT));
    }

    private static FloatVector tanh(FloatVector x) {
        FloatVector square = x.mul(x);
        // near zero 2 sigmoid(2x) - 1 cancels: an odd polynomial (Cephes)
        FloatVector p = FloatVector.broadcast(SPECIES, -5.70498872745e-3f);
        p = p.fma(square, FloatVector.broadcast(SPECIES, 2.06390887954e-2f));
        p = p.fma(square, FloatVector.broadcast(SPECIES, -5.37397155531e-2f));
        p = p.fma(square, FloatVector.broadcast(SPECIES, 1.33314422036e-1f));
        p = p.fma(square, FloatVector.broadcast(SPECIES, -3.33332819422e-1f));
        FloatVector small = p.mul(square).fma(x, x);
        FloatVector large =
                sigmoid(x.add(x)).fma(FloatVector.broadcast(SPECIES, 2f), FloatVector.broadcast(SPECIES, -1f));
        return large.blend(small, x.abs().compare(LT, 0.625f));
    }

    /** The normal distribution function, by erf's rational approximation 7.1.26 of Abramowitz and Stegun (error below 1.5e-7);
     * bell is e^(-x^2/2). */
    private static FloatVector normal(FloatVector x, FloatVector bell) {
        FloatVector z = x.abs().mul(0.70710678f);
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        FloatVector t = one.div(z.fma(FloatVector.broadcast(SPECIES, 0.3275911f), one));
        FloatVector p = FloatVector.broadcast(SPECIES, 1.061405429f);
        p = p.fma(t, FloatVector.broadcast(SPECIES, -1.453152027f));
        p = p.fma(t, FloatVector.broadcast(SPECIES, 1.421413741f));
        p = p.fma(t, FloatVector.broadcast(SPECIES, -0.284496736f));
        p = p.fma(t, FloatVector.broadcast(SPECIES, 0.254829592f));
        FloatVector tail = p.mul(t).mul(bell).mul(0.5f);
        return tail.blend(one.sub(tail), x.compare(GT, 0f));
    }

    private static FloatVector exponential(FloatVector x) {
        return exp(x).blend(Float.POSITIVE_INFINITY, x.compare(GT, MOST_EXPONENT))
                .blend(0f, x.compare(LT, -87.5f));
    }

    private static FloatVector hardswish(FloatVector x) {
        return atMost(atLeast(x.add(3f), 0), 6).mul(x).mul(1 / 6f);
    }

    private static FloatVector siluSlope(FloatVector x) {
        FloatVector s = sigmoid(x);
        return s.mul(x.fma(FloatVector.broadcast(SPECIES, 1f).sub(s), FloatVector.broadcast(SPECIES, 1f)));
    }

    private static FloatVector geluSlope(FloatVector x) {
        FloatVector bell = bell(x);
        return bell.mul(0.3989422804f).fma(x, normal(x, bell));
    }

    private static FloatVector hardswishSlope(FloatVector x) {
        return x.mul(1 / 3f).add(0.5f).blend(0f, x.compare(LE, -3f)).blend(1f, x.compare(GE, 3f));
    }

    private static FloatVector bell(FloatVector x) {
        return exp(x.mul(x).mul(-0.5f));
    }

    private static FloatVector silu(FloatVector x) {
        return x.mul(sigmoid(x));
    }

    private static FloatVector gelu(FloatVector x) {
        return x.mul(normal(x, bell(x)));
    }

    private static boolean scalar(Unary f) {
        return f == Unary.LOG || f == Unary.POWER;
    }

    /** y = f(x) from index from to index to - 1. */
    static void values(Unary f, float parameter, float[] x, float[] y, int from, int to) {
        if (scalar(f)) {
            for (int i = from; i < to; i++) {
                y[i] = (float) f.value(x[i], parameter);
            }
            return;
        }
        int whole = to - (to - from) % LANES;
        whole(f, parameter, x, y, from, whole);
        if (whole < to) {
            float[] rest = new float[LANES];
            whole(f, parameter, Arrays.copyOfRange(x, whole, whole + LANES), rest, 0, LANES);
            System.arraycopy(rest, 0, y, whole, to - whole);
        }
    }

    /** dx = dy * f'(x), from the value y where that is simpler. */
    static void gradients(Unary f, float parameter, float[] x, float[] y, float[] dy, float[] dx, int from, int to) {
        if (scalar(f)) {
            for (int i = from; i < to; i++) {
                dx[i] = (float) (dy[i] * f.derivative(x[i], y[i], parameter));
            }
            return;
        }
        int whole = to - (to - from) % LANES;
        whole(f, parameter, x, y, dy, dx, from, whole);
        if (whole < to) {
            float[] rest = new float[LANES];
            int end = whole + LANES;
            whole(
                    f,
                    parameter,
                    Arrays.copyOfRange(x, whole, end),
                    Arrays.copyOfRange(y, whole, end),
                    Arrays.copyOfRange(dy, whole, end),
                    rest,
                    0,
                    LANES);
            System.arraycopy(rest, 0, dx, whole, to - whole);
        }
    }

    /** Whole vectors. */
    private static void whole(Unary f, float parameter, float[] x, float[] y, int from, int to) {
        switch (f) {
            case NEGATE -> negate(x, y, from, to);
            case EXP -> exponential(x, y, from, to);
            case SQRT -> root(x, y, from, to);
            case RELU -> relu(x, y, from, to);
            case SIGMOID -> sigmoid(x, y, from, to);
            case TANH -> tanh(x, y, from, to);
            case SILU -> silu(x, y, from, to);
            case GELU -> gelu(x, y, from, to);
            case HARDSWISH -> hardswish(x, y, from, to);
            case SCALE -> scale(parameter, x, y, from, to);
            case SHIFT -> shift(parameter, x, y, from, to);
            default -> throw new IllegalArgumentException(f + " runs on scalars");
        }
    }

    private static void exponential(float[] x, float[] y, int from, int to) {
        for (int i = from; i < to; i += LANES) {
            exponential(load(x, i)).intoArray(y, i);
        }
    }

    private static void sigmoid(float[] x, float[] y, int from, int to) {
        for (int i = from; i < to; i += LANES) {
            sigmoid(load(x, i)).intoArray(y, i);
        }
    }

    private static void tanh(float[] x, float[] y, int from, int to) {
        for (int i = from; i < to; i += LANES) {
            tanh(load(x, i)).intoArray(y, i);
        }
    }

    private static void silu(float[] x, float[] y, int from, int to) {
        for (int i = from; i < to; i += LANES) {
            silu(load(x, i)).intoArray(y, i);
        }
    }

    private static void gelu(float[] x, float[] y, int from, int to) {
        for (int i = from; i < to; i += LANES) {
            gelu(load(x, i)).intoArray(y, i);
        }
    }

    private static void hardswish(float[] x, float[] y, int from, int to) {
        for (int i = from; i < to; i += LANES) {
            hardswish(load(x, i)).intoArray(y, i);
        }
    }

    /** Whole vectors. */
    private static void whole(
            Unary f, float parameter, float[] x, float[] y, float[] dy, float[] dx, int from, int to) {
        switch (f) {
            case NEGATE -> negateGradient(dy, dx, from, to);
            case EXP -> exponentialGradient(y, dy, dx, from, to);
            case SQRT -> rootGradient(y, dy, dx, from, to);
            case RELU -> reluGradient(y, dy, dx, from, to);
            case SIGMOID -> sigmoidGradient(y, dy, dx, from, to);
            case TANH -> tanhGradient(y, dy, dx, from, to);
            case SILU -> siluGradient(x, dy, dx, from, to);
            case GELU -> geluGradient(x, dy, dx, from, to);
            case HARDSWISH -> hardswishGradient(x, dy, dx, from, to);
            case SCALE -> scaleGradient(parameter, dy, dx, from, to);
            case SHIFT -> System.arraycopy(dy, from, dx, from, to - from);
            default -> throw new IllegalArgumentException(f + " runs on scalars");
        }
    }

    private static void siluGradient(float[] x, float[] dy, float[] dx, int from, int to) {
        for (int i = from; i < to; i += LANES) {
            load(dy, i).mul(siluSlope(load(x, i))).intoArray(dx, i);
        }
    }

    private static void geluGradient(float[] x, float[] dy, float[] dx, int from, int to) {
        for (int i = from; i < to; i += LANES) {
            load(dy, i).mul(geluSlope(load(x, i))).intoArray(dx, i);
        }
    }

    private static void negate(float[] x, float[] y, int from, int to) {
        for (int i = from; i < to; i += LANES) {
            load(x, i).neg().intoArray(y, i);
        }
    }

    private static void root(float[] x, float[] y, int from, int to) {
        for (int i = from; i < to; i += LANES) {
            load(x, i).sqrt().intoArray(y, i);
        }
    }

    private static void relu(float[] x, float[] y, int from, int to) {
        for (int i = from; i < to; i += LANES) {
            atLeast(load(x, i), 0).intoArray(y, i);
        }
    }

    private static void scale(float parameter, float[] x, float[] y, int from, int to) {
        for (int i = from; i < to; i += LANES) {
            load(x, i).mul(parameter).intoArray(y, i);
        }
    }

    private static void shift(float parameter, float[] x, float[] y, int from, int to) {
        for (int i = from; i < to; i += LANES) {
            load(x, i).add(parameter).intoArray(y, i);
        }
    }

    private static void negateGradient(float[] dy, float[] dx, int from, int to) {
        for (int i = from; i < to; i += LANES) {
            load(dy, i).neg().intoArray(dx, i);
        }
    }

    private static void exponentialGradient(float[] y, float[] dy, float[] dx, int from, int to) {
        for (int i = from; i < to; i += LANES) {
            load(dy, i).mul(load(y, i)).intoArray(dx, i);
        }
    }

    private static void rootGradient(float[] y, float[] dy, float[] dx, int from, int to) {
        for (int i = from; i < to; i += LANES) {
            load(dy, i).mul(0.5f).div(load(y, i)).intoArray(dx, i);
        }
    }

    private static void reluGradient(float[] y, float[] dy, float[] dx, int from, int to) {
        for (int i = from; i < to; i += LANES) {
            FloatVector.zero(SPECIES)
                    .blend(load(dy, i), load(y, i).compare(GT, 0f))
                    .intoArray(dx, i);
        }
    }

    private static void sigmoidGradient(float[] y, float[] dy, float[] dx, int from, int to) {
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        for (int i = from; i < to; i += LANES) {
            FloatVector s = load(y, i);
            load(dy, i).mul(s.mul(one.sub(s))).intoArray(dx, i);
        }
    }

    private static void tanhGradient(float[] y, float[] dy, float[] dx, int from, int to) {
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        for (int i = from; i < to; i += LANES) {
            FloatVector t = load(y, i);
            load(dy, i).mul(one.sub(t.mul(t))).intoArray(dx, i);
        }
    }

    private static void hardswishGradient(float[] x, float[] dy, float[] dx, int from, int to) {
        for (int i = from; i < to; i += LANES) {
            load(dy, i).mul(hardswishSlope(load(x, i))).intoArray(dx, i);
        }
    }

    private static void scaleGradient(float parameter, float[] dy, float[] dx, int from, int to) {
        for (int i = from; i < to; i += LANES) {
            load(dy, i).mul(parameter).intoArray(dx, i);
        }
    }
}
