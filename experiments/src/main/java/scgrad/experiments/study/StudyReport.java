package scgrad.experiments.study;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import scgrad.core.array.Backend;
import scgrad.experiments.report.Charts;
import scgrad.experiments.run.Environment;
import scgrad.experiments.run.Metrics;
import scgrad.nn.io.AtomicFile;

/** Writes a study's {@code README.md}, {@code table.csv}, {@code curves.png}, {@code loss.png} and {@code accuracy.png}. */
record StudyReport(Study study, List<Outcome> outcomes, Backend backend, String command) {

    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        text(folder.resolve("table.csv"), csv());
        text(folder.resolve("README.md"), markdown());
        Charts.curves(
                folder.resolve("curves.png"),
                study.title() + ": test accuracy",
                "epoch",
                "test accuracy, %",
                curves(metrics -> 100 * metrics.accuracy()));
        Charts.curves(
                folder.resolve("loss.png"),
                study.title() + ": training loss",
                "epoch",
                "training loss",
                curves(Metrics::trainLoss));
        Charts.bars(
                folder.resolve("accuracy.png"),
                study.title() + ": test accuracy after the last epoch",
                "test accuracy, %",
                "0.0",
                outcomes.stream()
                        .map(outcome -> new Charts.Bar(outcome.variant().label(), outcome.mean(), error(outcome)))
                        .toList(),
                true);
    }

    private static void text(Path file, String text) throws IOException {
        AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** The standard deviation over seeds; with one seed, the error of counting. */
    private static double error(Outcome outcome) {
        return outcome.seeds().size() > 1 ? outcome.deviation() : outcome.countingError();
    }

    private interface Value {
        double of(Metrics metrics);
    }

    private List<Charts.Series> curves(Value value) {
        List<Charts.Series> all = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            int epochs = outcome.runs().stream().mapToInt(List::size).min().orElse(0);
            double[] x = new double[epochs];
            double[][] y = new double[outcome.runs().size()][epochs];
            for (int i = 0; i < epochs; i++) {
                x[i] = i + 1;
                for (int run = 0; run < y.length; run++) {
                    y[run][i] = value.of(outcome.runs().get(run).get(i));
                }
            }
            all.add(
                    y.length == 1
                            ? Charts.Series.of(outcome.variant().label(), x, y[0])
                            : Charts.Series.over(outcome.variant().label(), x, y));
        }
        return all;
    }

    private String csv() {
        StringBuilder csv =
                new StringBuilder("variant,model,seed,parameters,macs,test_accuracy,test_loss,train_loss\n");
        for (Outcome outcome : outcomes) {
            for (int i = 0; i < outcome.runs().size(); i++) {
                Metrics last = outcome.runs().get(i).get(outcome.runs().get(i).size() - 1);
                csv.append(String.format(
                        Locale.ROOT,
                        "%s,\"%s\",%d,%d,%d,%.6f,%.6f,%.6f%n",
                        outcome.variant().id(),
                        outcome.variant().model(),
                        outcome.seeds().get(i),
                        outcome.parameters(),
                        outcome.multiplyAccumulates(),
                        last.accuracy(),
                        last.testLoss(),
                        last.trainLoss()));
            }
        }
        return csv.toString();
    }

    private String markdown() {
        StringBuilder text = new StringBuilder("# " + study.title() + "\n\n" + study.question() + "\n\n");
        text.append("| variant | parameters | MACs | test accuracy, % | against ")
                .append(study.variants().get(0).label());
        text.append(" | paper, ImageNet top-1 |\n|---|---|---|---|---|---|\n");
        for (Outcome outcome : outcomes) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %,d | %.1f M | %s | %s | %s |%n",
                    outcome.variant().label(),
                    outcome.parameters(),
                    outcome.multiplyAccumulates() * 1e-6,
                    accuracy(outcome),
                    difference(outcome),
                    outcome.variant().paper()));
        }
        text.append("\n")
                .append(reading())
                .append("\n\n![test accuracy by variant](accuracy.png)\n\n![test accuracy by epoch](curves.png)\n\n");
        text.append("![training loss by epoch](loss.png)\n\n## How it was made\n\n```\n")
                .append(command)
                .append("\n```\n\n");
        text.append("Recipe of every run (its own `config.json` is under `runs/`):\n\n```json\n")
                .append(study.recipe().json())
                .append("\n```\n\n");
        for (Map.Entry<String, String> entry : Environment.describe(backend).entrySet()) {
            text.append("- ")
                    .append(entry.getKey())
                    .append(": ")
                    .append(entry.getValue())
                    .append("\n");
        }
        return text.toString();
    }

    private static String accuracy(Outcome outcome) {
        return outcome.seeds().size() > 1
                ? String.format(
                        Locale.ROOT,
                        "%.2f ± %.2f (%d seeds)",
                        outcome.mean(),
                        outcome.deviation(),
                        outcome.seeds().size())
                : String.format(Locale.ROOT, "%.2f (1 seed)", outcome.mean());
    }

    private String difference(Outcome outcome) {
        Outcome baseline = outcomes.get(0);
        return outcome == baseline ? "" : String.format(Locale.ROOT, "%+.2f", outcome.mean() - baseline.mean());
    }

    /** What the numbers can and cannot say. */
    private String reading() {
        if (outcomes.size() < 2) {
            return "Only one variant is complete yet; there is nothing to compare.";
        }
        double noise = 0;
        for (Outcome outcome : outcomes) {
            noise = Math.max(noise, error(outcome));
        }
        double limit = 2 * Math.sqrt(2) * noise;
        List<String> beyond = new ArrayList<>();
        for (Outcome outcome : outcomes.subList(1, outcomes.size())) {
            double difference = outcome.mean() - outcomes.get(0).mean();
            if (Math.abs(difference) > limit) {
                beyond.add(String.format(
                        Locale.ROOT, "%s (%+.1f)", outcome.variant().label(), difference));
            }
        }
        String source = outcomes.get(0).seeds().size() > 1
                ? "the largest standard deviation over seeds"
                : "the counting error of the test set";
        String caution = outcomes.get(0).seeds().size() > 1
                ? ""
                : " One seed does not show how much another would differ, which is usually more: read this as a demonstration, not as evidence.";
        return String.format(
                Locale.ROOT,
                "A difference below %.1f points (twice the error of a difference, from %s) is within noise.%s Beyond it against %s: %s.",
                limit,
                source,
                caution,
                outcomes.get(0).variant().label(),
                beyond.isEmpty() ? "none" : String.join(", ", beyond));
    }
}
