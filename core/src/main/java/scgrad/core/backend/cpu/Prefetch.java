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

    /** Of more pixels most find a kernel in a cache anyway. */
    private static final int FEW_PIXELS = 256;
    /** A kernel of so many floats is read in a moment, and those that meet their pixels chunk by chunk stay in a cache. */
    private static final int SMALL_KERNEL = 64 * 1024;

    /** Keeps the JVM from leaving out loads of which nothing comes. */
    private static float sink;

    private Prefetch() {}

    /** Numbers from .. to - 1, in four streams. */
    static void range(float[] x, int from, int to) {
        if (x.length > NEAR) {
            int quarter = (to - from) / (4 * CacheLine.FLOATS) * CacheLine.FLOATS;
            int second = from + quarter;
            int third = second + quarter;
            int fourth = third + quarter;
            float sum = 0;
            for (int i = 0; i < quarter; i += CacheLine.FLOATS) {
                sum += x[from + i] + x[second + i];
                sum += x[third + i] + x[fourth + i];
            }
            for (int i = fourth + quarter; i < to; i += CacheLine.FLOATS) {
                sum += x[i];
            }
            keep(sum);
        }
    }

    /** {@code count} numbers from each of the offsets first .. end - 1 on, plus a shift; four rows of them in turn. */
    static void rows(float[] x, int[] offsets, int first, int end, int shift, int count) {
        if (x.length > NEAR) {
            int quarter = (end - first) / 4;
            float sum = 0;
            for (int row = first; row < first + quarter; row++) {
                int a = offsets[row] + shift;
                int b = offsets[row + quarter] + shift;
                int c = offsets[row + 2 * quarter] + shift;
                int d = offsets[row + 3 * quarter] + shift;
                for (int i = 0; i < count; i += CacheLine.FLOATS) {
                    sum += x[a + i] + x[b + i];
                    sum += x[c + i] + x[d + i];
                }
            }
            for (int row = first + 4 * quarter; row < end; row++) {
                int from = offsets[row] + shift;
                for (int i = from; i < from + count; i += CacheLine.FLOATS) {
                    sum += x[i];
                }
            }
            keep(sum);
        }
    }

    /**
     * {@code depth} rows of neighbouring panels, where a kernel meets so few pixels that it takes a good part of the time to read it from memory,
     * as that of a single image in a network. Four panels at a time, because the processor's own prefetcher then follows four streams: 49 pixels
     * times 512 to 1,024 channels reach 178 GFLOP/s on one core instead of 157 with panels from memory, and 160 with panels one after the other;
     * with panels from a cache all this costs a twentieth.
     */
    static void panels(long pixels, float[] packed, int offset, int pitch, int count, int depth) {
        if (pixels > FEW_PIXELS || packed.length <= SMALL_KERNEL) {
            return;
        }
        float sum = 0;
        for (int panel = 0; panel < count; panel += 4) {
            int first = offset + panel * pitch;
            int second = first + (panel + 1 < count ? pitch : 0);
            int third = second + (panel + 2 < count ? pitch : 0);
            int fourth = third + (panel + 3 < count ? pitch : 0);
            for (int row = 0; row < depth; row++) {
                sum += packed[first + row * CacheLine.FLOATS] + packed[second + row * CacheLine.FLOATS];
                sum += packed[third + row * CacheLine.FLOATS] + packed[fourth + row * CacheLine.FLOATS];
            }
        }
        keep(sum);
    }

    private static void keep(float sum) {
        if (sum == Float.MIN_VALUE) {
            sink = sum;
        }
    }
}
