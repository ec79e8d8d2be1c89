package scgrad.experiments.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import scgrad.core.Profile;
import scgrad.core.array.Backend;
import scgrad.experiments.report.Charts;
import scgrad.experiments.run.Environment;
import scgrad.experiments.run.Metrics;
import scgrad.experiments.run.Run;
import scgrad.experiments.run.RunConfig;

/** {@code scgrad train}: one network, one data set, one recipe, one folder of results. */
@Command(
        name = "train",
        description =
                "Trains a network and writes configuration, environment, metrics, curves and weights into a folder.",
        footer = {
            "",
            "Examples:",
            "  scgrad train                                              sc_resnet8 on the built-in data",
            "  scgrad train --data cifar10 --model resnet20 --out results/r20",
            "  scgrad train --data cifar10 --model sc_resnet20[pool=max] --set schedule=cosine --set cutout=8",
            "  scgrad train --recipe imagenet --data imagenet --model scnet50 --skip-broken"
        })
final class Train extends SubCommand {
    @Option(
            names = "--model",
            paramLabel = "NAME[KEY=VALUE,...]",
            description = "A network and its options; 'scgrad models' lists them (default: the data set's recipe).")
    private String model;

    @Mixin
    private RecipeOptions recipe;

    @Mixin
    private BackendOptions backend;

    @Option(names = "--out", paramLabel = "DIR", description = "Folder of results (default: results/MODEL-DATA-seedN).")
    private Path out;

    @Option(
            names = "--resume",
            description = "Go on from the folder's checkpoint; the result is the same to the last bit.")
    private boolean resume;

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            description = "First weights, .safetensors or PyTorch's .pth, .pt, .th.")
    private Path weights;

    @Option(names = "--allow-missing", description = "Keep the first values of what --weights does not have.")
    private boolean allowMissing;

    @Option(
            names = "--new-head",
            description = "With --weights: begin the classifier anew, for other classes than the file's.")
    private boolean newHead;

    @Option(
            names = "--profile",
            description = "Print a table of kernels by time at the end; on a device, each kernel is waited for.")
    private boolean profiled;

    @Option(names = "--memory", description = "Print the peak memory by kind, and what a step allocates, at the end.")
    private boolean memoryAsked;

    @Override
    public Integer call() throws Exception {
        RunConfig config = recipe.config(model);
        Path folder = out != null ? out : Path.of("results", folderName(config));
        Backend plain = backend.open();
        Profile profile = new Profile();
        Backend used = profiled ? profile.watch(plain) : plain;
        out().println(Environment.headline(plain, config.seed()));
        out().println(config.model() + " on " + config.data() + ", " + config.epochs() + " epochs, results in "
                + folder);
        Run run = new Run(config, recipe.data().directory(), used, folder)
                .whileChecking(recipe.broken())
                .listen(new TrainingLine("", config.epochs(), out(), err()));
        TrafficReport traffic = new TrafficReport(plain::traffic);
        run.listen(traffic);
        MemoryReport memory = new MemoryReport();
        if (memoryAsked) {
            run.listen(memory);
        }
        List<Metrics> metrics = run.execute(resume, new Run.Start(weights, allowMissing, newHead));
        curves(folder, config, metrics);
        if (profiled) {
            out().print(profile.table());
        }
        out().print(traffic.line("step", profiled));
        if (memoryAsked) {
            out().print(memory.table(plain));
        }
        Metrics last = metrics.get(metrics.size() - 1);
        out().printf(
                        "%d of %d correct; curves in %s%n",
                        last.testCorrect(), last.testImages(), folder.resolve("accuracy.png"));
        return DONE;
    }

    /** Letters, digits and hyphens only, so that brackets and slashes make no trouble. */
    static String folderName(RunConfig config) {
        return (config.model() + "-" + config.data() + "-seed" + config.seed()).replaceAll("[^A-Za-z0-9_]+", "-");
    }

    private static void curves(Path folder, RunConfig config, List<Metrics> metrics) throws Exception {
        double[] epochs = metrics.stream().mapToDouble(Metrics::epoch).toArray();
        String title = config.model() + " on " + config.data();
        Charts.curves(
                folder.resolve("accuracy.png"),
                title + ": accuracy",
                "epoch",
                "accuracy, %",
                List.of(
                        Charts.Series.of(
                                "training",
                                epochs,
                                metrics.stream()
                                        .mapToDouble(m -> 100 * m.trainAccuracy())
                                        .toArray()),
                        Charts.Series.of(
                                "test",
                                epochs,
                                metrics.stream()
                                        .mapToDouble(m -> 100 * m.accuracy())
                                        .toArray())));
        Charts.curves(
                folder.resolve("loss.png"),
                title + ": loss",
                "epoch",
                "cross entropy",
                List.of(
                        Charts.Series.of(
                                "training",
                                epochs,
                                metrics.stream().mapToDouble(Metrics::trainLoss).toArray()),
                        Charts.Series.of(
                                "test",
                                epochs,
                                metrics.stream().mapToDouble(Metrics::testLoss).toArray())));
    }
}
