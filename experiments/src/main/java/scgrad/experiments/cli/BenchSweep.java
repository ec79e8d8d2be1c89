package scgrad.experiments.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import scgrad.core.array.Backend;
import scgrad.experiments.report.Charts;

/** How speed changes as the work grows: with the batch for networks, with the map's size for convolutions. Two charts and a table. */
final class BenchSweep {
    private static final int[] BATCHES = {1, 8, 32, 128};
    private static final int[] SIZES = {7, 14, 28, 56, 112};
    private static final int CONVOLUTION_BATCH = 8;

    /** Makes the workload of one point. */
    private interface Point {
        BenchCases.Workload at(int x);
    }

    private final Backend backend;
    private final int repetitions;
    private final PrintWriter out;
    private final StringBuilder table = new StringBuilder("case,x,best_ms,median_ms,rate,unit\n");

    BenchSweep(Backend backend, int repetitions, PrintWriter out) {
        this.backend = backend;
        this.repetitions = repetitions;
        this.out = out;
    }

    /** Writes {@code batch.png}, {@code map-size.png} and {@code sweep.csv}. */
    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        List<Charts.Series> networks = new ArrayList<>();
        for (String model : List.of("resnet20", "sc_resnet20")) {
            networks.add(line(model + ", inference", BATCHES, x -> BenchCases.inference(backend, model, x)));
            networks.add(line(model + ", training", BATCHES, x -> BenchCases.training(backend, model, x)));
        }
        Charts.curves(folder.resolve("batch.png"), "Speed over the batch", "images in a batch", "images/s", networks);
        List<Charts.Series> convolutions = new ArrayList<>();
        for (int kernel : new int[] {3, 1}) {
            String name = kernel + "x" + kernel + ", 64 to 64";
            convolutions.add(
                    line(name + ", forward", SIZES, x -> convolution(kernel, x, BenchConvolution.Kind.FORWARD)));
            convolutions.add(
                    line(name + ", training", SIZES, x -> convolution(kernel, x, BenchConvolution.Kind.TRAINING)));
        }
        Charts.curves(
                folder.resolve("map-size.png"),
                "Speed of convolutions over the map's size, batch " + CONVOLUTION_BATCH,
                "height and width",
                "GFLOP/s",
                convolutions);
        Files.writeString(folder.resolve("sweep.csv"), table);
    }

    private BenchCases.Workload convolution(int kernel, int size, BenchConvolution.Kind kind) {
        return new BenchConvolution(CONVOLUTION_BATCH, 64, 64, size, kernel, 1, 1).workload(backend, kind);
    }

    private Charts.Series line(String name, int[] xs, Point point) {
        double[] x = new double[xs.length];
        double[] rates = new double[xs.length];
        for (int i = 0; i < xs.length; i++) {
            BenchCases.Workload workload = point.at(xs[i]);
            BenchTiming timing = BenchTiming.of(workload, backend, repetitions, () -> {});
            x[i] = xs[i];
            rates[i] = timing.rate();
            String row = String.format(
                    Locale.ROOT,
                    "\"%s\",%d,%.3f,%.3f,%.2f,%s",
                    name,
                    xs[i],
                    timing.best(),
                    timing.median(),
                    timing.rate(),
                    workload.unit());
            table.append(row).append('\n');
            out.println(row);
            out.flush();
        }
        return Charts.Series.of(name, x, rates);
    }
}
