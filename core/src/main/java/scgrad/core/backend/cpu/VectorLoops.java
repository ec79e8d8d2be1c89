package scgrad.core.backend.cpu;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import scgrad.core.array.Unary;

/**
 * The loops with vectors as wide as the CPU prefers; the last, partial vector is masked. Functions are polynomials with fused
 * multiply-adds and not the JDK's own, which differ in their bits between interpreted and compiled code.
 *
 * <p>Channel loops keep a vector of channels in registers and run down the rows of a chunk that fits the first-level cache.
 */
final class VectorLoops implements Loops {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    private final NormLoops norms = new VectorNormLoops();

    @Override
    public NormLoops norms() {
        return norms;
    }

    @Override
    public String description() {
        return SPECIES.vectorBitSize() + "-bit vectors";
    }

    private static VectorMask<Float> mask(int index, int end) {
        return SPECIES.indexInRange(index, end);
    }

    private static FloatVector load(float[] x, int at, VectorMask<Float> mask) {
        return FloatVector.fromArray(SPECIES, x, at, mask);
    }

    // Functions of one number

    /** e^x: 2^n times a polynomial on [-ln2/2, ln2/2] (Taylor to x^7, the error is below half a unit of the last place). */
    private static FloatVector exp(FloatVector x) {
        FloatVector bounded = x.max(-87f).min(88f);
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
                .add(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
                .reinterpretAsFloats();
    }

    private static FloatVector sigmoid(FloatVector x) {
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        return one.div(exp(x.neg()).add(one));
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

    /** The normal distribution function, by erf's rational approximation 7.1.26 of Abramowitz and Stegun (error below 1.5e-7). */
    private static FloatVector normal(FloatVector x) {
        FloatVector z = x.abs().mul(0.70710678f);
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        FloatVector t = one.div(z.fma(FloatVector.broadcast(SPECIES, 0.3275911f), one));
        FloatVector p = FloatVector.broadcast(SPECIES, 1.061405429f);
        p = p.fma(t, FloatVector.broadcast(SPECIES, -1.453152027f));
        p = p.fma(t, FloatVector.broadcast(SPECIES, 1.421413741f));
        p = p.fma(t, FloatVector.broadcast(SPECIES, -0.284496736f));
        p = p.fma(t, FloatVector.broadcast(SPECIES, 0.254829592f));
        FloatVector tail = p.mul(t).mul(exp(z.mul(z).neg())).mul(0.5f);
        return tail.blend(one.sub(tail), x.compare(GT, 0f));
    }

    private static FloatVector value(Unary f, float parameter, FloatVector x) {
        return switch (f) {
            case NEGATE -> x.neg();
            case EXP ->
                exp(x).blend(Float.POSITIVE_INFINITY, x.compare(GT, 88.72284f)).blend(0f, x.compare(LT, -87.5f));
            case SQRT -> x.sqrt();
            case RELU -> x.max(0f);
            case SIGMOID -> sigmoid(x);
            case TANH -> tanh(x);
            case SILU -> x.mul(sigmoid(x));
            case GELU -> x.mul(normal(x));
            case HARDSWISH -> x.add(3f).max(0f).min(6f).mul(x).mul(1 / 6f);
            case SCALE -> x.mul(parameter);
            case SHIFT -> x.add(parameter);
            case LOG, POWER -> throw new IllegalArgumentException(f + " runs on scalars");
        };
    }

    private static FloatVector derivative(Unary f, float parameter, FloatVector x, FloatVector y) {
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        return switch (f) {
            case NEGATE -> one.neg();
            case EXP -> y;
            case SQRT -> FloatVector.broadcast(SPECIES, 0.5f).div(y);
            case RELU -> FloatVector.zero(SPECIES).blend(one, y.compare(GT, 0f));
            case SIGMOID -> y.mul(one.sub(y));
            case TANH -> one.sub(y.mul(y));
            case SILU -> {
                FloatVector s = sigmoid(x);
                yield s.mul(x.fma(one.sub(s), one));
            }
            case GELU -> exp(x.mul(x).mul(-0.5f)).mul(0.3989422804f).fma(x, normal(x));
            case HARDSWISH ->
                x.mul(1 / 3f)
                        .add(0.5f)
                        .blend(0f, x.compare(VectorOperators.LE, -3f))
                        .blend(1f, x.compare(VectorOperators.GE, 3f));
            case SCALE -> FloatVector.broadcast(SPECIES, parameter);
            case SHIFT -> one;
            case LOG, POWER -> throw new IllegalArgumentException(f + " runs on scalars");
        };
    }

    @Override
    public void unary(Unary f, float parameter, float[] x, float[] y, int from, int to) {
        if (f == Unary.LOG || f == Unary.POWER) {
            for (int i = from; i < to; i++) {
                y[i] = (float) f.value(x[i], parameter);
            }
            return;
        }
        int i = from;
        for (; i + LANES <= to; i += LANES) {
            value(f, parameter, FloatVector.fromArray(SPECIES, x, i)).intoArray(y, i);
        }
        if (i < to) {
            VectorMask<Float> mask = mask(i, to);
            value(f, parameter, load(x, i, mask)).intoArray(y, i, mask);
        }
    }

    @Override
    public void unaryGradient(
            Unary f, float parameter, float[] x, float[] y, float[] dy, float[] dx, int from, int to) {
        if (f == Unary.LOG || f == Unary.POWER) {
            for (int i = from; i < to; i++) {
                dx[i] = (float) (dy[i] * f.derivative(x[i], y[i], parameter));
            }
            return;
        }
        for (int i = from; i < to; i += LANES) {
            VectorMask<Float> mask = mask(i, to);
            derivative(f, parameter, load(x, i, mask), load(y, i, mask))
                    .mul(load(dy, i, mask))
                    .intoArray(dx, i, mask);
        }
    }

    // Channel loops

    @Override
    public void finish(
            float[] y,
            int offset,
            int count,
            float[] scale,
            float[] shift,
            int channel,
            float[] residual,
            boolean relu) {
        FloatVector floor = FloatVector.broadcast(SPECIES, relu ? 0f : Float.NEGATIVE_INFINITY);
        for (int c = 0; c < count; c += LANES) {
            VectorMask<Float> mask = mask(c, count);
            FloatVector value =
                    load(y, offset + c, mask).fma(load(scale, channel + c, mask), load(shift, channel + c, mask));
            if (residual != null) {
                value = value.add(load(residual, offset + c, mask));
            }
            value.max(floor).intoArray(y, offset + c, mask);
        }
    }

    @Override
    public void gate(float[] a, float[] b, int offset, float[] up, int upOffset, float[] y, int count) {
        for (int i = 0; i < count; i += LANES) {
            VectorMask<Float> mask = mask(i, count);
            FloatVector argument = load(up, upOffset + i, mask);
            if (b != null) {
                argument = argument.add(load(b, offset + i, mask));
            }
            load(a, offset + i, mask).mul(sigmoid(argument)).intoArray(y, offset + i, mask);
        }
    }

    @Override
    public void gateGradient(
            float[] a, float[] b, int offset, float[] up, int upOffset, float[] dy, float[] da, float[] db, int count) {
        for (int i = 0; i < count; i += LANES) {
            VectorMask<Float> mask = mask(i, count);
            FloatVector argument = load(up, upOffset + i, mask);
            if (b != null) {
                argument = argument.add(load(b, offset + i, mask));
            }
            FloatVector gate = sigmoid(argument);
            FloatVector upstream = load(dy, offset + i, mask);
            FloatVector slope = gate.mul(FloatVector.broadcast(SPECIES, 1f).sub(gate));
            upstream.mul(load(a, offset + i, mask)).mul(slope).intoArray(db, offset + i, mask);
            upstream.mul(gate).intoArray(da, offset + i, mask);
        }
    }

    @Override
    public void copyRows(float[] x, int from, int xPitch, float[] y, int to, int yPitch, int rows, int count) {
        if (count > 4 * LANES) {
            for (int r = 0; r < rows; r++) {
                System.arraycopy(x, from + r * xPitch, y, to + r * yPitch, count);
            }
            return;
        }
        for (int c = 0; c < count; c += LANES) {
            VectorMask<Float> mask = mask(c, count);
            for (int r = 0; r < rows; r++) {
                load(x, from + r * xPitch + c, mask).intoArray(y, to + r * yPitch + c, mask);
            }
        }
    }

    @Override
    public void addPixels(float[] x, int xOffset, int[] at, int pixels, int channels, float[] y, int yOffset) {
        for (int c = 0; c < channels; c += LANES) {
            VectorMask<Float> mask = mask(c, channels);
            for (int j = 0; j < pixels; j++) {
                int to = yOffset + at[j] * channels + c;
                load(x, xOffset + j * channels + c, mask).add(load(y, to, mask)).intoArray(y, to, mask);
            }
        }
    }

    @Override
    public void addScaled(float[] x, int xOffset, float factor, float[] y, int yOffset, int count) {
        FloatVector scale = FloatVector.broadcast(SPECIES, factor);
        for (int i = 0; i < count; i += LANES) {
            VectorMask<Float> mask = mask(i, count);
            load(x, xOffset + i, mask).fma(scale, load(y, yOffset + i, mask)).intoArray(y, yOffset + i, mask);
        }
    }

    @Override
    public void max(float[] x, int xOffset, float[] y, int yOffset, int count) {
        for (int i = 0; i < count; i += LANES) {
            VectorMask<Float> mask = mask(i, count);
            load(x, xOffset + i, mask).max(load(y, yOffset + i, mask)).intoArray(y, yOffset + i, mask);
        }
    }
}
