package scgrad.scnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import scgrad.core.Rng;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;
import scgrad.core.array.StepScope;

/** Networks as backbones: stage outputs, dilation, cutting, freezing. */
class ResNetTest {
    private final Backend cpu = Backends.open("cpu");

    private Tensor image(int side) {
        return Tensor.constant(NDArray.full(cpu, Shape.of(1, side, side, 3), 0.5));
    }

    @ParameterizedTest
    @CsvSource({"1, 4, 2", "2, 4, 4", "4, 8, 8"})
    void dilationKeepsTheMapsOfTheLastStages(int dilation, int fourth, int fifth) {
        try (StepScope step = StepScope.open()) {
            ResNet network = Models.create(cpu, "scnet50[dilation=" + dilation + "]", 10);
            network.eval();
            List<Tensor> outputs = network.features(image(64));
            assertThat(outputs)
                    .extracting(Tensor::shape)
                    .containsExactly(
                            Shape.of(1, 16, 16, 256),
                            Shape.of(1, 8, 8, 512),
                            Shape.of(1, fourth, fourth, 1024),
                            Shape.of(1, fifth, fifth, 2048));
        }
    }

    @Test
    void everyNameOfTheCatalogueHasADesign() {
        Models.all().keySet().forEach(name -> assertThat(
                        Summary.of(Models.Spec.parse(name), 10, 32).parameters())
                .as(name)
                .isPositive());
    }

    @Test
    void aCutNetworkComputesNoLaterStage() {
        try (StepScope step = StepScope.open()) {
            ResNet network = Models.create(cpu, "resnet20", 10);
            assertThat(network.features(image(32), 2))
                    .extracting(Tensor::shape)
                    .containsExactly(Shape.of(1, 32, 32, 16), Shape.of(1, 16, 16, 32));
            assertThatThrownBy(() -> network.features(image(32), 4))
                    .hasMessageContaining("4 stages")
                    .hasMessageContaining("1 to 3");
        }
    }

    @Test
    void withoutClassesAnImageBecomesItsFeatures() {
        try (StepScope step = StepScope.open()) {
            assertThat(Models.create(cpu, "resnet20[classes=0]", 10)
                            .apply(image(32))
                            .shape())
                    .isEqualTo(Shape.of(1, 64));
        }
    }

    @Test
    void aFrozenPrefixNeitherLearnsNorMovesItsStatistics() {
        try (StepScope step = StepScope.open()) {
            ResNet network = Models.create(cpu, "resnet8", 10);
            network.initialize(Rng.of(1));
            network.freeze("conv1", "bn1", "layer1");
            double[] before = network.state().get("layer1.0.bn1.running_mean").toDoubles();
            network.apply(image(16)).crossEntropy(new int[] {3}, 0).backward();
            assertThat(network.parameters().get("layer1.0.conv1.weight").gradient())
                    .isNull();
            assertThat(network.parameters().get("layer2.0.conv1.weight").gradient())
                    .isNotNull();
            assertThat(network.state().get("layer1.0.bn1.running_mean").toDoubles())
                    .isEqualTo(before);
            assertThatThrownBy(() -> network.freeze("layer9"))
                    .hasMessageContaining("layer9")
                    .hasMessageContaining("layer1");
        }
    }
}
