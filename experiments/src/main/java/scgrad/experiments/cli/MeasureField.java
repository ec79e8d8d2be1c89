package scgrad.experiments.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import scgrad.core.array.Backend;
import scgrad.experiments.data.Datasets;
import scgrad.experiments.inside.FieldFigure;
import scgrad.experiments.inside.Samples;
import scgrad.experiments.inside.Subject;
import scgrad.experiments.run.Environment;
import scgrad.scnet.ReceptiveField;

/** {@code scgrad field}. */
@Command(
        name = "field",
        description =
                "Measure and draw effective receptive fields: how much each pixel matters to a stage's centre unit.",
        footer = {
            "",
            "Without weights the networks are as a training begins. Distances are in pixels from the centre of mass.",
            "Example: scgrad field --data cifar10 --model resnet20 --model sc_resnet20 --stage 2"
        })
final class MeasureField extends SubCommand {
    @Mixin
    private SubjectOptions options;

    @Option(
            names = "--stage",
            paramLabel = "N",
            defaultValue = "0",
            description = "The stage that is looked at, the first being 1 (default: the last).")
    private int stage;

    @Option(
            names = "--images",
            paramLabel = "N",
            defaultValue = "64",
            description = "Test images that the field is the mean of (default: 64).")
    private int images;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "Draws the images, and the weights where none are given (default: 0).")
    private long seed;

    @Option(
            names = "--scale",
            paramLabel = "NAME",
            defaultValue = "sqrt",
            description = "The picture's brightness: sqrt (default) or log.")
    private FieldFigure.Scale scale;

    @Option(
            names = "--out",
            paramLabel = "FILE.png",
            defaultValue = "field.png",
            description = "The picture (default: field.png).")
    private Path out;

    @Option(names = "--csv", paramLabel = "FILE", description = "Write the numbers as a table too.")
    private Path csv;

    @Mixin
    private DataOptions data;

    @Mixin
    private BackendOptions backend;

    @Override
    public Integer call() throws IOException {
        options.checkWeights(false);
        Datasets.Split split = data.open();
        Samples samples = Samples.draw(split.test(), split.normalization(), images, seed);
        Backend used = backend.open();
        err().println(Environment.headline(used, seed));
        List<Subject> subjects = options.open(used, split.test().classes(), seed);
        List<ReceptiveField> fields = FieldFigure.write(subjects, samples, stage, scale, out);
        print(subjects, fields);
        if (csv != null) {
            Files.createDirectories(csv.toAbsolutePath().getParent());
            Files.writeString(csv, table(subjects, fields));
            out().println("wrote " + csv);
        }
        out().println("wrote " + out);
        return DONE;
    }

    private void print(List<Subject> subjects, List<ReceptiveField> fields) {
        int width = subjects.stream().mapToInt(s -> s.label().length()).max().orElse(0);
        String name = "%-" + Math.max(width, 5) + "s";
        out().printf(name + " %6s %8s %8s %8s %8s%n", "model", "stage", "radius", "50 %", "90 %", "area %");
        for (int i = 0; i < fields.size(); i++) {
            ReceptiveField field = fields.get(i);
            out().printf(
                            Locale.ROOT,
                            name + " %6d %8.2f %8.2f %8.2f %8.2f%n",
                            subjects.get(i).label(),
                            subjects.get(i).stage(stage),
                            field.radius(),
                            field.radius(.5),
                            field.radius(.9),
                            100 * field.area());
        }
    }

    private String table(List<Subject> subjects, List<ReceptiveField> fields) {
        StringBuilder table = new StringBuilder("model,stage,images,height,width,radius,radius_50,radius_90,area\n");
        for (int i = 0; i < fields.size(); i++) {
            ReceptiveField field = fields.get(i);
            table.append(String.format(
                    Locale.ROOT,
                    "\"%s\",%d,%d,%d,%d,%.4f,%.4f,%.4f,%.6f\n",
                    subjects.get(i).label(),
                    subjects.get(i).stage(stage),
                    field.images(),
                    field.map().height(),
                    field.map().width(),
                    field.radius(),
                    field.radius(.5),
                    field.radius(.9),
                    field.area()));
        }
        return table.toString();
    }
}
