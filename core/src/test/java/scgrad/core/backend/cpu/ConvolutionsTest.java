package scgrad.core.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.core.array.ChannelNorm;
import scgrad.core.array.ConvGeometry;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;

/** Convolutions of many random geometries against the float64 reference, with and without vectors, and with other numbers of threads. */
class ConvolutionsTest {
    private static final Backend REFERENCE = Backends.open("reference", 1);
    private static final Backend VECTOR = Backends.open("cpu", 2);
    private static final Backend THREE = Backends.open("cpu", 3);
    private static final Backend ONE = Backends.open("cpu", 1);
    private static final Backend SCALAR = scalar();

    private static Backend scalar() {
        return CpuProvider.scalar(2);
    }

    static Stream<ConvGeometry> geometries() {
        Random random = new Random(7);
        List<ConvGeometry> all = new ArrayList<>();
        while (all.size() < 60) {
            add(all, random, 3, 1, 1, 1, 1 + random.nextInt(40), 1 + random.nextInt(40));
        }
        while (all.size() < 100) {
            int groups = 1 + random.nextInt(12);
            int channels = groups * (1 + random.nextInt(5));
            int filters = groups * (random.nextBoolean() ? channels / groups : 1 + random.nextInt(5));
            add(
                    all,
                    random,
                    1 + random.nextInt(4),
                    1 + random.nextInt(3),
                    1 + random.nextInt(2),
                    groups,
                    channels,
                    filters);
        }
        for (int channels : new int[] {1, 8, 31, 64}) {
            add(all, random, 3, 1, 1, channels, channels, channels);
            add(all, random, 3, 2, 1, channels, channels, 2 * channels);
            add(all, random, 3, 1, 1, channels, 2 * channels, 2 * channels);
            add(all, random, 3, 2, 1, channels, 4 * channels, 4 * channels);
        }
        while (all.size() < 140) {
            add(
                    all,
                    random,
                    1 + random.nextInt(7),
                    1 + random.nextInt(3),
                    1,
                    1,
                    1 + random.nextInt(20),
                    1 + random.nextInt(40));
        }
        // all that grouped convolutions tell apart: a slice of 16 channels or a part of one, blocks of taps filled up,
        // several images and
        // rows of a part, two or three rows of outputs at a time
        for (int perGroup : new int[] {1, 2, 3, 4, 8, 16}) {
            for (int groups : new int[] {2, 5, 12}) {
                int channels = groups * perGroup;
                all.add(new ConvGeometry(1, 37, 41, channels, 3, 3, channels, 1, 1, 1, groups));
                all.add(new ConvGeometry(9, 7, 7, channels, 3, 3, channels, 1, 1, 1, groups));
                all.add(new ConvGeometry(2, 13, 11, channels, 5, 5, channels, 1, 2, 1, groups));
                all.add(new ConvGeometry(3, 11, 9, channels, 3, 3, channels, 2, 1, 1, groups));
                all.add(new ConvGeometry(2, 10, 12, channels, 3, 3, channels, 1, 2, 2, groups));
                all.add(new ConvGeometry(2, 9, 10, channels, 7, 3, 2 * channels, 1, 1, 1, groups));
            }
        }
        // a single row that fills its array to the end, behind which the second row of the pair would be stored
        all.add(new ConvGeometry(1, 1, 128, 32, 3, 3, 32, 1, 1, 1, 8));
        // depths of more than one pass
        all.add(new ConvGeometry(1, 6, 5, 400, 3, 3, 20, 1, 1, 1, 1));
        all.add(new ConvGeometry(1, 5, 6, 20, 3, 3, 400, 1, 1, 1, 1));
        all.add(new ConvGeometry(2, 7, 5, 1100, 1, 1, 72, 1, 0, 1, 1));
        // the same for pixels that tiles of seven rows take, with pairs of panels only and with a single one behind
        // them
        for (int filters : new int[] {64, 90, 72}) {
            all.add(new ConvGeometry(1, 14, 14, 1200, 1, 1, filters, 1, 0, 1, 1));
            all.add(new ConvGeometry(2, 7, 7, 300, 5, 5, filters, 1, 2, 1, 1));
        }
        // kernels that Winograd transforms panel by panel, for one block of patches and for two
        all.add(new ConvGeometry(2, 9, 10, 200, 3, 3, 190, 1, 1, 1, 1));
        all.add(new ConvGeometry(9, 12, 11, 176, 3, 3, 176, 1, 1, 1, 1));
        // the same part by part in the gradient of the kernel, tiles of three and of four outputs on both axes
        all.add(new ConvGeometry(9, 14, 13, 260, 3, 3, 256, 1, 1, 1, 1));
        // taps that meet the map's border of zeros alone: all but one of a map of a pixel, a row's, those of wide
        // steps and borders
        for (int groups : new int[] {1, 2}) {
            all.add(new ConvGeometry(2, 1, 1, 120, 3, 3, 100, 1, 1, 1, groups));
            all.add(new ConvGeometry(1, 1, 9, 120, 3, 3, 100, 1, 1, 1, groups));
            all.add(new ConvGeometry(2, 1, 9, 40, 3, 3, 100, 1, 1, 1, groups));
            all.add(new ConvGeometry(2, 2, 9, 40, 5, 3, 100, 1, 4, 2, groups));
            all.add(new ConvGeometry(1, 2, 1, 120, 5, 5, 40, 2, 2, 1, groups));
            all.add(new ConvGeometry(1, 3, 4, 120, 3, 5, 40, 1, 6, 3, groups));
            all.add(new ConvGeometry(1, 1, 2, 60, 4, 3, 40, 3, 5, 2, groups));
        }
        // pairs of pixels: strides of 1 and 2, taps beyond the border on either side, and the way back
        all.add(new ConvGeometry(3, 9, 10, 3, 3, 3, 16, 1, 1, 1, 1));
        all.add(new ConvGeometry(2, 10, 11, 5, 3, 3, 16, 2, 1, 1, 1));
        all.add(new ConvGeometry(2, 7, 8, 16, 5, 5, 16, 1, 2, 1, 1));
        all.add(new ConvGeometry(1, 5, 2, 16, 3, 5, 7, 1, 3, 1, 1));
        strided().forEach(all::add);
        alongGroups().forEach(all::add);
        stems().forEach(all::add);
        return all.stream();
    }

