package scgrad.experiments.study;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import scgrad.experiments.report.Document;
import scgrad.experiments.run.Metrics;
import scgrad.experiments.run.RunRecord;
import scgrad.nn.io.AtomicFile;

/**
 * A study's report in its folder: {@code README.md}, {@code report.html} (one page, pictures inside), {@code table.csv} (seed by seed) and PNGs.
 * What somebody writes into {@code reading.md} there becomes a part of it; so do pictures of {@link InsideViews}.
 */
public final class StudyReport {
    private static final String READING = "reading.md";

    private final StudyResults results;
    private final Speeds speeds;
    private final List<String> classes;

    private StudyReport(StudyResults results, Speeds speeds, List<String> classes) {
        this.results = results;
        this.speeds = speeds;
        this.classes = classes;
    }

    /**
     * Writes the report of what is complete.
     *
     * @param classes names of the classes; may be empty, then they are numbers
     * @return how many runs it is about
     */
    public static int write(Study study, Path folder, List<String> classes) throws IOException {
        StudyResults results = StudyResults.read(study, folder);
        if (results.outcomes().isEmpty()) {
            throw new IOException(folder + " has no complete run of the study " + study.name()
                    + " yet; './scgrad study run " + study.name() + "' makes them");
        }
        StudyRunner.record(study, folder);
        new StudyReport(results, Speeds.read(folder), classes).write();
        return results.complete();
    }

    private void write() throws IOException {
        Study study = results.study();
        Path folder = results.folder();
        AtomicFile.write(folder.resolve("table.csv"), out -> out.write(csv().getBytes(StandardCharsets.UTF_8)));
        Document document = new Document(study.title()).paragraph(study.question());
        int planned = study.members().size();
        document.paragraph(
                results.complete() == planned
                        ? ""
                        : results.complete() + " of " + planned + " runs are complete; the rest is still to come.");
        table(document);
        document.heading("Reading").items(new Reading(results).sentences());
        if (Files.exists(folder.resolve(READING))) {
            for (String paragraph :
                    Files.readString(folder.resolve(READING)).strip().split("\\R\\s*\\R")) {
                document.paragraph(paragraph.replaceAll("\\s*\\R\\s*", " "));
            }
        }
        document.heading("Pictures");
        new StudyCharts(results, speeds, classes).draw(document);
        InsideViews.show(document, results);
        provenance(document);
        document.write(folder);
    }

    private void table(Document document) {
        boolean timed = !speeds.byVariant().isEmpty();
        List<String> header = new ArrayList<>(List.of(
                "variant",
                "parameters",
                "MACs",
                "test accuracy, %",
                "compared with",
                "difference [95 %, t]",
                "[95 %, bootstrap]"));
        if (timed) {
            header.addAll(List.of("training, img/s", "inference, img/s"));
        }
        header.add("paper, ImageNet top-1");
        List<List<String>> rows = new ArrayList<>();
        for (Outcome outcome : results.outcomes()) {
            List<String> row = new ArrayList<>(List.of(
                    outcome.variant().label(),
                    String.format(Locale.ROOT, "%,d", outcome.parameters()),
                    String.format(Locale.ROOT, "%.1f M", outcome.multiplyAccumulates() * 1e-6),
                    accuracy(outcome)));
            row.addAll(difference(outcome));
            if (timed) {
                Speeds.Speed speed = speeds.byVariant().get(outcome.variant().id());
                row.add(speed == null ? "" : String.format(Locale.ROOT, "%.0f", speed.training()));
                row.add(speed == null ? "" : String.format(Locale.ROOT, "%.0f", speed.inference()));
            }
            row.add(outcome.variant().paper());
            rows.add(row);
        }
        document.table(header, rows);
        document.paragraph(timed ? "Speeds: variants in turn, medians; " + speeds.where() + "." : "");
    }

    private static String accuracy(Outcome outcome) {
        Sample sample = outcome.accuracy();
        return sample.size() > 1
                ? String.format(Locale.ROOT, "%.2f ± %.2f (%d seeds)", sample.mean(), sample.deviation(), sample.size())
                : String.format(Locale.ROOT, "%.2f (1 seed)", sample.mean());
    }

    private List<String> difference(Outcome outcome) {
        Outcome baseline = results.of(outcome.variant().against()).orElse(null);
        if (baseline == null || baseline == outcome) {
            return List.of("", "", "");
        }
        PairedDifference difference = outcome.minus(baseline);
        return switch (difference.seeds()) {
            case 0 -> List.of(baseline.variant().label(), "no common seed", "");
            case 1 -> List.of(baseline.variant().label(), Reading.points(difference.mean()), "");
            default ->
                List.of(
                        baseline.variant().label(),
                        Reading.interval(difference) + (difference.withinNoise() ? " noise" : ""),
                        Double.isNaN(difference.resampledLow())
                                ? ""
                                : String.format(
                                        Locale.ROOT,
                                        "[%+.2f, %+.2f]",
                                        difference.resampledLow(),
                                        difference.resampledHigh()));
        };
    }

    private void provenance(Document document) throws IOException {
        Study study = results.study();
        document.heading("How it was made").paragraph(study.choice());
        boolean known = Studies.names().contains(study.name())
                && Studies.open(study.name()).equals(study);
        document.paragraph(known ? "" : "With the `study.json` of this folder:");
        document.code("./scgrad study run " + (known ? study.name() : Studies.RECORD));
        document.paragraph("Settings that all runs share; each run's own are in `runs/*/config.json`.");
        document.code(study.recipe().json());
        List<List<String>> rows = new ArrayList<>();
        for (Outcome outcome : results.outcomes()) {
            for (RunRecord run : outcome.runs()) {
                rows.add(List.of(
                        outcome.variant().label(),
                        "`" + run.config().model() + "`",
                        Long.toString(run.config().seed()),
                        run.last().testCorrect() + " of " + run.last().testImages(),
                        String.format(Locale.ROOT, "%.0f s", run.seconds()),
                        run.environment().getOrDefault("date", ""),
                        run.environment().getOrDefault("commit", "")));
            }
        }
        document.table(List.of("run", "model", "seed", "correct", "time", "begun", "commit"), rows);
        document.paragraph("Times are those of the runs, on a machine that may have done other things too.");
        document.items(results.outcomes().stream()
                .flatMap(outcome -> outcome.runs().stream())
                .map(run -> run.environment().getOrDefault("backend", "") + "; "
                        + run.environment().getOrDefault("java", "") + "; "
                        + run.environment().getOrDefault("processor", "") + ", "
                        + run.environment().getOrDefault("cores", "") + " cores, "
                        + run.environment().getOrDefault("system", "")
                        + (run.environment().containsKey("plugins")
                                ? "; plugins: " + run.environment().get("plugins")
                                : ""))
                .distinct()
                .toList());
    }

    private String csv() {
        StringBuilder csv =
                new StringBuilder("variant,model,seed,parameters,macs,test_accuracy,test_loss,train_loss\n");
        for (Outcome outcome : results.outcomes()) {
            for (RunRecord run : outcome.runs()) {
                Metrics last = run.last();
                csv.append(String.format(
                        Locale.ROOT,
                        "%s,\"%s\",%d,%d,%d,%.6f,%.6f,%.6f%n",
                        outcome.variant().id(),
                        run.config().model(),
                        run.config().seed(),
                        outcome.parameters(),
                        outcome.multiplyAccumulates(),
                        last.accuracy(),
                        last.testLoss(),
                        last.trainLoss()));
            }
        }
        return csv.toString();
    }
}
