package scgrad.experiments.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import scgrad.experiments.data.Datasets;
import scgrad.experiments.run.RunConfig;

/** What is trained how: a data set's recipe, with what the command line says on top. */
final class RecipeOptions {
    @Mixin
    private DataOptions data;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Passes over the training images (default: the data set's recipe).")
    private Integer epochs;

    @Option(names = "--batch", paramLabel = "N", description = "Images in a batch (default: the data set's recipe).")
    private Integer batch;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Decides first weights, order and augmentation (default: 0).")
    private Long seed;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "Any other setting of the run, as in rate=0.05, schedule=cosine, unit.pool=max; an unknown key lists them all.")
    private Map<String, String> settings = new LinkedHashMap<>();

    /** The whole configuration; {@code model} may be null for the recipe's own. */
    RunConfig config(String model) {
        Datasets.Choice choice = data.choice();
        RunConfig config = RunConfig.defaults(choice.name());
        config = with(config, "model", model);
        config = with(config, "epochs", epochs);
        config = with(config, "batch", batch);
        config = with(config, "seed", seed);
        config = with(config, "image_size", choice.imageSize());
        config = with(config, "train_images", choice.trainImages());
        config = with(config, "test_images", choice.testImages());
        config = with(config, "normalize", data.normalizationName());
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            config = config.with(setting.getKey(), setting.getValue());
        }
        return config;
    }

    private static RunConfig with(RunConfig config, String key, Object value) {
        return value == null ? config : config.with(key, value.toString());
    }

    Datasets.Choice data() {
        return data.choice();
    }
}
