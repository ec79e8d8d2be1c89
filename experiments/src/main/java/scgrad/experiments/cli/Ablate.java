package scgrad.experiments.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import scgrad.experiments.data.Datasets;
import scgrad.experiments.run.RunConfig;
import scgrad.experiments.study.Shard;
import scgrad.experiments.study.Studies;
import scgrad.experiments.study.Study;

/** {@code scgrad ablate}: the paper's design choices, trained, tabulated and plotted; a short way to two of the studies. */
@Command(
        name = "ablate",
        description = {
            "Trains the paper's design choices (plain, no calibration, no identity, r = 1, 2, 4, AVG and MAX) and writes a table and plots.",
            "Without options: the study design-choices-context, in a few minutes; with --data, design-choices on that.",
            "A stopped study goes on where it was."
        },
        footer = {"", "Example:", "  scgrad ablate --data cifar10 --network resnet20 --seeds 3 --epochs 10"})
final class Ablate extends SubCommand {
    @Option(
            names = "--network",
            paramLabel = "NAME",
            description = "The plain network; its sc_ form is varied (default: resnet8, on other data resnet20).")
    private String network;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "1",
            description = "Trainings of each variant, from --seed on (default: 1).")
    private int seeds;

    @Mixin
    private RecipeOptions recipe;

    @Mixin
    private BackendOptions backend;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder of results (default: results/design-choices-DATA).")
    private Path out;

    @Override
    public Integer call() throws Exception {
        RunConfig config = recipe.config(null);
        if (seeds < 1) {
            throw new IllegalArgumentException("--seeds " + seeds + " must be at least 1");
        }
        Map<String, String> settings = new LinkedHashMap<>(config.settings());
        settings.keySet().removeAll(List.of("model", "seed"));
        settings.put("network", network != null ? network : config.model().replaceFirst("^sc_", ""));
        settings.put(
                "seeds",
                LongStream.range(config.seed(), config.seed() + seeds)
                        .mapToObj(Long::toString)
                        .collect(Collectors.joining(",")));
        boolean context = config.data().equals("context");
        Study study = Studies.open(context ? "design-choices-context" : "design-choices", settings);
        String name = "design-choices-" + config.data().replaceAll("[^A-Za-z0-9]+", "-");
        Path folder = out != null ? out : Path.of("results", name);
        List<String> classes =
                Datasets.open(recipe.data().limited(10, 10)).test().classNames();
        Path data = recipe.data().directory();
        StudyProgress.run(study, Shard.WHOLE, data, backend.open(), folder, classes, out(), err());
        return DONE;
    }
}
