package scgrad.experiments.cli;

import java.util.Arrays;
import scgrad.core.array.StepScope;

/**
 * Times of a workload, milliseconds.
 *
 * @param work of the workload, see {@link BenchCases.Workload}
 */
record BenchTiming(double best, double median, double work) {
    private static final int WARM_RUNS = 3;
    private static final long WARM_NANOSECONDS = 2_000_000_000L;
    private static final int KERNEL_REPETITIONS = 7;
    private static final int NETWORK_REPETITIONS = 5;

    /** Runs a workload until the JVM has compiled it, then counts; 0 repetitions are the usual number for its kind. */
    static BenchTiming of(BenchCases.Workload workload, int repetitions) {
        long started = System.nanoTime();
        for (int i = 0; i < WARM_RUNS || System.nanoTime() - started < WARM_NANOSECONDS; i++) {
            milliseconds(workload.body());
        }
        int usual = workload.kernel() ? KERNEL_REPETITIONS : NETWORK_REPETITIONS;
        double[] times = new double[repetitions > 0 ? repetitions : usual];
        for (int i = 0; i < times.length; i++) {
            times[i] = milliseconds(workload.body());
        }
        Arrays.sort(times);
        return new BenchTiming(times[0], times[times.length / 2], workload.work());
    }

    /** In the workload's unit, at the median. */
    double rate() {
        return work / median * 1e3;
    }

    private static double milliseconds(Runnable body) {
        long started = System.nanoTime();
        try (StepScope step = StepScope.open()) {
            body.run();
        }
        return (System.nanoTime() - started) * 1e-6;
    }
}