    /** Groups that Winograd takes: rows and columns cut off at the edge, several strips, no border and wide ones. */
    private static Stream<ConvGeometry> alongGroups() {
        return Stream.of(
                new ConvGeometry(3, 41, 43, 32, 3, 3, 32, 1, 1, 1, 8),
                new ConvGeometry(2, 50, 90, 48, 3, 3, 48, 1, 0, 1, 12),
                new ConvGeometry(1, 45, 140, 16, 3, 3, 16, 1, 3, 1, 4),
                new ConvGeometry(2, 38, 39, 64, 3, 3, 64, 1, 2, 1, 8),
                new ConvGeometry(1, 71, 80, 16, 3, 3, 16, 1, 1, 1, 2));
    }

    @ParameterizedTest
    @MethodSource("alongGroups")
    void winogradTakesGroups(ConvGeometry g) {
        assertThat(WinogradChoice.paysAlongGroups(Gather.forward(g, 0))).isTrue();
    }

    /** Strides of 2 that Winograd takes: tiles cut off at the edge, channels of no whole vector, a kernel transformed as a whole and in panels. */
    private static Stream<ConvGeometry> strided() {
        return Stream.of(
                new ConvGeometry(12, 29, 31, 64, 3, 3, 80, 2, 1, 1, 1),
                new ConvGeometry(4, 33, 35, 250, 3, 3, 236, 2, 0, 1, 1),
                new ConvGeometry(9, 28, 28, 192, 3, 3, 192, 2, 1, 1, 1),
                new ConvGeometry(9, 27, 15, 300, 3, 3, 200, 2, 1, 1, 1),
                new ConvGeometry(8, 13, 14, 512, 3, 3, 500, 2, 1, 1, 1));
    }

    @ParameterizedTest
    @MethodSource("strided")
    void winogradTakesStridesOfTwo(ConvGeometry g) {
        assertThat(WinogradChoice.pays(Gather.forward(g, 0))).isTrue();
    }

    /** Seven rows of taps with a stride of 2: rows beyond the last, wide borders and none, a map narrower than a vector, an odd panel. */
    private static Stream<ConvGeometry> stems() {
        return Stream.of(
                new ConvGeometry(2, 37, 45, 3, 7, 7, 64, 2, 3, 1, 1),
                new ConvGeometry(1, 64, 64, 3, 7, 7, 48, 2, 3, 1, 1),
                new ConvGeometry(3, 43, 34, 4, 7, 5, 16, 2, 0, 1, 1),
                new ConvGeometry(9, 35, 2, 1, 7, 3, 32, 2, 5, 1, 1));
    }

