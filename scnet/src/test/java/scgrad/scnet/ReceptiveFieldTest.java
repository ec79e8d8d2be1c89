package scgrad.scnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scgrad.core.Rng;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;
import scgrad.nn.Conv2d;
import scgrad.nn.Module;
import scgrad.nn.Sequential;

class ReceptiveFieldTest {
    private static final int SIDE = 21;

    private final Backend reference = Backends.open("reference");

    /** n 3x3 convolutions of ones, all 2 channels to 2. */
    private Module boxes(int n) {
        List<Conv2d> layers = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            layers.add(new Conv2d(reference, 2, 2, Conv2d.Options.same(3)));
        }
        Module stack = new Sequential(reference, layers);
        stack.parameters().values().forEach(kernel -> reference.fill(kernel.value(), 1));
        return stack;
    }

    private static ReceptiveField field(Module stack, Tensor images) {
        return ReceptiveField.of(stack, stack::apply, images);
    }

    private Tensor zeros(int n) {
        return Tensor.constant(NDArray.full(reference, Shape.of(n, SIDE, SIDE, 2), 0));
    }

    private static Tensor noise(Backend backend, int n, int side) {
        return Noise.images(backend, 7, n, side, 3);
    }

    /** The coefficients of (1 + z + z^2)^n: n boxes of 3 folded with one another. */
    private static double[] trinomial(int n) {
        double[] row = {1};
        for (int i = 0; i < n; i++) {
            double[] next = new double[row.length + 2];
            for (int k = 0; k < row.length; k++) {
                next[k] += row[k];
                next[k + 1] += row[k];
                next[k + 2] += row[k];
            }
            row = next;
        }
        return row;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 6})
    void stackedBoxesFoldAndTheirVariancesAddUp(int n) {
        ReceptiveField field = field(boxes(n), zeros(2));
        double[] profile = trinomial(n);
        // 2 channels in each of the n convolutions, 2 output channels and 2 colours add up; the first sum over channels
        // is a colour's
        double paths = Math.pow(2, n - 1) * 2 * 2;
        double[] expected = new double[SIDE * SIDE];
        for (int y = 0; y < profile.length; y++) {
            for (int x = 0; x < profile.length; x++) {
                expected[(SIDE / 2 - n + y) * SIDE + SIDE / 2 - n + x] = paths * profile[y] * profile[x];
            }
        }
        assertThat(field.map().values()).containsExactly(expected, within(1e-6));
        assertThat(field.centreY()).isCloseTo(SIDE / 2, within(1e-9));
        assertThat(field.centreX()).isCloseTo(SIDE / 2, within(1e-9));
        // a box of 3 has variance 2/3 along each of two axes
        assertThat(field.radius()).isCloseTo(Math.sqrt(n * 2 * 2 / 3.0), within(1e-9));
        double bar = .0455 * Arrays.stream(expected).max().orElseThrow();
        long above = Arrays.stream(expected).filter(value -> value > bar).count();
        assertThat(field.area()).isEqualTo((double) above / expected.length);
    }

    @Test
    void whatColoursSayAgainstEachOtherAddsUp() {
        Conv2d difference = new Conv2d(reference, 2, 1, Conv2d.Options.same(1));
        reference.upload(new double[] {3, -5}, difference.weight().value());
        double[] expected = new double[SIDE * SIDE];
        expected[SIDE / 2 * SIDE + SIDE / 2] = 3 + 5;
        assertThat(field(difference, zeros(4)).map().values()).containsExactly(expected, within(1e-12));
    }

    @Test
    void aRadiusHoldsItsShare() {
        // nine equal pixels: the centre and its four neighbours are 5/9 of them
        ReceptiveField field = field(boxes(1), zeros(1));
        assertThat(field.radius(.1)).isCloseTo(0, within(1e-9));
        assertThat(field.radius(.5)).isCloseTo(1, within(1e-9));
        assertThat(field.radius(.9)).isCloseTo(Math.sqrt(2), within(1e-9));
        assertThat(field.area()).isEqualTo(9.0 / (SIDE * SIDE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet8", "resnet18"})
    void theCentreUnitSeesTheImagesCentre(String model) {
        ResNet network = Models.create(reference, model + "[width=8]", 10);
        // equal weights leave the little that there is to max pooling
        network.parameters().values().forEach(parameter -> reference.fill(parameter.value(), .01));
        ReceptiveField field = ReceptiveField.of(network, noise(reference, 4, 64), 2);
        assertThat(field.centreY()).isCloseTo(32, within(1.0));
        assertThat(field.centreX()).isCloseTo(32, within(1.0));
    }

    @Test
    void selfCalibrationSeesMoreFromTheStart() {
        Backend cpu = Backends.open("cpu", 2);
        Tensor images = noise(cpu, 4, 32);
        ReceptiveField[] fields = new ReceptiveField[2];
        for (int i = 0; i < 2; i++) {
            ResNet network = Models.create(cpu, i == 0 ? "resnet14" : "sc_resnet14", 10);
            network.initialize(Rng.of(1).stream("init"));
            fields[i] = ReceptiveField.of(network, images, 2);
        }
        assertThat(fields[1].radius()).isGreaterThan(1.1 * fields[0].radius());
        assertThat(fields[1].radius(.9)).isGreaterThan(fields[0].radius(.9));
    }

    @Test
    void theFieldOfTwoBatchesIsThatOfAllImages() {
        ResNet network = Models.create(reference, "resnet8[width=4]", 10);
        network.initialize(Rng.of(1).stream("init"));
        Tensor images = noise(reference, 3, 8);
        ReceptiveField parts = ReceptiveField.of(network, images.slice(0, 0, 1), 3)
                .with(ReceptiveField.of(network, images.slice(0, 1, 3), 3));
        ReceptiveField whole = ReceptiveField.of(network, images, 3);
        assertThat(parts.images()).isEqualTo(3);
        assertThat(parts.map().values()).containsExactly(whole.map().values(), within(1e-9));
        assertThatThrownBy(() -> parts.with(ReceptiveField.of(network, noise(reference, 1, 16), 3)))
                .hasMessageContaining("8x8")
                .hasMessageContaining("16x16");
    }

    @Test
    void aNetworkWithoutWeightsHasNoField() {
        ResNet network = Models.create(reference, "resnet8", 10);
        ReceptiveField field = ReceptiveField.of(network, noise(reference, 1, 8), 3);
        assertThatThrownBy(field::radius).hasMessageContaining("loaded or initialized");
    }
}
