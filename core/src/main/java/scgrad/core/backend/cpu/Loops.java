package scgrad.core.backend.cpu;

import scgrad.core.array.Binary;
import scgrad.core.array.Unary;

/** Loops along contiguous numbers whose speed depends on vectors. Simpler loops are plain Java, which C2 vectorises as well. */
interface Loops {
    /** One line: vector width, or why there is none. */
    String description();

    /** The loops of batch normalisation, of the same kind. */
    NormLoops norms();

    /** The transforms of {@link StemConvolution}. */
    StemTransforms stem();

    /** The loops of pooling and interpolation, of the same kind. */
    PixelLoops pixels();

    /** y = f(x) from index from to index to - 1. */
    void unary(Unary f, float parameter, float[] x, float[] y, int from, int to);

    /** dx = dy * f'(x); x may be y where the derivative comes from the value. */
    void unaryGradient(Unary f, float parameter, float[] x, float[] y, float[] dy, float[] dx, int from, int to);

    /** y = f(a, b), count numbers; y may be a or b. */
    void binary(Binary f, float[] a, int aFrom, float[] b, int bFrom, float[] y, int yFrom, int count);

    /** y = a * sigmoid(argument), count numbers that begin at {@code offset}, but at 0 of the argument. */
    void gate(float[] a, int offset, float[] argument, float[] y, int count);

    /** The gradients of {@link #gate} by a and by the argument. */
    void gateGradient(float[] a, int offset, float[] argument, float[] dy, float[] da, float[] db, int count);

    /** Chains of sums in {@link #dots}, whatever the vectors' width: the i-th number of a row goes into chain i % 16. */
    int CHAINS = 16;

    /** y = X v for {@code rows} rows of X, each {@code count} numbers behind the last; v begins at {@code first}. */
    void dots(float[] x, int from, int rows, int count, float[] v, int first, float[] y, int to);

    /** The sum of {@link #CHAINS}, in their order. */
    static float inOrder(float[] sums) {
        float sum = 0;
        for (float chain : sums) {
            sum += chain;
        }
        return sum;
    }

    /** Copies rows of {@code count} numbers between arrays of other pitches. */
    void copyRows(float[] x, int from, int xPitch, float[] y, int to, int yPitch, int rows, int count);

    /** y[to + i * yPitch + j] = x[from + j * xPitch + i] for i below {@code columns} and j below {@code rows}, {@link CacheLine#FLOATS} at most. */
    void transpose(float[] x, int from, int xPitch, int rows, int columns, float[] y, int to, int yPitch);

    /**
     * y = act(sums + shift + residual) for pixels first .. end - 1 of {@code count} channels: pixel p begins at {@code from + p * pitch} of the sums
     * and at {@code targets[p] + channel} of y and the residual.
     *
     * @param epilogue null for a copy
     * @param shiftFrom which of its shifts belongs to the first channel
     */
    void finish(
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
            int channel);

    /**
     * Lays pixels of {@code channels} numbers, {@code pitch} apart, out as panels {@code [channels / 16][pixels][16]} from {@code to} on that are
     * {@code panelPitch} apart; the last is filled up with zeros.
     */
    void spread(float[] x, int from, int pitch, int pixels, int channels, float[] panels, int to, int panelPitch);
}
