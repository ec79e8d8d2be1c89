package scgrad.core.array;

import java.util.Locale;

/**
 * How fast a backend multiplies square matrices: the best of about a second, after the first product, with what calling a device takes.
 *
 * @param gigaflops thousands of millions of operations a second, a multiplication and an addition counted as two
 */
public record ProductSpeed(double gigaflops) {
    private static final int SIDE = 1024;
    private static final long NANOSECONDS = 1_000_000_000L;

    public static ProductSpeed of(Backend backend) {
        Shape square = Shape.of(SIDE, SIDE);
        try (StepScope step = StepScope.open()) {
            NDArray a = NDArray.full(backend, square, 0.5);
            NDArray b = NDArray.full(backend, square, 2);
            NDArray y = NDArray.allocate(backend, square);
            multiply(a, b, y);
            long started = System.nanoTime();
            long best = Long.MAX_VALUE;
            for (long now = started; now - started < NANOSECONDS; ) {
                multiply(a, b, y);
                long done = System.nanoTime();
                best = Math.min(best, done - now);
                now = done;
            }
            return new ProductSpeed(2.0 * SIDE * SIDE * SIDE / best);
        }
    }

    private static void multiply(NDArray a, NDArray b, NDArray y) {
        y.backend().matmul(a, false, b, false, y);
        y.backend().finish();
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "%.1f GFLOP/s in a float32 product of %d x %d matrices", gigaflops, SIDE, SIDE);
    }
}
