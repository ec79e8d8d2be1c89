package scgrad.scnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scgrad.core.Rng;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;

class CalibrationMapsTest {
    private static final int SIDE = 5;
    private static final int CHANNELS = 3;

    private final Backend reference = Backends.open("reference");

    private Tensor noise(int n, int side, int channels) {
        return Noise.images(reference, 11, n, side, channels);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rate=2", "rate=2,identity=false", "rate=2,up=bilinear,pool=max", "rate=1"})
    void aMapIsTheGateMadeByHand(String options) {
        SelfCalibrated.Design design =
                SelfCalibrated.Design.of(SelfCalibrated.Design.DEFAULTS.with("test", Options.parse("test", options)));
        SelfCalibrated unit = new SelfCalibrated(Site.of(reference, CHANNELS, CHANNELS, 1), design);
        unit.initialize(Rng.of(2));
        unit.eval();
        Tensor x = noise(2, SIDE, CHANNELS);
        Tensor context = unit.context().apply(x);
        double[] up = up(context, options.contains("bilinear"));
        double[] identity = x.toDoubles();
        List<HeatMap> maps = CalibrationMaps.of(unit, x).get("");
        assertThat(maps).hasSize(2);
        for (int n = 0; n < 2; n++) {
            double[] expected = new double[SIDE * SIDE];
            for (int i = 0; i < SIDE * SIDE * CHANNELS; i++) {
                int at = n * SIDE * SIDE * CHANNELS + i;
                double sum = up[at] + (options.contains("identity=false") ? 0 : identity[at]);
                expected[i / CHANNELS] += 1 / (1 + Math.exp(-sum)) / CHANNELS;
            }
            assertThat(maps.get(n).values()).containsExactly(expected, within(1e-12));
        }
    }

    /** Along each axis: the pixel below floor(i h / H), or between two of them. */
    private static double[] up(Tensor context, boolean bilinear) {
        int small = context.shape().size(1);
        double[] values = context.toDoubles();
        double[] up = new double[2 * SIDE * SIDE * CHANNELS];
        for (int n = 0; n < 2; n++) {
            for (int y = 0; y < SIDE; y++) {
                for (int x = 0; x < SIDE; x++) {
                    for (int c = 0; c < CHANNELS; c++) {
                        double[] rows = weights(y, small, bilinear);
                        double[] columns = weights(x, small, bilinear);
                        double sum = 0;
                        for (int i = 0; i < small; i++) {
                            for (int j = 0; j < small; j++) {
                                sum += rows[i] * columns[j] * values[((n * small + i) * small + j) * CHANNELS + c];
                            }
                        }
                        up[((n * SIDE + y) * SIDE + x) * CHANNELS + c] = sum;
                    }
                }
            }
        }
        return up;
    }

    private static double[] weights(int i, int small, boolean bilinear) {
        double[] weights = new double[small];
        if (!bilinear) {
            weights[i * small / SIDE] = 1;
            return weights;
        }
        double centre = Math.max(0, (i + .5) * small / SIDE - .5);
        for (int k = 0; k < small; k++) {
            weights[k] = Math.max(0, 1 - Math.abs(k - Math.min(centre, small - 1)));
        }
        return weights;
    }

    @Test
    void everyUnitOfANetworkIsFoundUnderItsPath() {
        ResNet network = Models.create(reference, "sc_resnet8[width=4]", 10);
        network.initialize(Rng.of(1).stream("init"));
        Map<String, List<HeatMap>> maps = CalibrationMaps.of(network, noise(2, 8, 3));
        assertThat(maps.keySet()).containsExactlyElementsOf(CalibrationMaps.units(network));
        assertThat(maps).hasSize(6).containsKey("layer1.0.unit1.scconv");
        maps.forEach((path, images) -> assertThat(images).as(path).hasSize(2).allSatisfy(map -> {
            assertThat(map.least()).isGreaterThan(0);
            assertThat(map.greatest()).isLessThan(1);
        }));
        assertThat(network.training()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"scnet50", "sc_resnet29", "scnet50[split=false]", "scnet50_v1d"})
    void bottlenecksHaveOneGateEach(String model) {
        ResNet network = Models.create(ShapesOnly.open(), model, 10);
        assertThat(CalibrationMaps.units(network))
                .hasSize(network.design().depths().stream().mapToInt(d -> d).sum());
    }

    @Test
    void withoutCalibrationThereAreNoMaps() {
        for (String model : List.of("resnet8", "sc_resnet8[calibrate=false]")) {
            ResNet network = Models.create(reference, model, 10);
            assertThat(CalibrationMaps.units(network)).isEmpty();
            assertThat(CalibrationMaps.of(network, noise(1, 8, 3))).isEmpty();
        }
    }
}
