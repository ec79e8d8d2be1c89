package scgrad.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import scgrad.core.Rng;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.core.array.Shape;

/** First values: their variance, their bounds, and their streams. */
class InitializerTest {
    private static final Shape KERNEL = Shape.of(3, 3, 32, 64);
    private static final Shape WEIGHT = Shape.of(200, 100);

    private static double[] values(Initializer initializer, Shape shape) {
        return initializer.values(shape, Rng.of(1).stream("init"));
    }

    private static void assertVariance(Initializer initializer, Shape shape, double expected) {
        double sum = 0;
        double squares = 0;
        double[] values = values(initializer, shape);
        for (double value : values) {
            sum += value;
            squares += value * value;
        }
        assertThat(sum / values.length).isCloseTo(0, within(4 * Math.sqrt(expected / values.length)));
        assertThat(squares / values.length).isCloseTo(expected, within(0.05 * expected));
    }

    @Test
    void variances() {
        assertVariance(Initializer.kaimingFanOut(), KERNEL, 2.0 / (9 * 64));
        assertVariance(Initializer.kaimingFanIn(), KERNEL, 2.0 / (9 * 32));
        assertVariance(Initializer.xavierNormal(), KERNEL, 2.0 / (9 * (32 + 64)));
        assertVariance(Initializer.xavierUniform(), KERNEL, 2.0 / (9 * (32 + 64)));
        assertVariance(Initializer.kaimingFanOut(), WEIGHT, 2.0 / 200);
        assertVariance(Initializer.kaimingFanIn(), WEIGHT, 2.0 / 100);
        assertVariance(Initializer.inverseRoot(100), WEIGHT, 1.0 / 300);
        assertVariance(Initializer.normal(0.5), WEIGHT, 0.25);
    }

    @Test
    void uniformValuesKeepTheirBound() {
        for (double value : values(Initializer.inverseRoot(100), WEIGHT)) {
            assertThat(Math.abs(value)).isLessThanOrEqualTo(0.1);
        }
    }

    @Test
    void rowsOfAWideMatrixAreOrthogonal() {
        double[] w = values(Initializer.orthogonal(1), Shape.of(10, 20));
        assertOrthonormal(10, 20, (i, k) -> w[i * 20 + k], 1);
    }

    @Test
    void columnsOfATallMatrixAreOrthogonal() {
        double[] w = values(Initializer.orthogonal(2), Shape.of(20, 10));
        assertOrthonormal(10, 20, (j, k) -> w[k * 10 + j], 4);
    }

    @Test
    void filtersOfAKernelAreOrthogonal() {
        double[] w = values(Initializer.orthogonal(1), Shape.of(3, 3, 4, 16));
        assertOrthonormal(16, 36, (filter, k) -> w[k * 16 + filter], 1);
    }

    private interface Entry {
        double at(int vector, int element);
    }

    private static void assertOrthonormal(int vectors, int length, Entry entry, double square) {
        for (int i = 0; i < vectors; i++) {
            for (int j = 0; j < vectors; j++) {
                double product = 0;
                for (int k = 0; k < length; k++) {
                    product += entry.at(i, k) * entry.at(j, k);
                }
                assertThat(product).as(i + ", " + j).isCloseTo(i == j ? square : 0, within(1e-12));
            }
        }
    }

    @Test
    void twoNetworksThatShareALayerShareItsFirstWeights() {
        Backend backend = Backends.open("reference");
        Module small = new Sequential(backend, new Linear(backend, 4, 4), new Linear(backend, 4, 2));
        Module large = new Sequential(
                backend, new Linear(backend, 4, 4), new Linear(backend, 4, 8), new Linear(backend, 8, 2));
        small.initialize(Rng.of(5));
        large.initialize(Rng.of(5));
        assertThat(large.state().get("0.weight").toDoubles())
                .isEqualTo(small.state().get("0.weight").toDoubles());
        assertThat(large.state().get("0.weight").toDoubles())
                .isNotEqualTo(large.state().get("0.bias").toDoubles());
    }

    @Test
    void initializingAgainGivesTheSameState() {
        Backend backend = Backends.open("reference");
        Module model =
                new Sequential(backend, new Conv2d(backend, 3, 4, Conv2d.Options.same(3)), new BatchNorm2d(backend, 4));
        double[] first = model.initialize(Rng.of(5)).state().get("0.weight").toDoubles();
        backend.fill(model.state().get("1.running_var"), 7);
        model.initialize(Rng.of(5));
        assertThat(model.state().get("0.weight").toDoubles()).isEqualTo(first);
        assertThat(model.state().get("1.running_var").toDoubles()).containsOnly(1);
    }
}
