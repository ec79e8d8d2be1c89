package scgrad.core.backend.cpu;

/**
 * The gradient of a batch norm's input, dx = a dy + b x + c with dy zeroed where a ReLU was closed: computed by whoever reads it, so that it
 * need not go through memory.
 *
 * @param dy what arrives at the norm, behind the ReLU's mask already where {@code scale} is null
 * @param width of the lines of which a, b, c, scale and shift hold one
 */
record NormInputGradient(
        NormLoops loops,
        int width,
        float[] x,
        float[] dy,
        float[] a,
        float[] b,
        float[] c,
        float[] scale,
        float[] shift) {

    /** Prefetches {@code count} numbers of what it reads. */
    void prefetch(int first, int count) {
        Prefetch.range(x, first, first + count);
        Prefetch.range(dy, first, first + count);
    }

    /** {@code count} numbers from {@code first} on, where a pixel begins, stored from {@code to} on. */
    void compute(int first, int count, float[] dx, int to) {
        loops.normGradient(x, dy, first, count, width, a, b, c, scale, shift, dx, to);
    }
}
