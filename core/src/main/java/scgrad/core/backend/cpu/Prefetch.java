package scgrad.core.backend.cpu;

/**
 * Brings numbers into the caches before a loop needs them, by reading one of each cache line: nothing but loads that wait for nobody, of which
 * a core has dozens under way, where copies, transforms and products that read memory have a few. The JVM offers no instruction for it. Memory
 * that is written over is read as well, since its lines are fetched before they change.
 *
 * <p>Measured with 128 images of 32x32 on two Zen 5 cores: the gradient of a 1x1 kernel from 32 to 128 channels takes 3.9 ms instead of 5.6,
 * the way forward from 128 to 32 channels 3.9 instead of 5.0, Winograd's 16 to 16 channels 1.35 instead of 1.7.
 */
final class Prefetch {
    /** Arrays of at most this many floats are in a cache. */
    static final int NEAR = 1 << 20;

    private static final int LINE = 16;
    /** Keeps the JVM from leaving out loads of which nothing comes. */
    private static float sink;

    private Prefetch() {}

    /** Numbers from .. to - 1. */
    static void range(float[] x, int from, int to) {
        if (x.length > NEAR) {
            float sum = 0;
            for (int i = from; i < to; i += LINE) {
                sum += x[i];
            }
            keep(sum);
        }
    }

    /** {@code count} numbers from each of the offsets first .. end - 1 on, plus a shift. */
    static void rows(float[] x, int[] offsets, int first, int end, int shift, int count) {
        if (x.length > NEAR) {
            float sum = 0;
            for (int row = first; row < end; row++) {
                int from = offsets[row] + shift;
                for (int i = from; i < from + count; i += LINE) {
                    sum += x[i];
                }
            }
            keep(sum);
        }
    }

    private static void keep(float sum) {
        if (sum == Float.MIN_VALUE) {
            sink = sum;
        }
    }
}
