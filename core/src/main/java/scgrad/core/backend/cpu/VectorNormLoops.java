package scgrad.core.backend.cpu;

import static jdk.incubator.vector.VectorOperators.GT;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Batch normalisation with vectors, whole ones but at the end of the last line. Sums live in the first-level cache, not in registers, so
 * that lines of any width are read in order; several lines at a time share the reading and writing of a sum.
 */
final class VectorNormLoops implements NormLoops {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(SPECIES, x, at);
    }

    private static FloatVector load(float[] x, int at, VectorMask<Float> mask) {
        return FloatVector.fromArray(SPECIES, x, at, mask);
    }

    /** dy where y is positive, 0 elsewhere. */
    private static FloatVector where(FloatVector y, FloatVector dy) {
        return FloatVector.zero(SPECIES).blend(dy, y.compare(GT, 0f));
    }

    @Override
    public void sums(float[] x, int offset, int count, int width, float[] sum, int out) {
        Arrays.fill(sum, out, out + width, 0);
        int end = offset + count;
        int at = offset;
        for (; at <= end - 4 * width; at += 4 * width) {
            sumsOfFour(x, at, width, sum, out);
        }
        for (; at < end; at += width) {
            sumsOfOne(x, at, Math.min(width, end - at), sum, out);
        }
    }

    private static void sumsOfFour(float[] x, int at, int width, float[] sum, int out) {
        for (int k = 0; k < width; k += LANES) {
            int i = at + k;
            FloatVector left = load(x, i).add(load(x, i + width));
            FloatVector right = load(x, i + 2 * width).add(load(x, i + 3 * width));
            load(sum, out + k).add(left.add(right)).intoArray(sum, out + k);
        }
    }

    private static void sumsOfOne(float[] x, int at, int count, float[] sum, int out) {
        for (int k = 0; k < count; k += LANES) {
            VectorMask<Float> mask = SPECIES.indexInRange(k, count);
            load(sum, out + k, mask).add(load(x, at + k, mask)).intoArray(sum, out + k, mask);
        }
    }

    @Override
    public void moments(
            float[] x, int offset, int count, int width, float[] shift, float[] sum, float[] squares, int out) {
        int first = Math.max(1, Math.min(4, count / width));
        sums(x, offset, Math.min(first * width, count), width, shift, out);
        for (int k = out; k < out + width; k++) {
            shift[k] *= 1f / first;
        }
        Arrays.fill(sum, out, out + width, 0);
        Arrays.fill(squares, out, out + width, 0);
        int end = offset + count;
        int at = offset;
        for (; at <= end - 4 * width; at += 4 * width) {
            momentsOfFour(x, at, width, shift, sum, squares, out);
        }
        for (; at < end; at += width) {
            momentsOfOne(x, at, Math.min(width, end - at), shift, sum, squares, out);
        }
    }

    private static void momentsOfFour(
            float[] x, int at, int width, float[] shift, float[] sum, float[] squares, int out) {
        for (int k = 0; k < width; k += LANES) {
            int i = at + k;
            FloatVector centre = load(shift, out + k);
            FloatVector d0 = load(x, i).sub(centre);
            FloatVector d1 = load(x, i + width).sub(centre);
            FloatVector d2 = load(x, i + 2 * width).sub(centre);
            FloatVector d3 = load(x, i + 3 * width).sub(centre);
            FloatVector square = d0.fma(d0, d1.mul(d1)).add(d2.fma(d2, d3.mul(d3)));
            load(sum, out + k).add(d0.add(d1).add(d2.add(d3))).intoArray(sum, out + k);
            load(squares, out + k).add(square).intoArray(squares, out + k);
        }
    }

    private static void momentsOfOne(
            float[] x, int at, int count, float[] shift, float[] sum, float[] squares, int out) {
        for (int k = 0; k < count; k += LANES) {
            VectorMask<Float> mask = SPECIES.indexInRange(k, count);
            FloatVector d = load(x, at + k, mask).sub(load(shift, out + k, mask));
            load(sum, out + k, mask).add(d).intoArray(sum, out + k, mask);
            d.fma(d, load(squares, out + k, mask)).intoArray(squares, out + k, mask);
        }
    }

    @Override
    public void gradientSums(
            float[] x,
            float[] dy,
            float[] y,
            int offset,
            int count,
            int width,
            float[] mean,
            float[] sum,
            float[] product,
            int out) {
        Arrays.fill(sum, out, out + width, 0);
        Arrays.fill(product, out, out + width, 0);
        int end = offset + count;
        int at = offset;
        for (; at <= end - 2 * width; at += 2 * width) {
            if (y == null) {
                gradientsOfTwo(x, dy, at, width, mean, sum, product, out);
            } else {
                gradientsOfTwo(x, dy, y, at, width, mean, sum, product, out);
            }
        }
        for (; at < end; at += width) {
            gradientsOfOne(x, dy, y, at, Math.min(width, end - at), mean, sum, product, out);
        }
    }

    private static void gradientsOfTwo(
            float[] x, float[] dy, int at, int width, float[] mean, float[] sum, float[] product, int out) {
        for (int k = 0; k < width; k += LANES) {
            int i = at + k;
            FloatVector centre = load(mean, k);
            FloatVector dy0 = load(dy, i);
            FloatVector dy1 = load(dy, i + width);
            FloatVector dot = load(x, i).sub(centre).fma(dy0, load(product, out + k));
            load(x, i + width).sub(centre).fma(dy1, dot).intoArray(product, out + k);
            load(sum, out + k).add(dy0.add(dy1)).intoArray(sum, out + k);
        }
    }

    private static void gradientsOfTwo(
            float[] x, float[] dy, float[] y, int at, int width, float[] mean, float[] sum, float[] product, int out) {
        for (int k = 0; k < width; k += LANES) {
            int i = at + k;
            FloatVector centre = load(mean, k);
            FloatVector dy0 = where(load(y, i), load(dy, i));
            FloatVector dy1 = where(load(y, i + width), load(dy, i + width));
            FloatVector dot = load(x, i).sub(centre).fma(dy0, load(product, out + k));
            load(x, i + width).sub(centre).fma(dy1, dot).intoArray(product, out + k);
            load(sum, out + k).add(dy0.add(dy1)).intoArray(sum, out + k);
        }
    }

    private static void gradientsOfOne(
            float[] x, float[] dy, float[] y, int at, int count, float[] mean, float[] sum, float[] product, int out) {
        for (int k = 0; k < count; k += LANES) {
            VectorMask<Float> mask = SPECIES.indexInRange(k, count);
            FloatVector upstream = load(dy, at + k, mask);
            if (y != null) {
                upstream = where(load(y, at + k, mask), upstream);
            }
            FloatVector centred = load(x, at + k, mask).sub(load(mean, k, mask));
            centred.fma(upstream, load(product, out + k, mask)).intoArray(product, out + k, mask);
            load(sum, out + k, mask).add(upstream).intoArray(sum, out + k, mask);
        }
    }

    @Override
    public void scaleShift(
            float[] x,
            int offset,
            int count,
            int width,
            float[] scale,
            float[] shift,
            float[] residual,
            boolean relu,
            float[] y) {
        float floor = relu ? 0f : Float.NEGATIVE_INFINITY;
        int end = offset + count;
        for (int at = offset; at < end; at += width) {
            int line = Math.min(width, end - at);
            int whole = line - line % LANES;
            if (residual == null) {
                scaled(x, at, whole, scale, shift, floor, y);
            } else {
                scaled(x, at, whole, scale, shift, residual, floor, y);
            }
            if (whole < line) {
                scaledTail(x, at, whole, line, scale, shift, residual, floor, y);
            }
        }
    }

    private static void scaled(float[] x, int at, int count, float[] scale, float[] shift, float floor, float[] y) {
        for (int k = 0; k < count; k += LANES) {
            load(x, at + k).fma(load(scale, k), load(shift, k)).max(floor).intoArray(y, at + k);
        }
    }

    private static void scaled(
            float[] x, int at, int count, float[] scale, float[] shift, float[] residual, float floor, float[] y) {
        for (int k = 0; k < count; k += LANES) {
            FloatVector value = load(x, at + k).fma(load(scale, k), load(shift, k));
            value.add(load(residual, at + k)).max(floor).intoArray(y, at + k);
        }
    }

    private static void scaledTail(
            float[] x,
            int at,
            int k,
            int line,
            float[] scale,
            float[] shift,
            float[] residual,
            float floor,
            float[] y) {
        VectorMask<Float> mask = SPECIES.indexInRange(k, line);
        FloatVector value = load(x, at + k, mask).fma(load(scale, k, mask), load(shift, k, mask));
        if (residual != null) {
            value = value.add(load(residual, at + k, mask));
        }
        value.max(floor).intoArray(y, at + k, mask);
    }

    @Override
    public void normGradient(
            float[] x,
            float[] dy,
            float[] y,
            int offset,
            int count,
            int width,
            float[] a,
            float[] b,
            float[] c,
            float[] dx,
            float[] dresidual) {
        int end = offset + count;
        for (int at = offset; at < end; at += width) {
            int line = Math.min(width, end - at);
            int whole = line - line % LANES;
            // first, as dx may be dy
            if (dresidual != null) {
                upstream(dy, y, at, line, dresidual);
            }
            if (y == null) {
                gradient(x, dy, at, whole, a, b, c, dx);
            } else {
                gradient(x, dy, y, at, whole, a, b, c, dx);
            }
            if (whole < line) {
                gradientTail(x, dy, y, at, whole, line, a, b, c, dx);
            }
        }
    }

    private static void gradient(
            float[] x, float[] dy, int at, int count, float[] a, float[] b, float[] c, float[] dx) {
        for (int k = 0; k < count; k += LANES) {
            FloatVector through = load(x, at + k).fma(load(b, k), load(c, k));
            load(dy, at + k).fma(load(a, k), through).intoArray(dx, at + k);
        }
    }

    private static void gradient(
            float[] x, float[] dy, float[] y, int at, int count, float[] a, float[] b, float[] c, float[] dx) {
        for (int k = 0; k < count; k += LANES) {
            FloatVector through = load(x, at + k).fma(load(b, k), load(c, k));
            where(load(y, at + k), load(dy, at + k)).fma(load(a, k), through).intoArray(dx, at + k);
        }
    }

    private static void gradientTail(
            float[] x, float[] dy, float[] y, int at, int k, int line, float[] a, float[] b, float[] c, float[] dx) {
        VectorMask<Float> mask = SPECIES.indexInRange(k, line);
        FloatVector upstream = load(dy, at + k, mask);
        if (y != null) {
            upstream = where(load(y, at + k, mask), upstream);
        }
        FloatVector through = load(x, at + k, mask).fma(load(b, k, mask), load(c, k, mask));
        upstream.fma(load(a, k, mask), through).intoArray(dx, at + k, mask);
    }

    private static void upstream(float[] dy, float[] y, int at, int count, float[] dresidual) {
        if (y == null) {
            System.arraycopy(dy, at, dresidual, at, count);
            return;
        }
        for (int k = 0; k < count; k += LANES) {
            VectorMask<Float> mask = SPECIES.indexInRange(k, count);
            where(load(y, at + k, mask), load(dy, at + k, mask)).intoArray(dresidual, at + k, mask);
        }
    }
}
