package scgrad.core.backend.cpu;

import static jdk.incubator.vector.VectorOperators.EQ;
import static scgrad.core.backend.cpu.VectorFunctions.atLeast;
import static scgrad.core.backend.cpu.VectorFunctions.where;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;
import scgrad.core.array.Binary;
import scgrad.core.array.Unary;

/** The loops with vectors as wide as the CPU prefers; the last, partial vector is masked. */
final class VectorLoops implements Loops {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final VectorMask<Float> NONE = SPECIES.maskAll(false);

    private final NormLoops norms = new VectorNormLoops();
    private final PixelLoops pixels = new VectorPixelLoops();
    private final Loops scalars = new ScalarLoops();

    @Override
    public StemTransforms stem() {
        return new VectorStemTransforms();
    }

    @Override
    public NormLoops norms() {
        return norms;
    }

    @Override
    public PixelLoops pixels() {
        return pixels;
    }

    @Override
    public String description() {
        return SPECIES.vectorBitSize() + "-bit vectors";
    }

    private static VectorMask<Float> mask(int index, int end) {
        return SPECIES.indexInRange(index, end);
    }

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(SPECIES, x, at);
    }

    private static FloatVector load(float[] x, int at, VectorMask<Float> mask) {
        return FloatVector.fromArray(SPECIES, x, at, mask);
    }

    @Override
    public void unary(Unary f, float parameter, float[] x, float[] y, int from, int to) {
        VectorFunctions.values(f, parameter, x, y, from, to);
    }

    @Override
    public void unaryGradient(
            Unary f, float parameter, float[] x, float[] y, float[] dy, float[] dx, int from, int to) {
        VectorFunctions.gradients(f, parameter, x, y, dy, dx, from, to);
    }

    @Override
    public void binary(Binary f, float[] a, int aFrom, float[] b, int bFrom, float[] y, int yFrom, int count) {
        int whole = count - count % LANES;
        // a method each: together in one, C2 does not compile the later loops whole
        switch (f) {
            case ADD -> add(a, aFrom, b, bFrom, y, yFrom, whole);
            case SUBTRACT -> subtract(a, aFrom, b, bFrom, y, yFrom, whole);
            case MULTIPLY -> multiply(a, aFrom, b, bFrom, y, yFrom, whole);
            case DIVIDE -> divide(a, aFrom, b, bFrom, y, yFrom, whole);
            case EQUAL -> equal(a, aFrom, b, bFrom, y, yFrom, whole);
        }
        for (int i = whole; i < count; i++) {
            float left = a[aFrom + i];
            float right = b[bFrom + i];
            y[yFrom + i] = switch (f) {
                case ADD -> left + right;
                case SUBTRACT -> left - right;
                case MULTIPLY -> left * right;
                case DIVIDE -> left / right;
                case EQUAL -> left == right ? 1 : 0;
            };
        }
    }

    private static void add(float[] a, int aFrom, float[] b, int bFrom, float[] y, int yFrom, int whole) {
        for (int i = 0; i < whole; i += LANES) {
            load(a, aFrom + i).add(load(b, bFrom + i)).intoArray(y, yFrom + i);
        }
    }

    private static void subtract(float[] a, int aFrom, float[] b, int bFrom, float[] y, int yFrom, int whole) {
        for (int i = 0; i < whole; i += LANES) {
            load(a, aFrom + i).sub(load(b, bFrom + i)).intoArray(y, yFrom + i);
        }
    }

    private static void multiply(float[] a, int aFrom, float[] b, int bFrom, float[] y, int yFrom, int whole) {
        for (int i = 0; i < whole; i += LANES) {
            load(a, aFrom + i).mul(load(b, bFrom + i)).intoArray(y, yFrom + i);
        }
    }

    private static void divide(float[] a, int aFrom, float[] b, int bFrom, float[] y, int yFrom, int whole) {
        for (int i = 0; i < whole; i += LANES) {
            load(a, aFrom + i).div(load(b, bFrom + i)).intoArray(y, yFrom + i);
        }
    }

    private static void equal(float[] a, int aFrom, float[] b, int bFrom, float[] y, int yFrom, int whole) {
        for (int i = 0; i < whole; i += LANES) {
            VectorMask<Float> equal = load(a, aFrom + i).compare(EQ, load(b, bFrom + i));
            FloatVector.zero(SPECIES).blend(1f, equal).intoArray(y, yFrom + i);
        }
    }

    @Override
    public void gate(float[] a, int offset, float[] argument, float[] y, int count) {
        int whole = count - count % LANES;
        for (int i = 0; i < whole; i += LANES) {
            VectorFunctions.sigmoid(load(argument, i)).mul(load(a, offset + i)).intoArray(y, offset + i);
        }
        if (whole < count) {
            gateRest(a, offset + whole, argument, whole, y, mask(whole, count));
        }
    }

    private static void gateRest(float[] a, int at, float[] argument, int i, float[] y, VectorMask<Float> mask) {
        FloatVector gate = VectorFunctions.sigmoid(load(argument, i, mask));
        gate.mul(load(a, at, mask)).intoArray(y, at, mask);
    }

    @Override
    public void gateGradient(float[] a, int offset, float[] argument, float[] dy, float[] da, float[] db, int count) {
        int whole = count - count % LANES;
        for (int i = 0; i < whole; i += LANES) {
            FloatVector gate = VectorFunctions.sigmoid(load(argument, i));
            FloatVector passed = gate.mul(load(dy, offset + i));
            FloatVector closed = FloatVector.broadcast(SPECIES, 1f).sub(gate);
            passed.mul(load(a, offset + i)).mul(closed).intoArray(db, offset + i);
            passed.intoArray(da, offset + i);
        }
        if (whole < count) {
            gateGradientRest(a, offset + whole, argument, whole, dy, da, db, mask(whole, count));
        }
    }

    private static void gateGradientRest(
            float[] a, int at, float[] argument, int i, float[] dy, float[] da, float[] db, VectorMask<Float> mask) {
        FloatVector gate = VectorFunctions.sigmoid(load(argument, i, mask));
        FloatVector passed = gate.mul(load(dy, at, mask));
        FloatVector closed = FloatVector.broadcast(SPECIES, 1f).sub(gate);
        passed.mul(load(a, at, mask)).mul(closed).intoArray(db, at, mask);
        passed.intoArray(da, at, mask);
    }

    @Override
    public void dots(float[] x, int from, int rows, int count, float[] v, int first, float[] y, int to) {
        float[] sums = new float[CHAINS];
        int whole = count - count % CHAINS;
        for (int row = 0; row < rows; row++) {
            int start = from + row * count;
            for (int chain = 0; chain < CHAINS; chain += LANES) {
                chains(x, start, whole, v, first, chain, sums);
            }
            for (int i = whole; i < count; i++) {
                sums[i - whole] = Math.fma(x[start + i], v[first + i], sums[i - whole]);
            }
            y[to + row] = Loops.inOrder(sums);
        }
    }

    private static void chains(float[] x, int start, int whole, float[] v, int first, int chain, float[] sums) {
        FloatVector sum = FloatVector.zero(SPECIES);
        for (int i = chain; i < whole; i += CHAINS) {
            sum = load(x, start + i).fma(load(v, first + i), sum);
        }
        sum.intoArray(sums, chain);
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
    public void transpose(float[] x, int from, int xPitch, int rows, int columns, float[] y, int to, int yPitch) {
        int whole = LANES == CacheLine.FLOATS && rows == CacheLine.FLOATS ? columns - columns % LANES : 0;
        for (int i = 0; i < whole; i += LANES) {
            VectorTransposition512.transpose(x, from + i, xPitch, y, to + i * yPitch, yPitch);
        }
        if (whole < columns) {
            scalars.transpose(x, from + whole, xPitch, rows, columns - whole, y, to + whole * yPitch, yPitch);
        }
    }

    @Override
    public void finish(
            float[] sums,
            int from,
            int pitch,
            int first,
            int end,
            int count,
            Epilogue epilogue,
            int shiftFrom,
            float[] y,
            int[] targets,
            int channel) {
        if (epilogue == null) {
            for (int p = first; p < end; p++) {
                System.arraycopy(sums, from + p * pitch, y, targets[p] + channel, count);
            }
            return;
        }
        int whole = count - count % LANES;
        float floor = epilogue.floor();
        // a loop each: C2 gives up hoisting checks out of a loop once a branch that it took for dead is taken there
        if (epilogue.open() != null) {
            joinOpen(sums, from, pitch, first, end, epilogue, shiftFrom, y, targets, channel, whole);
        } else if (epilogue.residual() == null) {
            shift(sums, from, pitch, first, end, epilogue.shift(), shiftFrom, floor, y, targets, channel, whole);
        } else {
            float[] residual = epilogue.residual();
            join(
                    sums,
                    from,
                    pitch,
                    first,
                    end,
                    epilogue.shift(),
                    shiftFrom,
                    residual,
                    floor,
                    y,
                    targets,
                    channel,
                    whole);
        }
        if (whole < count) {
            tail(sums, from, pitch, first, end, epilogue, shiftFrom, floor, y, targets, channel, whole, count);
        }
    }

    /**
     * The channels behind the last whole vector. Sums and shifts go on behind their last channel, so that only the outputs need the mask; it
     * is made here, since one that is passed for each pixel is an object for each pixel where C2 does not inline the call.
     */
    private static void tail(
            float[] sums,
            int from,
            int pitch,
            int first,
            int end,
            Epilogue epilogue,
            int shiftFrom,
            float floor,
            float[] y,
            int[] targets,
            int channel,
            int whole,
            int count) {
        VectorMask<Float> mask = mask(whole, count);
        FloatVector shift = load(epilogue.shift(), shiftFrom + whole);
        float[] residual = epilogue.residual();
        float[] open = epilogue.open();
        for (int p = first; p < end; p++) {
            int to = targets[p] + channel + whole;
            FloatVector value = load(sums, from + p * pitch + whole).add(shift);
            if (residual != null) {
                value = value.add(load(residual, to, mask));
            }
            if (open != null) {
                value = where(load(open, to, mask), value);
            }
            atLeast(value, floor).intoArray(y, to, mask);
        }
    }

    private static void shift(
            float[] x,
            int from,
            int pitch,
            int first,
            int end,
            float[] shift,
            int shiftFrom,
            float floor,
            float[] y,
            int[] targets,
            int channel,
            int whole) {
        for (int p = first; p < end; p++) {
            int in = from + p * pitch;
            int to = targets[p] + channel;
            for (int c = 0; c < whole; c += LANES) {
                atLeast(load(x, in + c).add(load(shift, shiftFrom + c)), floor).intoArray(y, to + c);
            }
        }
    }

    private static void join(
            float[] x,
            int from,
            int pitch,
            int first,
            int end,
            float[] shift,
            int shiftFrom,
            float[] residual,
            float floor,
            float[] y,
            int[] targets,
            int channel,
            int whole) {
        for (int p = first; p < end; p++) {
            int in = from + p * pitch;
            int to = targets[p] + channel;
            for (int c = 0; c < whole; c += LANES) {
                FloatVector value = load(x, in + c).add(load(shift, shiftFrom + c));
                atLeast(value.add(load(residual, to + c)), floor).intoArray(y, to + c);
            }
        }
    }

    /** For gradients, which have a sum as their residual. */
    private static void joinOpen(
            float[] x,
            int from,
            int pitch,
            int first,
            int end,
            Epilogue epilogue,
            int shiftFrom,
            float[] y,
            int[] targets,
            int channel,
            int whole) {
        float[] shift = epilogue.shift();
        float[] residual = epilogue.residual();
        float[] open = epilogue.open();
        for (int p = first; p < end; p++) {
            int in = from + p * pitch;
            int to = targets[p] + channel;
            for (int c = 0; c < whole; c += LANES) {
                FloatVector value = load(x, in + c).add(load(shift, shiftFrom + c));
                where(load(open, to + c), value.add(load(residual, to + c))).intoArray(y, to + c);
            }
        }
    }

    /** Pixel by pixel, because memory is fast along one pixel's channels and slow across. */
    @Override
    public void spread(
            float[] x, int from, int pitch, int pixels, int channels, float[] panels, int to, int panelPitch) {
        int whole = channels - channels % LANES;
        VectorMask<Float> mask = mask(whole, channels);
        for (int p = 0; p < pixels; p++) {
            int in = from + p * pitch;
            int out = to + p * Tiles.COLUMNS;
            for (int c = 0; c < whole; c += LANES) {
                FloatVector.fromArray(SPECIES, x, in + c)
                        .intoArray(panels, out + c / Tiles.COLUMNS * panelPitch + c % Tiles.COLUMNS);
            }
            for (int c = whole; c < Panels.count(channels) * Tiles.COLUMNS; c += LANES) {
                // the mask of the first partial vector is empty for those behind it
                load(x, in + c, c == whole ? mask : NONE)
                        .intoArray(panels, out + c / Tiles.COLUMNS * panelPitch + c % Tiles.COLUMNS);
            }
        }
    }
}
