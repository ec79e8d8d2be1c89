package scgrad.experiments.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import scgrad.experiments.data.Datasets;
import scgrad.experiments.run.Recipe;
import scgrad.experiments.run.RunConfig;

/** What is trained how: a recipe, with what the command line says on top. */
final class RecipeOptions {
    @Mixin
    private DataOptions data;

    @Option(
            names = "--recipe",
            paramLabel = "NAME|FILE",
            description =
                    "Settings to begin with: imagenet, imagenet-mini, or a JSON file of them such as a run's config.json (default: the data set's recipe).")
    private String recipe;

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
    RunConfig config(String model) throws IOException {
        Datasets.Choice choice = data.choice();
        RunConfig config = recipe == null
                ? RunConfig.defaults(choice.name())
                : Recipe.of(recipe).on(choice.name());
        config = with(config, "data", data.named() ? choice.name() : null);
        config = with(config, "model", model);
        config = with(config, "epochs", epochs);
        config = with(config, "batch", batch);
        config = with(config, "seed", seed);
        config = with(config, "image_size", given(choice.imageSize()));
        config = with(config, "train_images", given(choice.trainImages()));
        config = with(config, "test_images", given(choice.testImages()));
        config = with(config, "resize", given(choice.resize()));
        config = with(config, "skip_broken", choice.skipBroken() ? true : null);
        config = with(config, "normalize", data.normalizationName());
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            config = config.with(setting.getKey(), setting.getValue());
        }
        return config;
    }

    private static RunConfig with(RunConfig config, String key, Object value) {
        return value == null ? config : config.with(key, value.toString());
    }

    /** Null where an option was left out, so that the recipe's value stays. */
    private static Integer given(int value) {
        return value == 0 ? null : value;
    }

    Datasets.Choice data() {
        return data.choice();
    }

    /** Shows the check of files that --skip-broken asks for. */
    BrokenFilesLine broken() {
        return data.broken();
    }
}
