package scgrad.experiments.cli;

import java.util.Arrays;
import scgrad.core.array.Backend;
import scgrad.core.array.StepScope;

/**
 * Times of a workload, milliseconds.
 *
 * @param runs how many were counted
 * @param work of the workload, see {@link BenchCases.Workload}
 */
record BenchTiming(double best, double median, double work, int runs) {
    private static final int WARM_RUNS = 3;
    private static final long WARM_NANOSECONDS = 2_000_000_000L;
    /** The warm-up goes on until this part of it, the latest, brought no better time: a network's last loops are compiled late. */
    private static final double QUIET = 0.5;

    private static final double BETTER = 0.98;
    private static final long MOST_NANOSECONDS = 30_000_000_000L;
    private static final int KERNEL_REPETITIONS = 7;
    private static final int NETWORK_REPETITIONS = 5;

    /**
     * Runs a workload until the JVM has compiled it, then counts.
     *
     * @param backend of the workload: what it puts off belongs to the time
     * @param repetitions how many times to count, 0 for the usual number of its kind
     * @param warmedUp told when the warm-up is over
     */
    static BenchTiming of(BenchCases.Workload workload, Backend backend, int repetitions, Runnable warmedUp) {
        Runnable step = () -> step(workload.body(), backend);
        warm(step);
        warmedUp.run();
        int usual = workload.kernel() ? KERNEL_REPETITIONS : NETWORK_REPETITIONS;
        double[] times = new double[repetitions > 0 ? repetitions : usual];
        for (int i = 0; i < times.length; i++) {
            times[i] = milliseconds(step);
        }
        Arrays.sort(times);
        return new BenchTiming(times[0], times[times.length / 2], workload.work(), times.length);
    }

    /** In the workload's unit, at the median. */
    double rate() {
        return work / median * 1e3;
    }

    /** Runs a step until the JVM has compiled it; its best time. */
    static double warm(Runnable step) {
        long started = System.nanoTime();
        long improved = 0;
        long elapsed = 0;
        double best = Double.POSITIVE_INFINITY;
        for (int i = 0;
                elapsed < MOST_NANOSECONDS
                        && (i < WARM_RUNS || elapsed < WARM_NANOSECONDS || improved > (1 - QUIET) * elapsed);
                i++) {
            double time = milliseconds(step);
            elapsed = System.nanoTime() - started;
            improved = time < BETTER * best ? elapsed : improved;
            best = Math.min(best, time);
        }
        return best;
    }

    /** One run of a workload, with what its backend puts off. */
    static void step(Runnable body, Backend backend) {
        try (StepScope step = StepScope.open()) {
            body.run();
            backend.finish();
        }
    }

    static double milliseconds(Runnable step) {
        long started = System.nanoTime();
        step.run();
        return (System.nanoTime() - started) * 1e-6;
    }
}
