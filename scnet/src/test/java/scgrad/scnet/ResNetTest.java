package scgrad.scnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import scgrad.core.Autograd;
import scgrad.core.Rng;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.core.array.MemoryUse;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;
import scgrad.core.array.StepScope;
import scgrad.nn.Observation;

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

    /** 1,000 images of 8x8 are more than one portion of the CPU's: 128 of maps 8x8x16. */
    @Test
    void aBatchInPortionsHasTheLogitsOfItsImages() {
        try (StepScope step = StepScope.open()) {
            ResNet network = evaluated(cpu, "resnet8");
            Tensor batch = Noise.images(cpu, 2, 1000, 8, 3);
            assertThat(cpu.nearNumbers()).isBetween(8L * 8 * 16, 999L * 8 * 8 * 16);
            Tensor logits = Autograd.noGrad(() -> network.apply(batch));
            assertThat(logits.shape()).isEqualTo(Shape.of(1000, 10));
            for (int image : new int[] {0, 127, 128, 999}) {
                Tensor alone = batch.slice(0, image, image + 1);
                double[] expected = Autograd.noGrad(() -> network.apply(alone)).toDoubles();
                double[] found = logits.slice(0, image, image + 1).toDoubles();
                assertThat(found).as("image %d", image).containsExactly(expected, offset(1e-4));
            }
        }
    }

    /** Eight portions of images: each a thread's own, or, where threads would wait for the last, shared by all. */
    @Test
    void portionsHaveTheBitsOfAnyNumberOfThreads() {
        double[] expected = null;
        for (int threads : new int[] {1, 2, 3, 8}) {
            Backend own = Backends.open("cpu", threads);
            try (StepScope step = StepScope.open()) {
                ResNet network = evaluated(own, "sc_resnet8");
                Tensor batch = Noise.images(own, 2, 8 * 128 - 5, 8, 3);
                long before = inUse(own);
                double[] found = null;
                for (int round = 0; round < 3; round++) {
                    try (StepScope inference = StepScope.open()) {
                        found = Autograd.noGrad(() -> network.apply(batch)).toDoubles();
                    }
                    assertThat(inUse(own)).isEqualTo(before);
                }
                expected = expected == null ? found : expected;
                assertThat(found).as("%d threads", threads).isEqualTo(expected);
            }
        }
    }

    /** Recorded, nothing may be given back: the same batch has the same logits, and a gradient. */
    @Test
    void whatIsRecordedOrObservedStays() {
        try (StepScope step = StepScope.open()) {
            ResNet network = evaluated(cpu, "sc_resnet8");
            Tensor batch = Noise.images(cpu, 2, 3, 16, 3);
            double[] inferred = Autograd.noGrad(() -> network.apply(batch)).toDoubles();
            Tensor recorded = network.apply(batch);
            assertThat(recorded.toDoubles()).containsExactly(inferred, offset(1e-4));
            recorded.sum().backward();
            assertThat(network.parameters().values())
                    .allSatisfy(parameter ->
                            assertThat(parameter.gradient().toDoubles()).doesNotContain(Double.NaN));
            List<Tensor> seen = new ArrayList<>();
            Observation.during(
                    (module, input, output) -> seen.add(output), () -> Autograd.noGrad(() -> network.apply(batch)));
            assertThat(seen).hasSizeGreaterThan(10).allSatisfy(output -> output.toDoubles());
        }
    }

    @Test
    void inferenceLeavesNothingButItsResult() {
        Backend own = Backends.open("cpu", 3);
        ResNet network = evaluated(own, "sc_resnet8");
        try (StepScope step = StepScope.open()) {
            Tensor batch = Tensor.constant(NDArray.full(own, Shape.of(4, 16, 16, 3), 0.5));
            long before = inUse(own);
            Tensor logits = Autograd.noGrad(() -> network.apply(batch));
            assertThat(logits.shape()).isEqualTo(Shape.of(4, 10));
            assertThat(inUse(own) - before).isEqualTo(4 * 64);
        }
    }

    private static long inUse(Backend backend) {
        return backend.memoryByKind().stream()
                .filter(use -> use.kind().startsWith("activations"))
                .mapToLong(MemoryUse::bytes)
                .sum();
    }

    private static ResNet evaluated(Backend backend, String model) {
        ResNet network = Models.create(backend, model, 10);
        network.initialize(Rng.of(1).stream("init")).eval();
        return network;
    }
}
