package scgrad.experiments.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scgrad.nn.data.Augmentation;
import scgrad.scnet.Models;

class RecipeTest {
    @TempDir
    Path folder;

    /** The official repository, issue 5: PyTorch's ImageNet example with 100 epochs and label smoothing. */
    @Test
    void imagenetIsTheAuthors() throws IOException {
        RunConfig config = Recipe.of("imagenet").on("context");
        assertThat(config.data()).isEqualTo("imagenet");
        assertThat(config.epochs()).isEqualTo(100);
        assertThat(config.batch()).isEqualTo(256);
        assertThat(config.optimizer()).isEqualTo("sgd");
        assertThat(config.momentum()).isEqualTo(0.9);
        assertThat(config.nesterov()).isFalse();
        assertThat(config.weightDecay()).isEqualTo(1e-4);
        assertThat(config.decayAll()).isTrue();
        assertThat(config.smoothing()).isEqualTo(0.1);
        assertThat(config.imageSize()).isEqualTo(224);
        assertThat(config.resize()).isEqualTo(256);
        assertThat(config.augmentation()).isEqualTo(Augmentation.resized());
        long perEpoch = 5004;
        assertThat(config.learningRate().rate(30 * perEpoch - 1, 100 * perEpoch))
                .isEqualTo(0.1);
        assertThat(config.learningRate().rate(30 * perEpoch, 100 * perEpoch)).isEqualTo(0.1 * 0.1);
    }

    @Test
    void theReducedOneIsComplete() throws IOException {
        RunConfig config = Recipe.of("imagenet-mini").on("context");
        assertThat(config.data()).isEqualTo("imagenet-mini");
        assertThat(config.resize()).isGreaterThan(config.imageSize());
        assertThat(config.learningRate().rate(0, 600)).isPositive();
        assertThat(Models.Spec.parse(config.model()).name()).isEqualTo("resnet18");
    }

    @Test
    void aFileIsOneToo() throws IOException {
        Path file = Files.writeString(
                folder.resolve("mine.json"), "{\"rate\": 0.05, \"flip\": false, \"model\": \"resnet8\"}");
        RunConfig expected = RunConfig.defaults("cifar10")
                .with("rate", "0.05")
                .with("flip", "false")
                .with("model", "resnet8");
        assertThat(Recipe.of(file.toString()).on("cifar10")).isEqualTo(expected);
        Files.writeString(file, expected.json());
        assertThat(Recipe.of(file.toString()).on("context")).isEqualTo(expected);
    }

    @Test
    void whatIsWrongIsNamed() throws IOException {
        assertThatThrownBy(() -> Recipe.of("imagnet"))
                .hasMessage("recipe: there is no 'imagnet', did you mean 'imagenet'?; expected imagenet, imagenet-mini,"
                        + " or a JSON file of settings");
        assertThatThrownBy(() -> Recipe.parse("mine", "{\"rat\": 1}").on("context"))
                .hasMessageContaining("recipe mine: unknown setting 'rat', did you mean 'rate'?");
        assertThatThrownBy(() -> Recipe.parse("mine", "{\"rate\": [1]}").on("context"))
                .hasMessage("recipe mine: setting rate is no single number, text, true or false");
        assertThatThrownBy(() -> Recipe.parse("mine", "{\"rate\": \"much\"}").on("context"))
                .hasMessageContaining("recipe mine: setting rate=much is no value");
        assertThatThrownBy(() -> Recipe.parse("mine", "rate=1")).hasMessageStartingWith("recipe mine is no JSON: ");
        assertThatThrownBy(() -> Recipe.parse("mine", "[]")).hasMessageStartingWith("recipe mine is no JSON object");
    }
}
