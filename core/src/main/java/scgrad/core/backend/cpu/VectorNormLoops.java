package scgrad.core.backend.cpu;

import static scgrad.core.backend.cpu.VectorFunctions.atLeast;
import static scgrad.core.backend.cpu.VectorFunctions.where;

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
    public void passedSums(
            float[] dy, float[] y, float[] passed, int offset, int count, int width, float[] sum, int out) {
        Arrays.fill(sum, out, out + width, 0);
        int end = offset + count;
        int at = offset;
        // four lines at a time, which the sums then find in the first-level cache
        for (; at <= end - 4 * width; at += 4 * width) {
            pass(dy, y, at, 4 * width, passed);
            sumsOfFour(passed, at, width, sum, out);
        }
        for (; at < end; at += width) {
            int line = Math.min(width, end - at);
            pass(dy, y, at, line, passed);
            sumsOfOne(passed, at, line, sum, out);
        }
    }

    @Override
    public void centre(float[] x, int offset, int count, int width, float[] centre, float[] y, int to) {
        for (int at = 0; at < count; at += width) {
            int line = Math.min(width, count - at);
            int whole = line - line % LANES;
            for (int k = 0; k < whole; k += LANES) {
                load(x, offset + at + k).sub(load(centre, k)).intoArray(y, to + at + k);
            }
            for (int k = whole; k < line; k++) {
                y[to + at + k] = x[offset + at + k] - centre[k];
            }
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
            int offset,
            int count,
            int width,
            float[] mean,
            float[] scale,
            float[] shift,
            float[] sum,
            float[] product,
            int out) {
        Arrays.fill(sum, out, out + width, 0);
        Arrays.fill(product, out, out + width, 0);
        int end = offset + count;
        int at = offset;
        for (; at <= end - 2 * width; at += 2 * width) {
            if (scale == null) {
                gradientsOfTwo(x, dy, at, width, mean, sum, product, out);
            } else {
                gradientsOfTwo(x, dy, at, width, mean, scale, shift, sum, product, out);
            }
        }
        for (; at < end; at += width) {
            gradientsOfOne(x, dy, at, Math.min(width, end - at), mean, scale, shift, sum, product, out);
        }
    }

    @Override
    public void gradientSums(
            float[] x,
            float[] dy,
            float[] y,
            float[] passed,
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
        // two lines at a time, which the sums then find in the first-level cache
        for (; at <= end - 2 * width; at += 2 * width) {
            pass(dy, y, at, 2 * width, passed);
            gradientsOfTwo(x, passed, at, width, mean, sum, product, out);
        }
        for (; at < end; at += width) {
            int line = Math.min(width, end - at);
            pass(dy, y, at, line, passed);
            gradientsOfOne(x, passed, at, line, mean, null, null, sum, product, out);
        }
    }

    private static void pass(float[] dy, float[] y, int at, int count, float[] passed) {
        int whole = count - count % LANES;
        for (int k = 0; k < whole; k += LANES) {
            where(load(y, at + k), load(dy, at + k)).intoArray(passed, at + k);
        }
        if (whole < count) {
            VectorMask<Float> mask = SPECIES.indexInRange(whole, count);
            where(load(y, at + whole, mask), load(dy, at + whole, mask)).intoArray(passed, at + whole, mask);
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
            float[] x,
            float[] dy,
            int at,
            int width,
            float[] mean,
            float[] scale,
            float[] shift,
            float[] sum,
            float[] product,
            int out) {
        for (int k = 0; k < width; k += LANES) {
            int i = at + k;
            FloatVector centre = load(mean, k);
            FloatVector factor = load(scale, k);
            FloatVector offset = load(shift, k);
            FloatVector x0 = load(x, i);
            FloatVector x1 = load(x, i + width);
            FloatVector dy0 = where(x0.fma(factor, offset), load(dy, i));
            FloatVector dy1 = where(x1.fma(factor, offset), load(dy, i + width));
            FloatVector dot = x0.sub(centre).fma(dy0, load(product, out + k));
            x1.sub(centre).fma(dy1, dot).intoArray(product, out + k);
            load(sum, out + k).add(dy0.add(dy1)).intoArray(sum, out + k);
        }
    }

    private static void gradientsOfOne(
            float[] x,
            float[] dy,
            int at,
            int count,
            float[] mean,
            float[] scale,
            float[] shift,
            float[] sum,
            float[] product,
            int out) {
        for (int k = 0; k < count; k += LANES) {
            VectorMask<Float> mask = SPECIES.indexInRange(k, count);
            FloatVector in = load(x, at + k, mask);
            FloatVector passed = load(dy, at + k, mask);
            if (scale != null) {
                passed = where(in.fma(load(scale, k, mask), load(shift, k, mask)), passed);
            }
            FloatVector centred = in.sub(load(mean, k, mask));
            centred.fma(passed, load(product, out + k, mask)).intoArray(product, out + k, mask);
            load(sum, out + k, mask).add(passed).intoArray(sum, out + k, mask);
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
            atLeast(load(x, at + k).fma(load(scale, k), load(shift, k)), floor).intoArray(y, at + k);
        }
    }

    private static void scaled(
            float[] x, int at, int count, float[] scale, float[] shift, float[] residual, float floor, float[] y) {
        for (int k = 0; k < count; k += LANES) {
            FloatVector value = load(x, at + k).fma(load(scale, k), load(shift, k));
            atLeast(value.add(load(residual, at + k)), floor).intoArray(y, at + k);
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
        atLeast(value, floor).intoArray(y, at + k, mask);
    }

    @Override
    public void normGradient(
            float[] x,
            float[] dy,
            int offset,
            int count,
            int width,
            float[] a,
            float[] b,
            float[] c,
            float[] scale,
            float[] shift,
            float[] dx,
            int to) {
        int end = offset + count;
        for (int at = offset; at < end; at += width) {
            int line = Math.min(width, end - at);
            int whole = line - line % LANES;
            if (scale == null) {
                gradient(x, dy, at, whole, a, b, c, dx, to + at - offset);
            } else {
                gradient(x, dy, at, whole, a, b, c, scale, shift, dx, to + at - offset);
            }
            if (whole < line) {
                gradientTail(x, dy, at, whole, line, a, b, c, scale, shift, dx, to + at - offset);
            }
        }
    }

    private static void gradient(
            float[] x, float[] dy, int at, int count, float[] a, float[] b, float[] c, float[] dx, int to) {
        for (int k = 0; k < count; k += LANES) {
            FloatVector through = load(x, at + k).fma(load(b, k), load(c, k));
            load(dy, at + k).fma(load(a, k), through).intoArray(dx, to + k);
        }
    }

    private static void gradient(
            float[] x,
            float[] dy,
            int at,
            int count,
            float[] a,
            float[] b,
            float[] c,
            float[] scale,
            float[] shift,
            float[] dx,
            int to) {
        for (int k = 0; k < count; k += LANES) {
            FloatVector in = load(x, at + k);
            FloatVector passed = where(in.fma(load(scale, k), load(shift, k)), load(dy, at + k));
            passed.fma(load(a, k), in.fma(load(b, k), load(c, k))).intoArray(dx, to + k);
        }
    }

    private static void gradientTail(
            float[] x,
            float[] dy,
            int at,
            int k,
            int line,
            float[] a,
            float[] b,
            float[] c,
            float[] scale,
            float[] shift,
            float[] dx,
            int to) {
        VectorMask<Float> mask = SPECIES.indexInRange(k, line);
        FloatVector in = load(x, at + k, mask);
        FloatVector passed = load(dy, at + k, mask);
        if (scale != null) {
            passed = where(in.fma(load(scale, k, mask), load(shift, k, mask)), passed);
        }
        passed.fma(load(a, k, mask), in.fma(load(b, k, mask), load(c, k, mask))).intoArray(dx, to + k, mask);
    }
}
