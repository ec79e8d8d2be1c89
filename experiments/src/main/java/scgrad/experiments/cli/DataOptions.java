package scgrad.experiments.cli;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import scgrad.experiments.data.Datasets;
import scgrad.nn.data.Normalization;

/** Which data set a command works with. */
final class DataOptions {
    @Option(
            names = "--data",
            paramLabel = "NAME",
            description =
                    "context (built in, the default), cifar10, cifar100, or a folder with train/CLASS and val/CLASS.")
    private String name;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Where downloaded data lie (default: $SCGRAD_DATA, or ./data).")
    private Path directory;

    @Option(
            names = "--image-size",
            paramLabel = "PIXELS",
            defaultValue = "0",
            description = "Height and width (default: the data set's own; 32 for context, 64 for a folder).")
    private int imageSize;

    @Option(
            names = "--normalize",
            paramLabel = "NAME",
            description =
                    "Mean and deviation: none, context, cifar10, cifar100 or imagenet (default: the data set's own).")
    private String normalization;

    @Option(
            names = "--train-images",
            paramLabel = "N",
            defaultValue = "0",
            description = "Train on N images, balanced over the classes (default: all).")
    private int trainImages;

    @Option(
            names = "--test-images",
            paramLabel = "N",
            defaultValue = "0",
            description = "Test on N images, balanced over the classes (default: all).")
    private int testImages;

    @Option(
            names = "--resize",
            paramLabel = "PIXELS",
            defaultValue = "0",
            description =
                    "Of a folder's images: side that the shorter edge is resized to before the middle is taken (default: the image size).")
    private int resize;

    @Option(
            names = "--skip-broken",
            description = "Read all files of a folder first, and leave out those that cannot be read.")
    private boolean skipBroken;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    Datasets.Choice choice() {
        return new Datasets.Choice(
                name == null ? "context" : name,
                directory == null ? Datasets.defaultDirectory() : directory,
                imageSize,
                trainImages,
                testImages,
                resize,
                skipBroken);
    }

    /** Whether the command line names a data set. */
    boolean named() {
        return name != null;
    }

    /** Shows the check of files that --skip-broken asks for. */
    BrokenFilesLine broken() {
        return new BrokenFilesLine(command.commandLine().getErr());
    }

    /** Null for the data set's own. */
    String normalizationName() {
        return normalization;
    }

    Datasets.Split open() throws IOException {
        // a mistyped preset is said before a large data set is read
        Normalization chosen = normalization == null ? null : Normalization.of(normalization);
        Datasets.Split split = Datasets.open(choice(), broken());
        return chosen == null ? split : new Datasets.Split(split.train(), split.test(), chosen);
    }
}
