package scgrad.experiments.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Times steps of two builds in turn in one process. Two processes of one build differ by 10 to 20 % on a shared machine, as the JVM happened to compile
 * them and the memory happened to lie; two builds in one process are told 3 to 5 % apart. Which of them comes first matters as well, by up to 8 % seen:
 * whoever wants to know of less compares in both directions.
 */
final class BenchAgainst {
    private static final int ROUNDS = 20;
    /** Milliseconds of one build's turn, about; a short step is repeated. */
    private static final double TURN = 20;

    private static final int MOST_RUNS = 50;

    private final int rounds;
    private final PrintWriter out;

    /** @param rounds 0 for the usual number */
    BenchAgainst(int rounds, PrintWriter out) {
        this.rounds = rounds > 0 ? rounds : ROUNDS;
        this.out = out;
    }

    /** Prints a line: the median time of each step, and of the rounds' ratios the median and both quartiles. */
    void measure(String name, Runnable own, Runnable other) {
        List<Runnable> steps = List.of(own, other);
        int runs = 1;
        for (Runnable step : steps) {
            runs = (int) Math.clamp(TURN / BenchTiming.warm(step), runs, MOST_RUNS);
        }
        double[][] times = new double[2][rounds * runs];
        double[] ratios = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            double[] medians = new double[2];
            for (int turn = 0; turn < 2; turn++) {
                int build = (round + turn) % 2;
                Runnable step = steps.get(build);
                // the other's numbers are in the caches
                step.run();
                int first = round * runs;
                for (int run = first; run < first + runs; run++) {
                    times[build][run] = BenchTiming.milliseconds(step);
                }
                medians[build] = quantile(Arrays.copyOfRange(times[build], first, first + runs), 0.5);
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
