package scgrad.experiments.study;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import scgrad.core.Rng;
import scgrad.core.array.Backend;
import scgrad.experiments.data.Datasets;
import scgrad.experiments.inside.CalibrationFigure;
import scgrad.experiments.inside.FieldFigure;
import scgrad.experiments.inside.GradCamFigure;
import scgrad.experiments.inside.Samples;
import scgrad.experiments.inside.Subject;
import scgrad.experiments.report.Charts;
import scgrad.experiments.report.Document;
import scgrad.experiments.run.RunRecord;
import scgrad.nn.io.AtomicFile;
import scgrad.nn.io.Weights;
import scgrad.scnet.CalibrationMaps;
import scgrad.scnet.Models;
import scgrad.scnet.ReceptiveField;
import scgrad.scnet.ResNet;

/**
 * A study's networks looked into: Grad-CAM of the first variants on the same images, effective receptive fields of all variants, and the gates
 * of the first that has some. They need the weights that the runs left; the pictures and {@code field.csv} stay for reports without.
 */
public final class InsideViews {
    private static final int IMAGES = 8;
    private static final int FIELD_IMAGES = 64;
    private static final long SEED = 0;
    /** More columns do not fit a page. */
    private static final int MOST_NETWORKS = 4;

    private static final String FIELD = "field.csv";

    private static final List<String> CAPTIONS = List.of(
            "gradcam.png",
            "Grad-CAM at the last stage, on the same test images: what spoke for the true class (Selvaraju et al., ICCV 2017).",
            "field.png",
            "Effective receptive field of the last stage's centre unit, trained, first seed (Luo et al., NeurIPS 2016).",
            "field-radius.png",
            "Radius of the effective receptive field of each stage's centre unit, trained; bands reach from the least to the greatest seed.",
            "calibration.png",
            "Gates of self-calibrated convolutions, mean over channels, at the last unit of each stage.");

    private final StudyResults results;
    private final Datasets.Split split;
    private final Backend backend;
    private final Consumer<String> progress;

    private InsideViews(StudyResults results, Datasets.Split split, Backend backend, Consumer<String> progress) {
        this.results = results;
        this.split = split;
        this.backend = backend;
        this.progress = progress;
    }

    /** Draws all views into a study's folder; {@code progress} is told what is looked at. */
    public static void write(Study study, Path folder, Datasets.Split split, Backend backend, Consumer<String> progress)
            throws IOException {
        StudyResults results = StudyResults.read(study, folder);
        List<Outcome> kept = results.outcomes().stream()
                .filter(outcome -> kept(outcome).isPresent())
                .toList();
        if (kept.isEmpty()) {
            throw new IOException(
                    folder + " has no run with weights: they are there after a training, and are not kept in "
                            + "repositories; './scgrad study run " + study.name() + "' makes them");
        }
        new InsideViews(new StudyResults(study, folder, kept), split, backend, progress).write();
    }

    /** The first run whose weights are there. */
    private static Optional<RunRecord> kept(Outcome outcome) {
        return outcome.runs().stream()
                .filter(run -> Files.exists(run.weights()))
                .findFirst();
    }

    private void write() throws IOException {
        List<Subject> subjects = new ArrayList<>();
        for (Outcome outcome : results.outcomes().stream().limit(MOST_NETWORKS).toList()) {
            subjects.add(trained(outcome, kept(outcome).orElseThrow()));
        }
        Samples samples = Samples.draw(split.test(), split.normalization(), IMAGES, SEED);
        progress.accept("Grad-CAM");
        GradCamFigure.write(subjects, samples, GradCamFigure.Target.TRUE, 0, file("gradcam.png"));
        for (Subject subject : subjects) {
            if (!CalibrationMaps.units(subject.network()).isEmpty()) {
                progress.accept("gates of " + subject.label());
                CalibrationFigure.write(subject, samples, CalibrationFigure.usual(subject), file("calibration.png"));
                break;
            }
        }
        Samples many = Samples.draw(split.test(), split.normalization(), FIELD_IMAGES, SEED);
        progress.accept("receptive fields");
        FieldFigure.write(subjects, many, 0, FieldFigure.Scale.SQRT, file("field.png"));
        fields(many);
    }

    private Path file(String name) {
        return results.folder().resolve(name);
    }

    private ResNet network(RunRecord run) {
        ResNet network =
                Models.create(backend, run.config().model(), split.test().classes());
        network.initialize(Rng.of(run.config().seed()).stream("init"));
        return network;
    }

    private Subject trained(Outcome outcome, RunRecord run) throws IOException {
        ResNet network = network(run);
        Weights.load(run.weights(), Weights.read(run.weights()), network, false);
        return new Subject(outcome.variant().label(), network);
    }

