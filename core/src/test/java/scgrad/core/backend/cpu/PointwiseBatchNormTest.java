package scgrad.core.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.core.array.ChannelNorm;
import scgrad.core.array.ConvGeometry;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;

/** The way without the convolution's output agrees with the float64 reference, which takes the convolution, the statistics and the norm one by one. */
class PointwiseBatchNormTest {
    private static final Backend REFERENCE = Backends.open("reference", 1);
    private static final List<Backend> BACKENDS = List.of(
            Backends.open("cpu", 1),
            Backends.open("cpu", 2),
            Backends.open("cpu", 3),
            Backends.open("cpu", 17),
            CpuProvider.scalar(2));

    static Stream<ConvGeometry> geometries() {
        return Stream.of(
                // batch, height, width, channels, kernel, filters, stride, padding, dilation, groups
                new ConvGeometry(1, 3, 7, 2, 1, 1, 8, 1, 0, 1, 1),
                new ConvGeometry(3, 9, 9, 4, 1, 1, 18, 1, 0, 1, 1),
                new ConvGeometry(2, 17, 19, 20, 1, 1, 83, 1, 0, 1, 1),
                new ConvGeometry(3, 16, 16, 32, 1, 1, 128, 1, 0, 1, 1),
                new ConvGeometry(2, 21, 20, 64, 1, 1, 256, 1, 0, 1, 1),
                new ConvGeometry(5, 9, 11, 3, 1, 1, 700, 1, 0, 1, 1),
                new ConvGeometry(2, 80, 80, 16, 1, 1, 64, 1, 0, 1, 1));
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void agreesWithTheReference(ConvGeometry g) {
        for (int variant = 0; variant < 8; variant++) {
            boolean residual = (variant & 1) != 0;
            boolean relu = (variant & 2) != 0;
            boolean accumulate = (variant & 4) != 0;
            double[][] expected = run(REFERENCE, g, 0.7, residual, relu, accumulate);
            double[][] first = null;
            for (Backend backend : BACKENDS) {
                assertThat(backend.normsPointwise(g)).isTrue();
                double[][] actual = run(backend, g, 0.7, residual, relu, accumulate);
                for (int i = 0; i < expected.length; i++) {
                    assertThat(difference(actual[i], expected[i]))
                            .as("result %d, %s, %s", i, g, backend.description())
                            .isLessThan(2e-5);
                }
                if (backend != BACKENDS.getLast()) {
                    first = first == null ? actual : first;
                    assertThat(actual).isDeepEqualTo(first);
                }
            }
        }
    }

    /** Inputs that lie far from 0 must not lose their variance to cancellation. */
    @Test
    void survivesALargeMean() {
        ConvGeometry g = new ConvGeometry(4, 32, 32, 16, 1, 1, 64, 1, 0, 1, 1);
        double[][] expected = run(REFERENCE, g, 300, false, false, false);
        double[][] actual = run(BACKENDS.get(1), g, 300, false, false, false);
        assertThat(difference(actual[1], expected[1])).as("mean").isLessThan(1e-6);
        assertThat(difference(actual[2], expected[2])).as("variance").isLessThan(1e-4);
        assertThat(difference(actual[0], expected[0])).as("y").isLessThan(1e-3);
    }

    @Test
    void leavesOutWhatNobodyAsksFor() {
        ConvGeometry g = new ConvGeometry(3, 9, 9, 4, 1, 1, 18, 1, 0, 1, 1);
        double[][] all = run(BACKENDS.get(1), g, 0, true, true, false);
        double[][] withoutInputs = run(BACKENDS.get(1), g, 0, true, true, false, false, true);
        double[][] withoutKernels = run(BACKENDS.get(1), g, 0, true, true, false, true, false);
        for (int i = 0; i < all.length; i++) {
            assertThat(Arrays.equals(withoutInputs[i], all[i]))
                    .as("result %d", i)
                    .isEqualTo(i != 3);
            assertThat(Arrays.equals(withoutKernels[i], all[i]))
                    .as("result %d", i)
                    .isEqualTo(i != 4);
        }
    }

    @Test
    void isForKernelsWithManyMoreOutputsThanInputs() {
        Backend backend = BACKENDS.get(0);
        assertThat(backend.normsPointwise(new ConvGeometry(8, 16, 16, 32, 1, 1, 64, 1, 0, 1, 1)))
                .isFalse();
        assertThat(backend.normsPointwise(new ConvGeometry(8, 16, 16, 32, 3, 3, 128, 1, 1, 1, 1)))
                .isFalse();
        assertThat(backend.normsPointwise(new ConvGeometry(8, 16, 16, 32, 1, 1, 128, 2, 0, 1, 1)))
                .isFalse();
        assertThat(backend.normsPointwise(new ConvGeometry(8, 16, 16, 32, 1, 1, 128, 1, 0, 1, 4)))
                .isFalse();
        assertThat(backend.normsPointwise(new ConvGeometry(1, 7, 7, 32, 1, 1, 128, 1, 0, 1, 1)))
                .isFalse();
        assertThat(REFERENCE.normsPointwise(new ConvGeometry(8, 16, 16, 32, 1, 1, 128, 1, 0, 1, 1)))
                .isFalse();
    }

    /** The largest difference, relative to the largest number. */
    private static double difference(double[] actual, double[] expected) {
        double largest = 1e-30;
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            // a NaN must not pass
            double d = Math.abs(actual[i] - expected[i]);
            difference = Math.max(difference, d == d ? d : 1e30);
        }
        return difference / largest;
    }

