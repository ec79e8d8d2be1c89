package scgrad.core.array;

/**
 * How an interpolation reads one axis: output {@code i} is {@code (1 - weight[i]) * x[low[i]] + weight[i] * x[high[i]]}. Nearest
 * neighbour has weight 0 everywhere.
 */
public record Resampling(int inputs, int[] low, int[] high, double[] weight) {

    /** How values between samples are found. */
    public enum Mode {
        /** The sample at {@code floor(i * inputs / outputs)}. */
        NEAREST,
        /** Between the two nearest samples, pixel centres at half integers (PyTorch's {@code align_corners=False}). */
        BILINEAR
    }

    public int outputs() {
        return low.length;
    }

    public static Resampling of(Mode mode, int inputs, int outputs) {
        if (inputs < 1 || outputs < 1) {
            throw new IllegalArgumentException(
                    "interpolate: sizes must be at least 1, got " + inputs + " to " + outputs);
        }
        Resampling axis = new Resampling(inputs, new int[outputs], new int[outputs], new double[outputs]);
        for (int i = 0; i < outputs; i++) {
            if (mode == Mode.NEAREST) {
                axis.low[i] = Math.min((int) ((long) i * inputs / outputs), inputs - 1);
                axis.high[i] = axis.low[i];
            } else {
                double centre = Math.max((i + 0.5) * inputs / outputs - 0.5, 0);
                axis.low[i] = Math.min((int) centre, inputs - 1);
                axis.high[i] = Math.min(axis.low[i] + 1, inputs - 1);
                axis.weight[i] = centre - axis.low[i];
            }
        }
        return axis;
    }

    public boolean nearest() {
        for (double w : weight) {
            if (w != 0) {
                return false;
            }
        }
        return true;
    }
}
