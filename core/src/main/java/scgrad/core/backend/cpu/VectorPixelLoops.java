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

    /** Row by row: a sum that a loop carried in a register was allocated when other code had used vectors of another width (JDK 25). */
    @Override
    public void sumRows(float[] x, int from, int pitch, int rows, float[] y, int to, int count) {
        System.arraycopy(x, from, y, to, count);
        for (int r = 1; r < rows; r++) {
            addRow(x, from + r * pitch, y, to, count);
        }
    }

    private static void addRow(float[] x, int from, float[] y, int to, int count) {
        int i = 0;
        for (; i <= count - LANES; i += LANES) {
            load(y, to + i).add(load(x, from + i)).intoArray(y, to + i);
        }
        if (i < count) {
            VectorMask<Float> mask = rest(count);
            load(y, to + i, mask).add(load(x, from + i, mask)).intoArray(y, to + i, mask);
        }
    }

    @Override
    public void maxRows(float[] x, int from, int pitch, int rows, float[] y, int to, int count) {
        System.arraycopy(x, from, y, to, count);
        for (int r = 1; r < rows; r++) {
            maxRow(x, from + r * pitch, y, to, count);
        }
    }

    private static void maxRow(float[] x, int from, float[] y, int to, int count) {
        int i = 0;
        for (; i <= count - LANES; i += LANES) {
            load(y, to + i).max(load(x, from + i)).intoArray(y, to + i);
        }
        if (i < count) {
            VectorMask<Float> mask = rest(count);
            load(y, to + i, mask).max(load(x, from + i, mask)).intoArray(y, to + i, mask);
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
        for (int j = 0; j < start.length; j++) {
            int out = to + j * channels;
            sumRows(x, from + start[j] * channels, channels, end[j] - start[j], y, out, channels);
            scale(y, out, channels, 1f / (scale * divisor[j]));
        }
    }

    /** The rest without a mask, which was an object for each pixel in 3 of 8 processes: 8 MB in a step of sc_resnet20, with its 8 channels. */
    private static void scale(float[] y, int from, int count, float factor) {
        int i = 0;
        for (; i <= count - LANES; i += LANES) {
            load(y, from + i).mul(factor).intoArray(y, from + i);
        }
        for (; i < count; i++) {
            y[from + i] *= factor;
        }
    }

    @Override
    public void spreadPixels(
            float[] x, int from, int[] start, int[] end, int[] divisor, int scale, int channels, float[] y, int to) {
        for (int j = 0; j < start.length; j++) {
            float share = 1f / (scale * divisor[j]);
            for (int pixel = start[j]; pixel < end[j]; pixel++) {
                addShare(x, from + j * channels, share, y, to + pixel * channels, channels);
            }
        }
    }

    @Override
    public void maxPixels(float[] x, int from, int[] start, int[] end, int channels, float[] y, int to) {
        for (int j = 0; j < start.length; j++) {
            maxRows(x, from + start[j] * channels, channels, end[j] - start[j], y, to + j * channels, channels);
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
    public void scatter(
            float[] x, int from, int xStep, int boxes, int rows, int count, float[] y, int to, int yStep, int yPitch) {
        VectorMask<Float> mask = rest(count);
        for (int box = 0; box < boxes; box++) {
            scatter(x, from + box * xStep, rows, count, mask, y, to + box * yStep, yPitch);
        }
    }

    /** Neighbouring boxes overlap, and a load waits for the store before it: the rows of a box, which do not, come one behind the other. */
    private static void scatter(
            float[] x, int from, int rows, int count, VectorMask<Float> mask, float[] y, int to, int pitch) {
        int whole = count - count % LANES;
        for (int r = 0; r < rows; r++) {
            int in = from + r * count;
            int out = to + r * pitch;
            for (int i = 0; i < whole; i += LANES) {
                load(y, out + i).add(load(x, in + i)).intoArray(y, out + i);
            }
            if (whole < count) {
                load(y, out + whole).add(load(x, in + whole, mask)).intoArray(y, out + whole);
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
        for (int j = 0; j < low.length; j++) {
            float share = (float) weight[j];
            // both sides through one call: two copies of a masked loop are more than C2 inlines
            for (int side = 0; side < (share == 0 ? 1 : 2); side++) {
                int pixel = side == 0 ? low[j] : high[j];
                addShare(x, from + j * channels, side == 0 ? 1 - share : share, y, to + pixel * channels, channels);
            }
        }
    }

    /** As {@link #addScaled}, with a product that is rounded. */
    private static void addShare(float[] x, int from, float factor, float[] y, int to, int count) {
        int i = 0;
        for (; i <= count - LANES; i += LANES) {
            load(y, to + i).add(load(x, from + i).mul(factor)).intoArray(y, to + i);
        }
        if (i < count) {
            VectorMask<Float> mask = rest(count);
            load(y, to + i, mask).add(load(x, from + i, mask).mul(factor)).intoArray(y, to + i, mask);
        }
    }
}
