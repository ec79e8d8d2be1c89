package scgrad.core.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.core.array.ChannelNorm;
import scgrad.core.array.ConvGeometry;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;

/** A folded kernel is kept as long as nothing changes that it was made from, and not longer. */
class FoldedKernelsTest {
    private static final double EPSILON = 1e-5;

    private final Backend backend = Backends.open("cpu", 2);
    private final Random random = new Random(11);

    static Stream<ConvGeometry> geometries() {
        return Stream.of(
                // batch, height, width, channels, kernel, filters, stride, padding, dilation, groups
                new ConvGeometry(2, 9, 7, 20, 1, 1, 37, 1, 0, 1, 1),
                new ConvGeometry(2, 9, 7, 300, 1, 1, 64, 2, 0, 1, 1),
                new ConvGeometry(2, 9, 9, 20, 3, 3, 37, 1, 1, 1, 1),
                new ConvGeometry(8, 13, 13, 32, 3, 3, 24, 1, 1, 1, 1),
                new ConvGeometry(2, 13, 13, 96, 3, 3, 112, 1, 1, 1, 1),
                new ConvGeometry(2, 9, 9, 16, 3, 3, 8, 2, 1, 1, 1),
                new ConvGeometry(2, 9, 9, 48, 3, 3, 96, 1, 1, 1, 2),
                new ConvGeometry(2, 9, 9, 16, 3, 3, 16, 1, 1, 1, 4),
                new ConvGeometry(2, 40, 41, 3, 7, 7, 32, 2, 3, 1, 1));
    }

    private NDArray normal(Shape shape) {
        NDArray array = NDArray.persistent(backend, shape);
        upload(array, 0, 1);
        return array;
    }

    private void upload(NDArray array, double least, double range) {
        float[] values = new float[array.shape().length()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (least + range * (least > 0 ? random.nextDouble() : random.nextGaussian()));
        }
        backend.upload(values, array);
    }

    private ChannelNorm norm(int channels) {
        NDArray variance = NDArray.persistent(backend, Shape.of(channels));
        upload(variance, 0.5, 1);
        Shape shape = Shape.of(channels);
        return new ChannelNorm(normal(shape), variance, EPSILON, normal(shape), normal(shape));
    }

    private void assertFolded(ConvGeometry g, NDArray x, NDArray w, ChannelNorm norm, NDArray residual, boolean relu) {
        NDArray expected = NDArray.persistent(backend, g.outputShape());
        NDArray actual = NDArray.persistent(backend, g.outputShape());
        backend.conv2d(g, x, w, expected);
        backend.batchNorm(expected, norm, residual, relu, expected);
        backend.conv2dNorm(g, x, w, norm, residual, relu, actual);
        float[] wanted = expected.toFloats();
        float[] got = actual.toFloats();
        float largest = 0;
        for (float value : wanted) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < wanted.length; i++) {
            assertThat(got[i]).isCloseTo(wanted[i], within(2e-5f * largest));
        }
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void agreesWithTheTwoStepsAloneAndWithResidualAndRelu(ConvGeometry g) {
        NDArray x = normal(g.inputShape());
        NDArray w = normal(g.kernelShape());
        ChannelNorm norm = norm(g.filters());
        NDArray residual = normal(g.outputShape());
        assertFolded(g, x, w, norm, null, false);
        assertFolded(g, x, w, norm, null, true);
        assertFolded(g, x, w, norm, residual, false);
        assertFolded(g, x, w, norm, residual, true);
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void followsEveryChangeOfWhatItWasMadeFrom(ConvGeometry g) {
        NDArray x = normal(g.inputShape());
        NDArray w = normal(g.kernelShape());
        ChannelNorm norm = norm(g.filters());
        assertFolded(g, x, w, norm, null, false);
        List<Consumer<NDArray>> changes = List.of(
                array -> upload(array, 0.5, 1),
                array -> backend.fill(array, 0.75),
                array -> backend.blend(0.5, norm.variance(), 0.5, array));
        for (NDArray source : List.of(norm.mean(), norm.variance(), norm.gamma(), norm.beta())) {
            for (Consumer<NDArray> change : changes) {
                change.accept(source);
                assertFolded(g, x, w, norm, null, false);
            }
        }
        upload(w, 0, 1);
        assertFolded(g, x, w, norm, null, false);
        backend.sgd(0.1, 0, 0, false, w, normal(w.shape()), normal(w.shape()));
        assertFolded(g, x, w, norm, null, false);
        // other statistics with the same kernel, and another epsilon
        assertFolded(g, x, w, norm(g.filters()), null, false);
        ChannelNorm wide = new ChannelNorm(norm.mean(), norm.variance(), 0.5, norm.gamma(), norm.beta());
        assertFolded(g, x, w, wide, null, false);
    }

    /** Winograd's filtering along both axes, and along columns alone. */
    static Stream<Arguments> batchesOfTwoForms() {
        return Stream.of(
                Arguments.of(
                        new ConvGeometry(2, 13, 13, 96, 3, 3, 112, 1, 1, 1, 1),
                        new ConvGeometry(8, 13, 13, 96, 3, 3, 112, 1, 1, 1, 1)),
                Arguments.of(
                        new ConvGeometry(2, 13, 13, 3, 7, 7, 32, 2, 3, 1, 1),
                        new ConvGeometry(8, 13, 13, 3, 7, 7, 32, 2, 3, 1, 1)));
    }

    @ParameterizedTest
    @MethodSource("batchesOfTwoForms")
    void isMadeAnewForABatchForWhichItIsKeptInAnotherForm(ConvGeometry few, ConvGeometry many) {
        assertThat(Convolutions.keptTransformed(Gather.forward(few, 0))).isFalse();
        assertThat(Convolutions.keptTransformed(Gather.forward(many, 0))).isTrue();
        NDArray w = normal(few.kernelShape());
        ChannelNorm norm = norm(few.filters());
        for (ConvGeometry g : List.of(few, many, few)) {
            assertFolded(g, normal(g.inputShape()), w, norm, null, true);
        }
    }

    @Test
    void isMadeOnce() {
        ConvGeometry g = new ConvGeometry(2, 9, 7, 20, 1, 1, 37, 1, 0, 1, 1);
        CpuBackend cpu = (CpuBackend) backend;
        NDArray x = normal(g.inputShape());
        NDArray w = normal(g.kernelShape());
        ChannelNorm norm = norm(g.filters());
        NDArray y = NDArray.persistent(backend, g.outputShape());
        backend.conv2dNorm(g, x, w, norm, null, true, y);
        long made = cpu.arraysMade();
        for (int i = 0; i < 3; i++) {
            backend.conv2dNorm(g, x, w, norm, null, true, y);
        }
        assertThat(cpu.arraysMade()).isEqualTo(made);
    }
}