    /** y, mean, variance, and the gradients of x, w, gamma, beta and the residual. */
    private static double[][] run(
            Backend backend, ConvGeometry g, double centre, boolean residual, boolean relu, boolean accumulate) {
        return run(backend, g, centre, residual, relu, accumulate, true, true);
    }

    /** Without the gradients of x and w that nobody asks for. */
    private static double[][] run(
            Backend backend,
            ConvGeometry g,
            double centre,
            boolean residual,
            boolean relu,
            boolean accumulate,
            boolean inputs,
            boolean kernels) {
        Random random = new Random(5);
        Shape channels = Shape.of(g.filters());
        NDArray x = normal(backend, g.inputShape(), random, centre);
        NDArray w = normal(backend, g.kernelShape(), random, 0);
        NDArray added = residual ? normal(backend, g.outputShape(), random, 0) : null;
        ChannelNorm norm = new ChannelNorm(
                unset(backend, channels),
                unset(backend, channels),
                1e-5,
                normal(backend, channels, random, 1),
                normal(backend, channels, random, 0));
        NDArray moments = unset(backend, Shape.of(1 + g.channels(), g.channels()));
        NDArray y = unset(backend, g.outputShape());
        backend.pointwiseBatchNorm(g, x, w, norm, added, relu, moments, y);
        NDArray dy = normal(backend, g.outputShape(), random, 0);
        NDArray dx = normal(backend, g.inputShape(), random, 0);
        NDArray dw = unset(backend, g.kernelShape());
        NDArray dgamma = unset(backend, channels);
        NDArray dbeta = unset(backend, channels);
        // not y: where that is nearly 0, float32 and float64 may disagree whether the ReLU was open
        NDArray open = relu ? normal(backend, g.outputShape(), random, 0) : null;
        NDArray passed = relu ? unset(backend, g.outputShape()) : null;
        backend.pointwiseBatchNormGradient(
                g,
                x,
                w,
                moments,
                norm,
                open,
                dy,
                passed,
                inputs ? dx : null,
                accumulate,
                kernels ? dw : null,
                dgamma,
                dbeta);
        NDArray[] results = {y, norm.mean(), norm.variance(), dx, dw, dgamma, dbeta, passed};
        double[][] values = Stream.of(results)
                .filter(Objects::nonNull)
                .map(PointwiseBatchNormTest::values)
                .toArray(double[][]::new);
        Stream.of(results).filter(Objects::nonNull).forEach(NDArray::release);
        Stream.of(x, w, added, norm.gamma(), norm.beta(), moments, dy, open)
                .filter(Objects::nonNull)
                .forEach(NDArray::release);
        return values;
    }

    private static double[] values(NDArray array) {
        double[] values = new double[array.shape().length()];
        array.backend().download(array, values);
        return values;
    }

    private static NDArray unset(Backend backend, Shape shape) {
        return NDArray.full(backend, shape, Double.NaN);
    }

    private static NDArray normal(Backend backend, Shape shape, Random random, double centre) {
        NDArray array = NDArray.persistent(backend, shape);
        float[] values = new float[shape.length()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (centre + random.nextGaussian());
        }
        backend.upload(values, array);
        return array;
    }
}
