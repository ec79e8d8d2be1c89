package scgrad.experiments.cli;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Times workloads of two builds in turn in one process, each build with classes of its own. Two processes of one build differ by 10 to 20 % on a shared
 * machine, as the JVM happened to compile them and the memory happened to lie; two builds in one process are told 3 to 5 % apart. Which of them comes
 * first matters as well: whoever wants to know of less compares in both directions.
 */
final class BenchAgainst {
    private static final int ROUNDS = 20;
    /** Milliseconds of one build's turn, about; a short step is repeated. */
    private static final double TURN = 20;

    private static final int MOST_RUNS = 50;

    /** This one and the other. */
    private final List<Function<List<String>, Runnable>> builds;

    private final int rounds;
    private final PrintWriter out;

    /**
     * @param own this build's class path
     * @param other the other's
     * @param rounds 0 for the usual number
     */
    BenchAgainst(List<Path> own, List<Path> other, int rounds, PrintWriter out) {
        this(List.of(load(own), load(other)), rounds, out);
    }

    BenchAgainst(List<Function<List<String>, Runnable>> builds, int rounds, PrintWriter out) {
        this.builds = builds;
        this.rounds = rounds > 0 ? rounds : ROUNDS;
        this.out = out;
    }

    /** This program's own classes. */
    static List<Path> ownClassPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .toList();
    }

    /** Those of another checkout, which its launcher builds first where it is older than its sources. */
    static List<Path> classPath(Path checkout) throws IOException {
        Path launcher = checkout.resolve("scgrad");
        if (!Files.isExecutable(launcher)) {
            throw new IllegalArgumentException(
                    "--against " + checkout + ": no launcher 'scgrad' is there; name the folder of another checkout");
        }
        try {
            Process building = new ProcessBuilder(launcher.toAbsolutePath().toString(), "--version")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            if (building.waitFor() != 0) {
                throw new IllegalArgumentException("--against " + checkout + ": it cannot be built");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        List<Path> jars = new ArrayList<>();
        for (String module : List.of("experiments", "scnet", "nn", "core")) {
            jars.addAll(jars(checkout.resolve(module).resolve("target")));
        }
        jars.addAll(jars(checkout.resolve("experiments/target/dependency")));
        return jars;
    }

    private static List<Path> jars(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file ->
                            file.toString().endsWith(".jar") && !file.toString().endsWith("-tests.jar"))
                    .sorted()
                    .toList();
        }
    }

    @SuppressWarnings("unchecked")
    private static Function<List<String>, Runnable> load(List<Path> classPath) {
        URLClassLoader loader = new URLClassLoader(
                classPath.stream().map(BenchAgainst::url).toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        try {
            Object step = loader.loadClass(BenchStep.class.getName())
                    .getDeclaredConstructor()
                    .newInstance();
            return arguments -> inside(loader, () -> ((Function<List<String>, Runnable>) step).apply(arguments));
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    "--against: the other checkout is older than this option and cannot be timed by it", e);
        }
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(path.toString(), e);
        }
    }

    /** Makes something with a build's own services. */
    private static Runnable inside(ClassLoader loader, Supplier<Runnable> maker) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return maker.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Times one case and prints its line: the median of each build, and of the rounds' ratios the median and both quartiles. */
    void measure(String name, String backend, int threads) {
        List<Runnable> steps = new ArrayList<>();
        for (Function<List<String>, Runnable> build : builds) {
            steps.add(build.apply(List.of(name, backend, Integer.toString(threads))));
        }
        int runs = 1;
        for (Runnable step : steps) {
            runs = (int) Math.clamp(TURN / BenchTiming.warm(step), runs, MOST_RUNS);
        }
        double[][] times = new double[steps.size()][rounds * runs];
        double[] ratios = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            double[] medians = new double[steps.size()];
            for (int i = 0; i < steps.size(); i++) {
                int build = (round + i) % steps.size();
                Runnable step = steps.get(build);
                // the other's numbers are in the caches
                step.run();
                for (int run = 0; run < runs; run++) {
                    times[build][round * runs + run] = BenchTiming.milliseconds(step);
                }
                medians[build] = quantile(Arrays.copyOfRange(times[build], round * runs, (round + 1) * runs), 0.5);
            }
            ratios[round] = medians[0] / medians[1];
        }
        out.println(String.format(
                Locale.ROOT,
                "%s\t%.3f\t%.3f\t%.3f\t%.3f to %.3f",
                name,
                quantile(times[0], 0.5),
                quantile(times[1], 0.5),
                quantile(ratios, 0.5),
                quantile(ratios, 0.25),
                quantile(ratios, 0.75)));
        out.flush();
    }

    private static double quantile(double[] values, double part) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) (part * (sorted.length - 1) + 0.5)];
    }
}
