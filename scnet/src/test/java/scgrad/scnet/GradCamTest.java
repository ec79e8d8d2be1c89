package scgrad.scnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import scgrad.core.Autograd;
import scgrad.core.Rng;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.core.array.Shape;

class GradCamTest {
    private static final int CLASSES = 5;

    private final Backend reference = Backends.open("reference");
    private final ResNet network = Models.create(reference, "sc_resnet8[width=4,rate=2]", CLASSES);
    private final Tensor images = Noise.images(reference, 5, 3, 8, 3);

    @BeforeEach
    void initialize() {
        network.initialize(Rng.of(3).stream("init"));
    }

    private double[] features(int stage) {
        return Autograd.noGrad(() -> network.features(images, stage).get(stage - 1))
                .toDoubles();
    }

    /** The formula with weights given, [N][C]. */
    private static double[] map(double[] values, int places, double[][] weights, int n) {
        int channels = weights[n].length;
        double[] map = new double[places];
        double greatest = 0;
        for (int i = 0; i < places; i++) {
            for (int c = 0; c < channels; c++) {
                map[i] += weights[n][c] * values[(n * places + i) * channels + c];
            }
            map[i] = Math.max(0, map[i]);
            greatest = Math.max(greatest, map[i]);
        }
        for (int i = 0; i < places && greatest > 0; i++) {
            map[i] /= greatest;
        }
        return map;
    }

    @ParameterizedTest
    @CsvSource({"1, 8, 4", "2, 4, 8", "3, 2, 16"})
    void theWeightsAreThoseOfFiniteDifferences(int stage, int side, int channels) {
        network.eval();
        int[] classes = {0, 4, 4};
        double[] values = features(stage);
        double step = 1e-6;
        double[][] weights = new double[3][channels];
        for (int n = 0; n < 3; n++) {
            for (int c = 0; c < channels; c++) {
                // shifting a whole channel adds up the derivatives of all its places
                double up = logit(stage, shifted(values, n, c, channels, side, step), side, channels, n, classes[n]);
                double down = logit(stage, shifted(values, n, c, channels, side, -step), side, channels, n, classes[n]);
                weights[n][c] = (up - down) / (2 * step) / (side * side);
            }
        }
        List<GradCam> maps = GradCam.of(network, images, stage, classes);
        for (int n = 0; n < 3; n++) {
            HeatMap map = maps.get(n).map();
            assertThat(List.of(map.height(), map.width())).containsExactly(side, side);
            assertThat(map.values()).containsExactly(map(values, side * side, weights, n), within(1e-6));
            assertThat(maps.get(n).explained()).isEqualTo(classes[n]);
        }
        assertThat(maps).filteredOn(map -> map.map().greatest() == 1).hasSizeGreaterThan(1);
    }

    private static double[] shifted(double[] values, int n, int c, int channels, int side, double by) {
        double[] moved = values.clone();
        for (int i = 0; i < side * side; i++) {
            moved[(n * side * side + i) * channels + c] += by;
        }
        return moved;
    }

    private double logit(int stage, double[] features, int side, int channels, int n, int label) {
        Tensor behind = Tensor.of(reference, Shape.of(3, side, side, channels), features);
        return Autograd.noGrad(() -> network.logits(stage, behind)).toDoubles()[n * CLASSES + label];
    }

    @Test
    void atTheLastStageTheClassifiersWeightsAreTheMapsWeights() {
        network.eval();
        double[] classifier = network.parameters().get("fc.weight").value().toDoubles();
        List<GradCam> maps = GradCam.of(network, images);
        double[] values = features(3);
        double[][] weights = new double[3][16];
        for (int n = 0; n < 3; n++) {
            System.arraycopy(classifier, maps.get(n).explained() * 16, weights[n], 0, 16);
            assertThat(maps.get(n).map().values()).containsExactly(map(values, 4, weights, n), within(1e-9));
        }
    }

    @Test
    void withoutClassesThePredictedOnesAreExplained() {
        List<GradCam> maps = GradCam.of(network, images);
        network.eval();
        Tensor logits = Autograd.noGrad(() -> network.apply(images));
        double[] scores = logits.toDoubles();
        double[] logarithms = logits.logSoftmax().toDoubles();
        for (int n = 0; n < 3; n++) {
            GradCam map = maps.get(n);
            for (int k = 0; k < CLASSES; k++) {
                assertThat(scores[n * CLASSES + k]).isLessThanOrEqualTo(scores[n * CLASSES + map.predicted()]);
            }
            assertThat(map.explained()).isEqualTo(map.predicted());
            assertThat(map.probability()).isCloseTo(Math.exp(logarithms[n * CLASSES + map.predicted()]), within(1e-12));
        }
    }

    @Test
    void theNetworkIsLeftAsItWas() {
        network.freeze("layer1");
        double[] statistics = network.state().get("bn1.running_mean").toDoubles();
        GradCam.of(network, images);
        assertThat(network.training()).isTrue();
        assertThat(network.state().get("bn1.running_mean").toDoubles()).isEqualTo(statistics);
        network.parameters().forEach((name, parameter) -> {
            assertThat(parameter.gradient()).as(name).isNull();
            assertThat(parameter.needsGradient()).as(name).isEqualTo(!name.startsWith("layer1"));
        });
    }

    @Test
    void whatCannotBeExplainedIsSaid() {
        assertThatThrownBy(() -> GradCam.of(network, images, 4)).hasMessageContaining("1 to 3");
        assertThatThrownBy(() -> GradCam.of(network, images, 3, new int[] {1, 2}))
                .hasMessageContaining("as many classes, got 2");
        assertThatThrownBy(() -> GradCam.of(network, images, 3, new int[] {1, 2, 5}))
                .hasMessageContaining("class 5 is outside 0..4");
        ResNet backbone = Models.create(reference, "resnet8[classes=0]", 0);
        assertThatThrownBy(() -> GradCam.of(backbone, images)).hasMessageContaining("without classes");
    }
}
