package scgrad.experiments.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import scgrad.core.array.Backend;
import scgrad.core.array.StepScope;
import scgrad.experiments.run.Environment;

/** {@code scgrad bench}. */
@Command(
        name = "bench",
        description = "Time named workloads: matrix products, convolutions, whole networks.",
        footer = {
            "",
            "Prints a line a case: name, best and median milliseconds, rate at the median, separated by tabs.",
            "Each case runs at least 3 times and 2 seconds before it counts, so that the JVM has compiled it."
        })
final class Bench extends SubCommand {
    private static final int WARM_RUNS = 3;
    private static final long WARM_NANOSECONDS = 2_000_000_000L;
    private static final int KERNEL_REPETITIONS = 7;
    private static final int NETWORK_REPETITIONS = 5;

    @Mixin
    private BackendOptions backend;

    @Option(
            names = "--reps",
            paramLabel = "N",
            defaultValue = "0",
            description = "Counted runs (default: 7 of a kernel, 5 of a network).")
    private int repetitions;

    @Parameters(
            arity = "0..*",
            paramLabel = "CASE-REGEX",
            description =
                    "The cases whose whole name matches, for example 'scnet50-.*'; without one the names are listed.")
    private List<String> patterns = List.of();

    @Override
    public Integer call() {
        if (repetitions < 0) {
            throw new IllegalArgumentException("--reps " + repetitions + " must be at least 1");
        }
        Map<String, BenchCases.Maker> cases = BenchCases.all();
        if (patterns.isEmpty()) {
            cases.keySet().forEach(out()::println);
            return DONE;
        }
        List<Pattern> wanted = patterns.stream().map(CheckGradients::compile).toList();
        for (Pattern pattern : wanted) {
            if (cases.keySet().stream().noneMatch(pattern.asMatchPredicate())) {
                throw new IllegalArgumentException("bench: no case is '" + pattern + "'; 'scgrad bench' lists them");
            }
        }
        Backend opened = backend.open();
        err().println(opened.description() + "; " + Environment.java());
        err().flush();
        cases.forEach((name, maker) -> {
            if (wanted.stream().anyMatch(pattern -> pattern.matcher(name).matches())) {
                measure(name, maker.make(opened));
            }
        });
        return DONE;
    }

    private void measure(String name, BenchCases.Workload workload) {
        long started = System.nanoTime();
        for (int i = 0; i < WARM_RUNS || System.nanoTime() - started < WARM_NANOSECONDS; i++) {
            milliseconds(workload.body());
        }
        boolean kernel = workload.unit().equals("GFLOP/s");
        double[] times = new double[repetitions > 0 ? repetitions : kernel ? KERNEL_REPETITIONS : NETWORK_REPETITIONS];
        for (int i = 0; i < times.length; i++) {
            times[i] = milliseconds(workload.body());
        }
        Arrays.sort(times);
        double median = times[times.length / 2];
        out().println(String.format(
                Locale.ROOT,
                kernel ? "%s\t%.3f\t%.3f\t%.2f %s" : "%s\t%.1f\t%.1f\t%.2f %s",
                name,
                times[0],
                median,
                workload.work() / median * 1e3,
                workload.unit()));
        out().flush();
    }

    private static double milliseconds(Runnable body) {
        long started = System.nanoTime();
        try (StepScope step = StepScope.open()) {
            body.run();
        }
        return (System.nanoTime() - started) * 1e-6;
    }
}
