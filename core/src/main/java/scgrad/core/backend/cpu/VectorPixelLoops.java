package scgrad.core.backend.cpu;

import static jdk.incubator.vector.VectorOperators.EQ;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** Pooling and interpolation with vectors along a row or along the channels of a pixel; the last, partial vector is masked. */
final class VectorPixelLoops implements PixelLoops {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(SPECIES, x, at);
    }

    private static FloatVector load(float[] x, int at, VectorMask<Float> mask) {
        return FloatVector.fromArray(SPECIES, x, at, mask);
    }

    /** The numbers below {@code count} behind the last whole vector. */
    private static VectorMask<Float> rest(int count) {
        return SPECIES.indexInRange(count - count % LANES, count);
    }

    @Override
    public void sumRows(float[] x, int from, int pitch, int rows, float[] y, int to, int count) {
        int i = 0;
        for (; i <= count - LANES; i += LANES) {
            FloatVector sum = load(x, from + i);
            for (int r = 1; r < rows; r++) {
                sum = sum.add(load(x, from + r * pitch + i));
            }
            sum.intoArray(y, to + i);
        }
        if (i < count) {
            VectorMask<Float> mask = rest(count);
            FloatVector sum = load(x, from + i, mask);
            for (int r = 1; r < rows; r++) {
                sum = sum.add(load(x, from + r * pitch + i, mask));
            }
            sum.intoArray(y, to + i, mask);
        }
    }

    @Override
    public void maxRows(float[] x, int from, int pitch, int rows, float[] y, int to, int count) {
        int i = 0;
        for (; i <= count - LANES; i += LANES) {
            FloatVector max = load(x, from + i);
            for (int r = 1; r < rows; r++) {
                max = max.max(load(x, from + r * pitch + i));
            }
            max.intoArray(y, to + i);
        }
        if (i < count) {
            VectorMask<Float> mask = rest(count);
            FloatVector max = load(x, from + i, mask);
            for (int r = 1; r < rows; r++) {
                max = max.max(load(x, from + r * pitch + i, mask));
            }
            max.intoArray(y, to + i, mask);
        }
    }

    @Override
    public void mixRows(float[] x, int low, int high, float weight, float[] y, int to, int count) {
        int i = 0;
        for (; i <= count - LANES; i += LANES) {
            load(x, low + i).mul(1 - weight).add(load(x, high + i).mul(weight)).intoArray(y, to + i);
        }
        if (i < count) {
            VectorMask<Float> mask = rest(count);
            FloatVector top = load(x, low + i, mask).mul(1 - weight);
            top.add(load(x, high + i, mask).mul(weight)).intoArray(y, to + i, mask);
        }
    }

    @Override
    public void addScaled(float[] x, int from, float factor, float[] y, int to, int count) {
        FloatVector scale = FloatVector.broadcast(SPECIES, factor);
        int i = 0;
        for (; i <= count - LANES; i += LANES) {
            load(x, from + i).fma(scale, load(y, to + i)).intoArray(y, to + i);
        }
        if (i < count) {
            VectorMask<Float> mask = rest(count);
            load(x, from + i, mask).fma(scale, load(y, to + i, mask)).intoArray(y, to + i, mask);
        }
    }

    @Override
    public void averagePixels(
            float[] x, int from, int[] start, int[] end, int[] divisor, int scale, int channels, float[] y, int to) {
        VectorMask<Float> mask = rest(channels);
        for (int j = 0; j < start.length; j++) {
            float share = 1f / (scale * divisor[j]);
            int first = from + start[j] * channels;
            int last = from + end[j] * channels;
            int out = to + j * channels;
            int c = 0;
            for (; c <= channels - LANES; c += LANES) {
                FloatVector sum = FloatVector.zero(SPECIES);
                for (int at = first + c; at < last; at += channels) {
                    sum = sum.add(load(x, at));
                }
                sum.mul(share).intoArray(y, out + c);
            }
            if (c < channels) {
                FloatVector sum = FloatVector.zero(SPECIES);
                for (int at = first + c; at < last; at += channels) {
                    sum = sum.add(load(x, at, mask));
                }
                sum.mul(share).intoArray(y, out + c, mask);
            }
        }
    }

    @Override
    public void spreadPixels(
            float[] x, int from, int[] start, int[] end, int[] divisor, int scale, int channels, float[] y, int to) {
        VectorMask<Float> mask = rest(channels);
        for (int j = 0; j < start.length; j++) {
            float share = 1f / (scale * divisor[j]);
            int first = to + start[j] * channels;
            int last = to + end[j] * channels;
            int in = from + j * channels;
            int c = 0;
            for (; c <= channels - LANES; c += LANES) {
                FloatVector part = load(x, in + c).mul(share);
                for (int at = first + c; at < last; at += channels) {
                    load(y, at).add(part).intoArray(y, at);
                }
            }
            if (c < channels) {
                FloatVector part = load(x, in + c, mask).mul(share);
                for (int at = first + c; at < last; at += channels) {
                    load(y, at, mask).add(part).intoArray(y, at, mask);
                }
            }
        }
    }

    @Override
    public void maxPixels(float[] x, int from, int[] start, int[] end, int channels, float[] y, int to) {
        VectorMask<Float> mask = rest(channels);
        for (int j = 0; j < start.length; j++) {
            int first = from + start[j] * channels;
            int last = from + end[j] * channels;
            int out = to + j * channels;
            int c = 0;
            for (; c <= channels - LANES; c += LANES) {
                FloatVector max = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
                for (int at = first + c; at < last; at += channels) {
                    max = max.max(load(x, at));
                }
                max.intoArray(y, out + c);
            }
            if (c < channels) {
                FloatVector max = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
                for (int at = first + c; at < last; at += channels) {
                    max = max.max(load(x, at, mask));
                }
                max.intoArray(y, out + c, mask);
            }
        }
    }

    @Override
    public void maxGradient(
            float[] x,
            float[] y,
            float[] dy,
            int out,
            int top,
            int bottom,
            int[] start,
            int[] end,
            int channels,
            float[] dx,
            int image,
            int pitch,
            int first,
            int last) {
        int low = Math.max(top, first);
        int high = Math.min(bottom, last);
        VectorMask<Float> mask = rest(channels);
        for (int j = 0; j < start.length; j++) {
            int at = out + j * channels;
            int left = start[j] * channels;
            int right = end[j] * channels;
            int c = 0;
            for (; c <= channels - LANES; c += LANES) {
                FloatVector largest = load(y, at + c);
                // becomes zero where it has been given to a number
                FloatVector gradient = load(dy, at + c);
                for (int h = top; h < low; h++) {
                    int row = image + h * pitch + c;
                    for (int i = row + left; i < row + right; i += channels) {
                        gradient = gradient.blend(0f, load(x, i).compare(EQ, largest));
                    }
                }
                for (int h = low; h < high; h++) {
                    int row = image + h * pitch + c;
                    for (int i = row + left; i < row + right; i += channels) {
                        VectorMask<Float> equal = load(x, i).compare(EQ, largest);
                        load(dx, i).add(gradient, equal).intoArray(dx, i);
                        gradient = gradient.blend(0f, equal);
                    }
                }
            }
            if (c < channels) {
                maxGradient(x, y, dy, at + c, mask, top, low, high, image + c, pitch, left, right, channels, dx);
            }
        }
    }

    /** The same for the last channels of one window. */
    private static void maxGradient(
            float[] x,
            float[] y,
            float[] dy,
            int at,
            VectorMask<Float> mask,
            int top,
            int low,
            int high,
            int image,
            int pitch,
            int left,
            int right,
            int channels,
            float[] dx) {
        FloatVector largest = load(y, at, mask);
        FloatVector gradient = load(dy, at, mask);
        for (int h = top; h < high; h++) {
            int row = image + h * pitch;
            for (int i = row + left; i < row + right; i += channels) {
                VectorMask<Float> equal = load(x, i, mask).compare(EQ, largest);
                if (h >= low) {
                    load(dx, i, mask).add(gradient, equal).intoArray(dx, i, mask);
                }
                gradient = gradient.blend(0f, equal);
            }
        }
    }

    @Override
    public void mixPixels(
            float[] x, int from, int[] low, int[] high, double[] weight, int channels, float[] y, int to) {
        VectorMask<Float> mask = rest(channels);
        for (int j = 0; j < low.length; j++) {
            float share = (float) weight[j];
            int left = from + low[j] * channels;
            int right = from + high[j] * channels;
            int out = to + j * channels;
            int c = 0;
            if (share == 0) {
                for (; c <= channels - LANES; c += LANES) {
                    load(x, left + c).intoArray(y, out + c);
                }
            } else {
                for (; c <= channels - LANES; c += LANES) {
                    FloatVector part = load(x, left + c).mul(1 - share);
                    part.add(load(x, right + c).mul(share)).intoArray(y, out + c);
                }
            }
            if (c < channels) {
                FloatVector part = load(x, left + c, mask).mul(1 - share);
                part.add(load(x, right + c, mask).mul(share)).intoArray(y, out + c, mask);
            }
        }
    }

    @Override
    public void unmixPixels(
            float[] x, int from, int[] low, int[] high, double[] weight, int channels, float[] y, int to) {
        VectorMask<Float> mask = rest(channels);
        for (int j = 0; j < low.length; j++) {
            float share = (float) weight[j];
            int left = to + low[j] * channels;
            int right = to + high[j] * channels;
            int in = from + j * channels;
            int c = 0;
            for (; c <= channels - LANES; c += LANES) {
                FloatVector whole = load(x, in + c);
                load(y, left + c).add(whole.mul(1 - share)).intoArray(y, left + c);
                if (share != 0) {
                    load(y, right + c).add(whole.mul(share)).intoArray(y, right + c);
                }
            }
            if (c < channels) {
                FloatVector whole = load(x, in + c, mask);
                load(y, left + c, mask).add(whole.mul(1 - share)).intoArray(y, left + c, mask);
                load(y, right + c, mask).add(whole.mul(share)).intoArray(y, right + c, mask);
            }
        }
    }
}
