package scgrad.experiments.study;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import scgrad.experiments.report.Charts;
import scgrad.experiments.report.Document;
import scgrad.experiments.run.Metrics;
import scgrad.nn.train.Confusion;

/** The pictures of a study's report, each drawn into the folder and put into the document with its caption. */
record StudyCharts(StudyResults results, Speeds speeds, List<String> classes) {
    private static final double PERCENT = 100;
    /** More lines in one chart cannot be told apart. */
    private static final int MOST_CURVES = 14;

    void draw(Document document) throws IOException {
        bars(document);
        curves(document, "curves.png", "test accuracy", "test accuracy, %", epoch -> PERCENT * epoch.accuracy());
        curves(document, "loss.png", "training loss", "training loss", Metrics::trainLoss);
        scatter(
                document,
                "macs.png",
                "test accuracy over cost",
                "multiply-accumulates of an image, millions",
                outcome -> 1e-6 * outcome.multiplyAccumulates());
        if (!speeds.byVariant().isEmpty()) {
            scatter(
                    document,
                    "speed.png",
                    "test accuracy over training speed",
                    "training, images per second",
                    this::speed);
        }
        perClass(document);
        confusions(document);
    }

    private Path file(String name) {
        return results.folder().resolve(name);
    }

    private String title(String what) {
        return results.study().title() + ": " + what;
    }

    private double speed(Outcome outcome) {
        Speeds.Speed speed = speeds.byVariant().get(outcome.variant().id());
        return speed == null ? Double.NaN : speed.training();
    }

    private void bars(Document document) throws IOException {
        Charts.bars(
                file("accuracy.png"),
                title("test accuracy, %"),
                "test accuracy, %",
                "0.0",
                results.outcomes().stream()
                        .map(outcome -> new Charts.Bar(
                                outcome.variant().label(), outcome.accuracy().mean(), outcome.error()))
                        .toList(),
                true);
        document.picture(
                "accuracy.png",
                "Test accuracy after the last epoch; the whiskers are one standard deviation over seeds (with one seed, the error of counting)."
                        + " The axis does not begin at 0.");
    }

    private void curves(Document document, String name, String what, String yLabel, ToDoubleFunction<Metrics> value)
            throws IOException {
        List<Charts.Series> all = new ArrayList<>();
        for (Outcome outcome : results.outcomes().stream().limit(MOST_CURVES).toList()) {
            int epochs = outcome.runs().stream()
                    .mapToInt(run -> run.metrics().size())
                    .min()
                    .orElse(0);
            double[] x = new double[epochs];
            double[][] y = new double[outcome.runs().size()][epochs];
            for (int i = 0; i < epochs; i++) {
                x[i] = i + 1;
                for (int run = 0; run < y.length; run++) {
                    y[run][i] = value.applyAsDouble(
                            outcome.runs().get(run).metrics().get(i));
                }
            }
            all.add(
                    y.length == 1
                            ? Charts.Series.of(outcome.variant().label(), x, y[0])
                            : Charts.Series.over(outcome.variant().label(), x, y));
        }
        Charts.curves(file(name), title(what), "epoch", yLabel, all);
        document.picture(
                name, "The " + what + " by epoch: mean over seeds, and a band from their least to their greatest.");
    }

    private void scatter(Document document, String name, String what, String xLabel, ToDoubleFunction<Outcome> cost)
            throws IOException {
        List<Charts.Point> points = results.outcomes().stream()
                .filter(outcome -> !Double.isNaN(cost.applyAsDouble(outcome)))
                .map(outcome -> new Charts.Point(
                        "variants",
                        outcome.variant().label(),
                        cost.applyAsDouble(outcome),
                        outcome.accuracy().mean()))
                .toList();
        if (!points.isEmpty()) {
            Charts.scatter(file(name), title(what), xLabel, "test accuracy, %", points);
            document.picture(name, "Mean " + what + ".");
        }
    }

    private List<String> classNames(Confusion confusion) {
        if (classes.size() == confusion.classes()) {
            return classes;
        }
        List<String> numbers = new ArrayList<>();
        for (int label = 0; label < confusion.classes(); label++) {
            numbers.add(Integer.toString(label));
        }
        return numbers;
    }

    /** Those whose runs recorded a confusion matrix. */
    private List<Outcome> counted() {
        return results.outcomes().stream()
                .filter(outcome -> outcome.confusion() != null)
                .toList();
    }

    private void perClass(Document document) throws IOException {
        List<Outcome> counted = counted();
        if (counted.isEmpty()) {
            return;
        }
        List<String> names = classNames(counted.get(0).confusion());
        // a class a row: their names are the longer ones
        double[][] values = new double[names.size()][counted.size()];
        for (int column = 0; column < counted.size(); column++) {
            Confusion confusion = counted.get(column).confusion();
            for (int label = 0; label < names.size(); label++) {
                values[label][column] = PERCENT * confusion.accuracy(label);
            }
        }
        Charts.matrix(
                file("classes.png"),
                title("test accuracy by class, %"),
                "class",
                "",
                names,
                counted.stream().map(outcome -> outcome.variant().label()).toList(),
                values,
                "0");
        document.picture("classes.png", "Test accuracy by class, all seeds together.");
    }

    /** Of the baseline, and of the best of the others. */
    private void confusions(Document document) throws IOException {
        List<Outcome> counted = counted();
        List<Outcome> shown = new ArrayList<>(counted.stream().limit(1).toList());
        counted.stream()
                .skip(1)
                .max(Comparator.comparingDouble(outcome -> outcome.accuracy().mean()))
                .ifPresent(shown::add);
        for (Outcome outcome : shown) {
            int[][] counts = outcome.confusion().counts();
            double[][] shares = new double[counts.length][counts.length];
            for (int label = 0; label < counts.length; label++) {
                double images =
                        Math.max(1, java.util.Arrays.stream(counts[label]).sum());
                for (int predicted = 0; predicted < counts.length; predicted++) {
                    shares[label][predicted] = PERCENT * counts[label][predicted] / images;
                }
            }
            String name = "confusion-" + outcome.variant().id() + ".png";
            List<String> names = classNames(outcome.confusion());
            Charts.matrix(
                    file(name),
                    outcome.variant().label() + ": what was taken for what, % of the class",
                    "true class",
                    "predicted class",
                    names,
                    names,
                    shares,
                    "0");
            document.picture(
                    name,
                    "Confusion matrix of " + outcome.variant().label()
                            + ", all seeds together, in percent of the true class.");
        }
    }
}