    @ParameterizedTest
    @MethodSource("stems")
    void winogradTakesStems(ConvGeometry g) {
        assertThat(WinogradChoice.paysAlongColumns(Gather.forward(g, 0))).isTrue();
    }

    private static void add(
            List<ConvGeometry> all,
            Random random,
            int kernel,
            int stride,
            int dilation,
            int groups,
            int channels,
            int filters) {
        int batch = 1 + random.nextInt(3);
        int height = 1 + random.nextInt(20);
        int width = 1 + random.nextInt(20);
        int padding = random.nextInt(3);
        ConvGeometry g = new ConvGeometry(
                batch, height, width, channels, kernel, kernel, filters, stride, padding, dilation, groups);
        if (g.outHeight() > 0 && g.outWidth() > 0) {
            all.add(g);
        }
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void agreesWithTheReference(ConvGeometry g) {
        double[][] expected = results(REFERENCE, g);
        double[][] vector = results(VECTOR, g);
        assertClose(g, vector, expected);
        assertClose(g, results(SCALAR, g), expected);
        assertThat(results(ONE, g)).isDeepEqualTo(vector);
        assertThat(results(THREE, g)).isDeepEqualTo(vector);
    }

    static Stream<ConvGeometry> largeGeometries() {
        return Stream.of(
                // batch, height, width, channels, kernel, filters, stride, padding, dilation, groups
                new ConvGeometry(9, 61, 63, 32, 1, 1, 40, 1, 0, 1, 1),
                new ConvGeometry(9, 61, 63, 32, 1, 1, 24, 2, 0, 1, 1),
                new ConvGeometry(9, 61, 63, 32, 3, 3, 32, 1, 1, 1, 1),
                new ConvGeometry(9, 61, 63, 32, 3, 3, 32, 1, 0, 1, 1),
                new ConvGeometry(9, 61, 63, 32, 3, 3, 20, 2, 1, 1, 1),
                new ConvGeometry(9, 61, 63, 64, 3, 3, 64, 1, 2, 2, 2),
                new ConvGeometry(9, 61, 63, 64, 1, 1, 48, 1, 0, 1, 2),
                new ConvGeometry(9, 61, 63, 64, 3, 3, 64, 1, 1, 1, 16),
                new ConvGeometry(1, 611, 607, 3, 7, 7, 12, 2, 3, 1, 1),
                // numbers that fill the pool's arrays to their ends
                new ConvGeometry(10, 64, 64, 32, 1, 1, 48, 1, 0, 1, 1),
                new ConvGeometry(10, 64, 64, 32, 3, 3, 32, 1, 1, 1, 1),
                new ConvGeometry(10, 64, 64, 32, 3, 3, 32, 2, 1, 1, 1),
                new ConvGeometry(5, 64, 64, 64, 3, 3, 64, 1, 2, 2, 2),
                new ConvGeometry(5, 64, 64, 64, 3, 3, 64, 1, 1, 1, 8),
                new ConvGeometry(5, 64, 64, 64, 3, 3, 64, 1, 0, 1, 16),
                new ConvGeometry(1, 640, 1024, 3, 7, 7, 12, 2, 3, 1, 1),
                new ConvGeometry(1, 611, 607, 3, 7, 7, 16, 2, 3, 1, 1),
                new ConvGeometry(1, 640, 1024, 3, 7, 7, 32, 2, 3, 1, 1));
    }

    /** Arrays that no cache holds are prefetched, and not beyond their ends. */
    @ParameterizedTest
    @MethodSource("largeGeometries")
    void largeImagesAgreeWithTheReference(ConvGeometry g) {
        assertThat(g.inputShape().length()).isGreaterThan(Prefetch.NEAR);
        assertClose(g, results(VECTOR, g), results(REFERENCE, g));
    }

    /** A new backend grows its working memory as it goes: sums of several passes must outlive that. */
    @ParameterizedTest
    @CsvSource({"1, 700, 24", "1, 24, 700", "5, 40, 48", "5, 48, 40"})
    void sumsOfSeveralPassesSurviveTheFirstCall(int kernel, int channels, int filters) {
        ConvGeometry g = new ConvGeometry(2, 16, 16, channels, kernel, kernel, filters, 1, kernel / 2, 1, 1);
        assertClose(g, results(scalar(), g), results(REFERENCE, g));
    }

    /** The forward pass and both gradients, that of the input also added to what is there. */
    private static double[][] results(Backend backend, ConvGeometry g) {
        NDArray x = random(backend, g.inputShape(), 1);
        NDArray w = random(backend, g.kernelShape(), 2);
        NDArray dy = random(backend, g.outputShape(), 3);
        NDArray y = NDArray.persistent(backend, g.outputShape());
        NDArray dx = NDArray.persistent(backend, g.inputShape());
        NDArray dw = NDArray.persistent(backend, g.kernelShape());
        backend.conv2d(g, x, w, y);
        backend.conv2dInputGradient(g, dy, w, dx, false);
        backend.conv2dKernelGradient(g, x, dy, dw);
        NDArray sum = random(backend, g.inputShape(), 4);
        backend.conv2dInputGradient(g, dy, w, sum, true);
        double[][] results = {values(backend, y), values(backend, dx), values(backend, dw), values(backend, sum)};
        for (NDArray array : List.of(x, w, dy, y, dx, dw, sum)) {
            array.release();
        }
        return results;
    }

    private static NDArray random(Backend backend, Shape shape, int seed) {
        Random random = new Random(seed);
        float[] values = new float[shape.length()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        NDArray array = NDArray.persistent(backend, shape);
        backend.upload(values, array);
        return array;
    }

    private static double[] values(Backend backend, NDArray array) {
        double[] values = new double[array.shape().length()];
        backend.download(array, values);
        return values;
    }

    private static void assertClose(ConvGeometry g, double[][] actual, double[][] expected) {
        String[] names = {"y", "dx", "dw", "sum"};
        for (int i = 0; i < names.length; i++) {
            assertThat(largestDifference(actual[i], expected[i]))
                    .as(names[i] + " of " + g)
                    .isLessThan(3e-5);
        }
    }

    private static double largestDifference(double[] actual, double[] expected) {
        double largest = 1e-30;
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            // a NaN must not pass
            difference = actual[i] == actual[i] ? Math.max(difference, Math.abs(actual[i] - expected[i])) : 1e30;
        }
        return difference / largest;
    }

    /** Whatever the way a convolution takes: each output is written once, where the residual was read just before. */
    @ParameterizedTest
    @MethodSource("geometries")
    void aResidualMayBeWrittenOver(ConvGeometry g) {
        for (Backend backend : List.of(VECTOR, SCALAR, REFERENCE)) {
            NDArray x = random(backend, g.inputShape(), 1);
            NDArray w = random(backend, g.kernelShape(), 2);
            Shape channels = Shape.of(g.filters());
            NDArray ones = NDArray.persistent(backend, channels);
            backend.fill(ones, 1);
            ChannelNorm norm = new ChannelNorm(random(backend, channels, 3), ones, 1e-5, ones, ones);
            NDArray residual = random(backend, g.outputShape(), 4);
            NDArray y = NDArray.persistent(backend, g.outputShape());
            backend.conv2dNorm(g, x, w, norm, residual, true, y);
            backend.conv2dNorm(g, x, w, norm, residual, true, residual);
            assertThat(values(backend, residual)).isEqualTo(values(backend, y));
        }
    }

    /** The error that {@link AdjointTransforms} claims, on a layer of ResNet's size, that of a stride of 2, and in groups. */
    @ParameterizedTest
    @CsvSource({"1, 14, 1", "2, 28, 1", "1, 56, 32"})
    void winogradLosesLessThanADecimalDigit(int stride, int size, int groups) {
        ConvGeometry g = new ConvGeometry(1, size, size, 128, 3, 3, 128, stride, 1, 1, groups);
        double[][] expected = results(REFERENCE, g);
        double[][] actual = results(VECTOR, g);
        for (int i = 0; i < expected.length; i++) {
            double error = 0;
            double norm = 0;
            for (int j = 0; j < expected[i].length; j++) {
                error += Math.pow(actual[i][j] - expected[i][j], 2);
                norm += Math.pow(expected[i][j], 2);
            }
            assertThat(Math.sqrt(error / norm)).isCloseTo(0, Offset.offset(3e-6));
        }
    }
}
