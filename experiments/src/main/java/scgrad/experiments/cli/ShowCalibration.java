package scgrad.experiments.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import scgrad.core.array.Backend;
import scgrad.experiments.data.Datasets;
import scgrad.experiments.inside.CalibrationFigure;
import scgrad.experiments.inside.Samples;
import scgrad.experiments.inside.Subject;
import scgrad.experiments.run.Environment;
import scgrad.nn.io.Weights;
import scgrad.scnet.Models;
import scgrad.scnet.ResNet;

/** {@code scgrad calibration}. */
@Command(
        name = "calibration",
        description = "Draw the gates of self-calibrated convolutions on test images: what is let through, and where.",
        footer = {
            "",
            "Example: scgrad calibration --data cifar10 --model sc_resnet20 --weights sc/weights.safetensors --stage 1"
        })
final class ShowCalibration extends SubCommand {
    @Mixin
    private ModelOptions model;

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            required = true,
            description = ".safetensors, a training's checkpoint, or PyTorch's .pth, .pt, .th.")
    private Path weights;

    @Option(
            names = "--unit",
            paramLabel = "PATH",
            description = "A unit shown, as layer1.0.unit1.scconv; may be repeated (default: the last of each stage).")
    private List<String> units;

    @Option(names = "--stage", paramLabel = "N", description = "Show all units of a stage instead, the first being 1.")
    private Integer stage;

    @Option(names = "--images", paramLabel = "N", defaultValue = "8", description = "Images shown (default: 8).")
    private int images;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "Draws the images, one of each class first (default: 0).")
    private long seed;

    @Option(
            names = "--out",
            paramLabel = "FILE.png",
            defaultValue = "calibration.png",
            description = "The picture (default: calibration.png).")
    private Path out;

    @Mixin
    private DataOptions data;

    @Mixin
    private BackendOptions backend;

    @Override
    public Integer call() throws IOException {
        if (units != null && stage != null) {
            throw new IllegalArgumentException("--unit and --stage both say what is shown; give one of them");
        }
        Datasets.Split split = data.open();
        Samples samples = Samples.draw(split.test(), split.normalization(), images, seed);
        Backend used = backend.open();
        err().println(Environment.headline(used, seed));
        ResNet network = Models.create(used, model.spec(), split.test().classes());
        Weights.load(weights, Weights.read(weights), network, false);
        Subject subject = new Subject(model.spec().toString(), network);
        CalibrationFigure.write(subject, samples, shown(subject), out);
        out().println("wrote " + out);
        return DONE;
    }

    private List<String> shown(Subject subject) {
        if (units != null) {
            return units;
        }
        return stage == null ? CalibrationFigure.usual(subject) : CalibrationFigure.ofStage(subject, stage);
    }
}
