package scgrad.experiments.cli;

import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import scgrad.core.array.Backend;
import scgrad.experiments.data.Datasets;
import scgrad.experiments.run.Environment;
import scgrad.nn.data.BatchLoader;
import scgrad.nn.data.LoaderSettings;
import scgrad.nn.io.Weights;
import scgrad.nn.train.Evaluation;
import scgrad.scnet.Models;
import scgrad.scnet.ResNet;

/** {@code scgrad eval}: weights against test images. */
@Command(
        name = "eval",
        description = "Tests weights on a data set's test images: correct images, top-1, top-5 and mean loss.",
        footer = {
            "",
            "Example:",
            "  scgrad eval --model resnet20 --weights resnet20.th --data cifar10 --normalize imagenet"
        })
final class Eval extends SubCommand {
    @Mixin
    private ModelOptions model;

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            required = true,
            description = ".safetensors, a training's checkpoint, or PyTorch's .pth, .pt, .th.")
    private Path weights;

    @Option(names = "--allow-missing", description = "Keep the first values of what the file does not have.")
    private boolean allowMissing;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "100",
            description = "Images in a batch (default: 100).")
    private int batch;

    @Mixin
    private DataOptions data;

    @Mixin
    private BackendOptions backend;

    @Override
    public Integer call() throws Exception {
        Datasets.Split split = data.open();
        Backend used = backend.open();
        err().println(Environment.headline(used, 0));
        ResNet network = Models.create(used, model.spec(), split.test().classes());
        Weights.load(weights, Weights.read(weights), network, allowMissing);
        try (BatchLoader loader =
                new BatchLoader(split.test(), LoaderSettings.evaluation(batch, split.normalization()), 0)) {
            Evaluation result = Evaluation.of(network, loader);
            out().printf(
                            Locale.ROOT,
                            "%d of %d correct, top-1 %.2f %%, top-5 %.2f %%, mean loss %.6f%n",
                            result.correct(),
                            result.images(),
                            100 * result.accuracy(),
                            100 * result.top5Accuracy(),
                            result.loss());
        }
        return DONE;
    }
}