    /** Every variant, seed and stage, before and after training. */
    private void fields(Samples samples) throws IOException {
        StringBuilder csv = new StringBuilder("variant,seed,weights,stage,radius,radius_50,radius_90,area\n");
        List<Charts.Series> curves = new ArrayList<>();
        for (Outcome outcome : results.outcomes()) {
            List<double[]> trained = new ArrayList<>();
            for (RunRecord run : outcome.runs()) {
                if (Files.exists(run.weights())) {
                    progress.accept("receptive field of " + outcome.variant().label() + ", seed "
                            + run.config().seed());
                    field(csv, outcome, run, "initial", new Subject("", network(run)), samples);
                    trained.add(field(csv, outcome, run, "trained", trained(outcome, run), samples));
                }
            }
            double[] stages = new double[trained.get(0).length];
            for (int i = 0; i < stages.length; i++) {
                stages[i] = i + 1;
            }
            curves.add(Charts.Series.over(outcome.variant().label(), stages, trained.toArray(double[][]::new)));
        }
        AtomicFile.write(file(FIELD), out -> out.write(csv.toString().getBytes(StandardCharsets.UTF_8)));
        Charts.curves(
                file("field-radius.png"),
                results.study().title() + ": effective receptive field",
                "stage",
                "radius, pixels",
                curves);
    }

    /** Writes a line for each stage and returns their radii. */
    private static double[] field(
            StringBuilder csv, Outcome outcome, RunRecord run, String weights, Subject subject, Samples samples) {
        double[] radii = new double[subject.stage(0)];
        for (int stage = 1; stage <= radii.length; stage++) {
            ReceptiveField field = FieldFigure.measure(subject, samples, stage);
            radii[stage - 1] = field.radius();
            csv.append(String.format(
                    Locale.ROOT,
                    "%s,%d,%s,%d,%.4f,%.4f,%.4f,%.6f%n",
                    outcome.variant().id(),
                    run.config().seed(),
                    weights,
                    stage,
                    field.radius(),
                    field.radius(.5),
                    field.radius(.9),
                    field.area()));
        }
        return radii;
    }

    /** Puts what is there into a report. */
    static void show(Document document, StudyResults results) throws IOException {
        List<String> shown = new ArrayList<>();
        for (int i = 0; i < CAPTIONS.size(); i += 2) {
            if (Files.exists(results.folder().resolve(CAPTIONS.get(i)))) {
                shown.add(CAPTIONS.get(i));
            }
        }
        if (shown.isEmpty()) {
            return;
        }
        document.heading("Looking inside");
        if (Files.exists(results.folder().resolve(FIELD))) {
            table(document, results);
        }
        for (String name : shown) {
            document.picture(name, CAPTIONS.get(CAPTIONS.indexOf(name) + 1));
        }
    }

    private static void table(Document document, StudyResults results) throws IOException {
        List<String[]> lines = Files.readAllLines(results.folder().resolve(FIELD)).stream()
                .skip(1)
                .map(line -> line.split(","))
                .toList();
        List<List<String>> rows = new ArrayList<>();
        for (Study.Variant variant : results.study().variants()) {
            for (String weights : List.of("initial", "trained")) {
                int last = lines.stream()
                        .filter(line -> line[0].equals(variant.id()))
                        .mapToInt(line -> Integer.parseInt(line[3]))
                        .max()
                        .orElse(0);
                for (int stage = 1; stage <= last; stage++) {
                    String wanted = Integer.toString(stage);
                    List<String[]> seeds = lines.stream()
                            .filter(line ->
                                    line[0].equals(variant.id()) && line[2].equals(weights) && line[3].equals(wanted))
                            .toList();
                    rows.add(List.of(
                            variant.label(),
                            weights,
                            wanted,
                            spread(seeds, 4, 1),
                            spread(seeds, 5, 1),
                            spread(seeds, 6, 1),
                            spread(seeds, 7, 100)));
                }
            }
        }
        document.paragraph(
                "Effective receptive field in pixels: the root of its second moment, and the radii that hold half and 90 % of it; "
                        + "then the share of the image above 4.55 % of the peak.");
        document.table(List.of("variant", "weights", "stage", "radius", "50 %", "90 %", "area, %"), rows);
    }

    private static String spread(List<String[]> seeds, int column, double factor) {
        Sample sample = new Sample(seeds.stream()
                .mapToDouble(line -> factor * Double.parseDouble(line[column]))
                .toArray());
        return sample.size() > 1
                ? String.format(Locale.ROOT, "%.2f ± %.2f", sample.mean(), sample.deviation())
                : String.format(Locale.ROOT, "%.2f", sample.mean());
    }
}
