package scgrad.experiments.cli;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import scgrad.core.array.Backend;
import scgrad.experiments.data.Datasets;
import scgrad.experiments.inside.GradCamFigure;
import scgrad.experiments.inside.Samples;
import scgrad.experiments.run.Environment;

/** {@code scgrad gradcam}. */
@Command(
        name = "gradcam",
        description = "Draw where networks see a class in test images (Grad-CAM), side by side.",
        footer = {
            "",
            "Example, baseline and self-calibrated on the same images:",
            "  scgrad gradcam --data cifar10 --model resnet20 --weights plain/weights.safetensors \\",
            "                 --model sc_resnet20 --weights sc/weights.safetensors --out gradcam.png"
        })
final class ShowGradCam extends SubCommand {
    @Mixin
    private SubjectOptions subjects;

    @Option(
            names = "--class",
            paramLabel = "WHICH",
            defaultValue = "true",
            description = "The class whose evidence is shown: true (default) or predicted.")
    private GradCamFigure.Target target;

    @Option(
            names = "--stage",
            paramLabel = "N",
            defaultValue = "0",
            description = "The stage that is looked at, the first being 1 (default: the last).")
    private int stage;

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
            defaultValue = "gradcam.png",
            description = "The picture (default: gradcam.png).")
    private Path out;

    @Mixin
    private DataOptions data;

    @Mixin
    private BackendOptions backend;

    @Override
    public Integer call() throws IOException {
        subjects.checkWeights(true);
        Datasets.Split split = data.open();
        Samples samples = Samples.draw(split.test(), split.normalization(), images, seed);
        Backend used = backend.open();
        err().println(Environment.headline(used, seed));
        GradCamFigure.write(subjects.open(used, split.test().classes(), seed), samples, target, stage, out);
        out().println("wrote " + out);
        return DONE;
    }
}
