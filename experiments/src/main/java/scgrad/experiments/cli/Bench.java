package scgrad.experiments.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import scgrad.core.Profile;
import scgrad.core.array.Backend;
import scgrad.experiments.data.Datasets;
import scgrad.experiments.run.Environment;

/** {@code scgrad bench}. */
@Command(
        name = "bench",
        description =
                "Time named workloads: matrix products, convolutions, whole networks, and data without a network.",
        footer = {
            "",
            "Prints a line a case: name, best and median milliseconds, rate at the median, separated by tabs.",
            "With --against: name, median milliseconds of this build and of the other, their ratio, its quartiles.",
            "Each case runs until the JVM has compiled it and its best time stands still, at most 30 seconds, before it counts."
        })
final class Bench extends SubCommand {
    @Mixin
    private BackendOptions backend;

    @Option(
            names = "--reps",
            paramLabel = "N",
            defaultValue = "0",
            description = "Counted runs (default: 7 of a kernel, 5 of a network).")
    private int repetitions;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Where the data of the data-* cases lie (default: $SCGRAD_DATA, or ./data).")
    private Path data;

    @Option(
            names = "--profile",
            description = "Print each case's kernels by time, with GFLOP/s and GB/s, to the error stream.")
    private boolean profiling;

    @Option(
            names = "--against",
            paramLabel = "CHECKOUT",
            description =
                    "Time each case of another checkout's build too, in turn with this one's and in one process,"
                            + " --reps rounds (default: 20). Which is loaded first matters a little: compare from the other checkout too.")
    private Path against;

    @Option(
            names = "--sweep",
            description =
                    "Draw the speed over batches 1 to 128 and over maps of 7 to 112 pixels, with a table, into --out.")
    private boolean sweep;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "results/bench",
            description = "Folder of --sweep (default: results/bench).")
    private Path folder;

    @Parameters(
            arity = "0..*",
            paramLabel = "CASE-REGEX",
            description =
                    "The cases whose whole name matches, for example 'scnet50-.*'; without one the names are listed. Any other"
                            + " size goes by name as well: gemm-N, " + BenchConvolution.FORM + ".")
    private List<String> patterns = List.of();

    @Override
    public Integer call() throws IOException {
        if (repetitions < 0) {
            throw new IllegalArgumentException("--reps " + repetitions + " must be at least 1");
        }
        if (against != null && (profiling || sweep)) {
            throw new IllegalArgumentException("--against goes with neither --profile nor --sweep");
        }
        if (sweep) {
            new BenchSweep(open(), repetitions, out()).write(folder);
            return DONE;
        }
        Map<String, BenchCases.Maker> cases = BenchCases.all();
        cases.putAll(BenchData.all(data == null ? Datasets.defaultDirectory() : data));
        if (patterns.isEmpty()) {
            cases.keySet().forEach(out()::println);
            return DONE;
        }
        List<Pattern> wanted = patterns.stream().map(CheckGradients::compile).toList();
        for (Pattern pattern : wanted) {
            if (cases.keySet().stream().noneMatch(pattern.asMatchPredicate())) {
                String name = pattern.pattern();
                cases.put(
                        name,
                        BenchCases.named(name)
                                .orElseThrow(() -> new IllegalArgumentException("bench: no case is '" + name
                                        + "'; 'scgrad bench' lists them, and others are named gemm-N or "
                                        + BenchConvolution.FORM)));
            }
        }
        cases.keySet().removeIf(name -> wanted.stream()
                .noneMatch(pattern -> pattern.matcher(name).matches()));
        if (against != null) {
            compare(cases.keySet());
            return DONE;
        }
        Backend opened = open();
        cases.forEach((name, maker) -> measure(name, maker, opened));
        return DONE;
    }

    private void compare(Set<String> names) throws IOException {
        for (String name : names) {
            if (name.startsWith(BenchData.PREFIX)) {
                throw new IllegalArgumentException("--against takes no data: " + name);
            }
        }
        BenchBuild other = BenchBuild.of(against);
        BenchBuild own = BenchBuild.own();
        open();
        BenchAgainst both = new BenchAgainst(repetitions, out());
        for (String name : names) {
            both.measure(
                    name,
                    own.step(name, backend.name(), backend.threads()),
                    other.step(name, backend.name(), backend.threads()));
        }
    }

    private Backend open() {
        Backend opened = backend.open();
        err().println(opened.description() + "; " + Environment.java());
        err().flush();
        return opened;
    }

    private void measure(String name, BenchCases.Maker maker, Backend opened) {
        Profile profile = new Profile();
        Backend watched = profiling ? profile.watch(opened) : opened;
        BenchCases.Workload workload;
        try {
            workload = maker.make(watched);
        } catch (UncheckedIOException missing) {
            err().println(name + " skipped: " + missing.getCause().getMessage());
            err().flush();
            return;
        }
        TrafficReport traffic = new TrafficReport(opened::traffic);
        BenchTiming timing = BenchTiming.of(workload, watched, repetitions, () -> {
            profile.clear();
            traffic.begin();
        });
        traffic.end(timing.runs());
        out().println(String.format(
                Locale.ROOT,
                workload.kernel() ? "%s\t%.3f\t%.3f\t%.2f %s" : "%s\t%.1f\t%.1f\t%.2f %s",
                name,
                timing.best(),
                timing.median(),
                timing.rate(),
                workload.unit()));
        out().flush();
        if (profiling) {
            err().println(profile.table());
            err().print(traffic.line("run", true));
            err().flush();
        }
    }
}
