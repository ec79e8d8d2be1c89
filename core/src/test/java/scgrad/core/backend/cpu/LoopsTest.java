package scgrad.core.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.core.array.Binary;
import scgrad.core.array.ChannelNorm;
import scgrad.core.array.NDArray;
import scgrad.core.array.Reduction;
import scgrad.core.array.Resampling;
import scgrad.core.array.Shape;
import scgrad.core.array.Unary;
import scgrad.core.array.Windows;

/**
 * Everything but products and convolutions on sizes that fill no vector, one chunk and several: against the float64 reference, with and
 * without vectors, and the same bits on one, two and three threads.
 */
class LoopsTest {
    private static final Backend REFERENCE = Backends.open("reference", 1);
    private static final Backend ONE = Backends.open("cpu", 1);
    private static final Backend TWO = Backends.open("cpu", 2);
    private static final Backend THREE = Backends.open("cpu", 3);
    private static final Backend SCALAR = CpuProvider.scalar(2);

    /** Some kernels on one backend; what they make is compared. */
    private interface Kernel {
        void run(Session session);
    }

    /** Arrays of one run. */
    private static final class Session {
        final Backend backend;
        final List<NDArray> results = new ArrayList<>();
        final List<NDArray> arrays = new ArrayList<>();
        private int seed;

        Session(Backend backend) {
            this.backend = backend;
        }

        NDArray input(int... sizes) {
            Random random = new Random(++seed);
            return filled(Shape.of(sizes), random::nextGaussian);
        }

        NDArray positive(int... sizes) {
            Random random = new Random(++seed);
            return filled(Shape.of(sizes), () -> 0.5 + random.nextDouble());
        }

        /** One of three values, so that windows have several largest. */
        NDArray coarse(int... sizes) {
            Random random = new Random(++seed);
            return filled(Shape.of(sizes), () -> random.nextInt(3));
        }

        private NDArray filled(Shape shape, java.util.function.DoubleSupplier value) {
            float[] values = new float[shape.length()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) value.getAsDouble();
            }
            NDArray array = NDArray.persistent(backend, shape);
            backend.upload(values, array);
            arrays.add(array);
            return array;
        }

        /** Undefined values, as pooled memory has. */
        NDArray result(int... sizes) {
            NDArray array = NDArray.persistent(backend, Shape.of(sizes));
            backend.fill(array, Double.NaN);
            results.add(array);
            arrays.add(array);
            return array;
        }

        /** What a kernel writes over. */
        NDArray copy(NDArray x) {
            NDArray array = result(x.shape().sizes());
            backend.copy(x, array);
            return array;
        }
    }

    private static final Map<String, Kernel> KERNELS = new LinkedHashMap<>();

    static {
        for (int[] x : new int[][] {
            {1, 1, 1, 1},
            {3, 5, 7, 3},
            {2, 9, 9, 17},
            {1, 33, 35, 40},
            {4, 32, 32, 16},
            {2, 50, 50, 8},
            {3, 40, 41, 24},
            {2, 7, 7, 513},
            {1, 2, 3, 65},
            {2, 130, 130, 31}
        }) {
            KERNELS.put("normalisation " + Arrays.toString(x), session -> normalisation(session, x));
            KERNELS.put("reductions " + Arrays.toString(x), session -> reductions(session, x));
        }
        for (int[] x :
                new int[][] {{1, 1, 1, 1}, {3, 5, 7, 3}, {2, 9, 9, 17}, {2, 32, 33, 16}, {3, 4, 41, 24}, {4, 1, 2, 500}
                }) {
            KERNELS.put("broadcasting " + Arrays.toString(x), session -> broadcasting(session, x));
            KERNELS.put("functions " + Arrays.toString(x), session -> functions(session, x));
        }
        for (int channels : new int[] {1, 8, 16, 19, 70}) {
            for (int[] k : new int[][] {{3, 2, 1}, {2, 2, 0}, {4, 4, 0}, {3, 1, 1}, {1, 2, 0}, {5, 3, 2}}) {
                KERNELS.put("pooling " + channels + " " + Arrays.toString(k), session -> pooling(session, channels, k));
            }
            for (Resampling.Mode mode : Resampling.Mode.values()) {
                KERNELS.put(
                        "interpolation " + mode + " " + channels, session -> interpolation(session, mode, channels));
            }
        }
        for (int[] b : new int[][] {{1, 1}, {3, 15}, {40, 16}, {129, 37}, {7, 300}, {1000, 2048}, {2, 70_000}}) {
            KERNELS.put("a row times " + Arrays.toString(b), session -> row(session, b));
        }
        KERNELS.put("movement", LoopsTest::movement);
        KERNELS.put("classes", LoopsTest::classes);
        KERNELS.put("steps", LoopsTest::steps);
    }

    static Stream<String> names() {
        return KERNELS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void agreesWithTheReference(String name) {
        double[][] expected = results(REFERENCE, name);
        double[][] vector = results(TWO, name);
        assertClose(name, vector, expected);
        assertClose(name, results(SCALAR, name), expected);
        assertThat(Arrays.deepEquals(results(ONE, name), vector)).isTrue();
        assertThat(Arrays.deepEquals(results(THREE, name), vector)).isTrue();
    }

    private static double[][] results(Backend backend, String name) {
        Session session = new Session(backend);
        KERNELS.get(name).run(session);
        double[][] results = session.results.stream().map(LoopsTest::values).toArray(double[][]::new);
        session.arrays.forEach(NDArray::release);
        return results;
    }

    private static double[] values(NDArray array) {
        double[] values = new double[array.shape().length()];
        array.backend().download(array, values);
        return values;
    }

    private static void assertClose(String name, double[][] actual, double[][] expected) {
        for (int i = 0; i < expected.length; i++) {
            double largest = Arrays.stream(expected[i]).map(Math::abs).max().orElse(0) + 1e-30;
            double difference = 0;
            for (int j = 0; j < expected[i].length; j++) {
                // a NaN must not pass
                double d = actual[i][j] == actual[i][j] ? Math.abs(actual[i][j] - expected[i][j]) : 1e30;
                difference = Math.max(difference, d);
            }
            assertThat(difference / largest).as("result %d of %s", i, name).isLessThan(2e-5);
        }
    }

    private static void normalisation(Session s, int[] sizes) {
        int channels = sizes[3];
        NDArray x = s.input(sizes);
        NDArray gamma = s.positive(channels);
        NDArray beta = s.input(channels);
        NDArray residual = s.input(sizes);
        NDArray dy = s.input(sizes);
        NDArray mean = s.result(channels);
        NDArray variance = s.result(channels);
        s.backend.batchStatistics(x, mean, variance);
        // given statistics from here on, so that the sign of a normalised number does not hang on the last bit
        NDArray centre = s.input(channels);
        NDArray spread = s.positive(channels);
        ChannelNorm norm = new ChannelNorm(centre, spread, 1e-5, gamma, beta);
        for (boolean relu : new boolean[] {false, true}) {
            for (NDArray more : new NDArray[] {null, residual}) {
                NDArray y = s.result(sizes);
                s.backend.batchNorm(x, norm, more, relu, y);
                NDArray behind = relu && more != null ? y : null;
                boolean training = more == null;
                NDArray over = s.copy(dy);
                normGradient(s, x, norm, relu, behind, training, dy, s.result(sizes), null);
                normGradient(s, x, norm, relu, behind, training, over, over, null);
                if (behind != null) {
                    NDArray passed = s.copy(dy);
                    NDArray dx = s.copy(dy);
                    normGradient(s, x, norm, true, behind, training, dy, s.result(sizes), s.result(sizes));
                    normGradient(s, x, norm, true, behind, training, passed, s.result(sizes), passed);
                    normGradient(s, x, norm, true, behind, training, dx, dx, s.result(sizes));
                }
            }
        }
    }

    private static void normGradient(
            Session s,
            NDArray x,
            ChannelNorm norm,
            boolean relu,
            NDArray y,
            boolean training,
            NDArray dy,
            NDArray dx,
            NDArray dresidual) {
        int channels = x.shape().channels();
        NDArray dgamma = s.result(channels);
        NDArray dbeta = s.result(channels);
        s.backend.batchNormGradient(x, norm, relu, y, training, dy, dx, dgamma, dbeta, dresidual);
    }

    private static void reductions(Session s, int[] sizes) {
        NDArray x = s.input(sizes);
        for (int axes = 1; axes < 16; axes++) {
            boolean[] mask = new boolean[4];
            for (int axis = 0; axis < 4; axis++) {
                mask[axis] = (axes >> axis & 1) == 1;
            }
            for (Reduction f : Reduction.values()) {
                s.backend.reduce(
                        f, x, mask, s.result(x.shape().reduced(mask, true).sizes()));
            }
        }
    }

    private static void broadcasting(Session s, int[] sizes) {
        NDArray x = s.positive(sizes);
        for (int axes = 0; axes < 16; axes++) {
            int[] other = sizes.clone();
            for (int axis = 0; axis < 4; axis++) {
                other[axis] = (axes >> axis & 1) == 1 ? 1 : sizes[axis];
            }
            NDArray y = s.positive(other);
            for (Binary f : axes % 3 == 0 ? Binary.values() : new Binary[] {Binary.SUBTRACT}) {
                s.backend.binary(f, x, y, s.result(sizes));
                s.backend.binary(f, y, x, s.result(sizes));
            }
        }
        NDArray rows = s.positive(sizes[0], sizes[1], 1, 1);
        NDArray columns = s.positive(sizes[2], sizes[3]);
        s.backend.binary(Binary.DIVIDE, rows, columns, s.result(sizes));
        s.backend.binary(Binary.ADD, s.input(1), s.input(1), s.result(sizes));
        NDArray inPlace = s.result(sizes);
        s.backend.copy(x, inPlace);
        s.backend.binary(Binary.ADD, inPlace, x, inPlace);
    }

    private static void functions(Session s, int[] sizes) {
        NDArray x = s.positive(sizes);
        NDArray dy = s.input(sizes);
        for (Unary f : Unary.values()) {
            NDArray y = s.result(sizes);
            s.backend.unary(f, 1.5, x, y);
            s.backend.unaryGradient(f, 1.5, x, y, dy, s.result(sizes));
            NDArray over = s.copy(dy);
            s.backend.unaryGradient(f, 1.5, x, y, over, over);
        }
    }

    private static void pooling(Session s, int channels, int[] k) {
        int height = 13;
        int width = 10;
        int batch = 2;
        Windows rows = Windows.sliding(height, k[0], k[1], k[2], true, true);
        Windows columns = Windows.sliding(width, k[0], k[1], k[2], false, false);
        NDArray x = s.coarse(batch, height, width, channels);
        NDArray dy = s.input(batch, rows.outputs(), columns.outputs(), channels);
        NDArray y = s.result(batch, rows.outputs(), columns.outputs(), channels);
        s.backend.maxPool(rows, columns, x, y);
        s.backend.maxPoolGradient(rows, columns, x, y, dy, s.result(batch, height, width, channels));
        s.backend.averagePool(rows, columns, x, s.result(batch, rows.outputs(), columns.outputs(), channels));
        s.backend.averagePoolGradient(rows, columns, dy, s.result(batch, height, width, channels), false);
        NDArray sum = s.input(batch, height, width, channels);
        s.results.add(sum);
        s.backend.averagePoolGradient(rows, columns, dy, sum, true);
    }

    private static void interpolation(Session s, Resampling.Mode mode, int channels) {
        for (int[] sizes : new int[][] {{4, 3, 16, 11}, {7, 5, 7, 5}, {9, 8, 4, 3}, {1, 1, 3, 2}}) {
            Resampling rows = Resampling.of(mode, sizes[0], sizes[2]);
            Resampling columns = Resampling.of(mode, sizes[1], sizes[3]);
            int[] small = {2, sizes[0], sizes[1], channels};
            int[] large = {2, sizes[2], sizes[3], channels};
            NDArray c = s.input(small);
            NDArray a = s.input(large);
            NDArray b = s.input(large);
            NDArray dy = s.input(large);
            s.backend.interpolate(rows, columns, c, s.result(large));
            s.backend.interpolateGradient(rows, columns, dy, s.result(small));
            for (NDArray identity : new NDArray[] {null, b}) {
                s.backend.calibrationGate(rows, columns, a, identity, c, s.result(large));
                s.backend.calibrationGateGradient(
                        rows, columns, a, identity, c, dy, s.result(large), s.result(large), s.result(small));
                NDArray over = s.copy(dy);
                s.backend.calibrationGateGradient(
                        rows, columns, a, identity, c, over, over, s.result(large), s.result(small));
            }
        }
    }

    /** As a classifier has for a single image; b [N, K]. */
    private static void row(Session s, int[] b) {
        s.backend.matmul(s.input(1, b[1]), false, s.input(b), true, s.result(1, b[0]));
    }

    private static void movement(Session s) {
        NDArray x = s.input(5, 9, 33, 21);
        for (int[] order :
                new int[][] {{0, 3, 1, 2}, {3, 2, 0, 1}, {1, 0, 2, 3}, {0, 2, 1, 3}, {0, 1, 2, 3}, {3, 2, 1, 0}}) {
            int[] sizes = Arrays.stream(order).map(axis -> x.shape().size(axis)).toArray();
            s.backend.permute(x, order, s.result(sizes));
        }
        NDArray part = s.result(5, 9, 30, 11);
        s.backend.copyRegion(x, new int[] {0, 0, 3, 10}, part, new int[4], new int[] {5, 9, 30, 11});
        NDArray inside = s.input(5, 9, 33, 21);
        s.results.add(inside);
        s.backend.copyRegion(part, new int[4], inside, new int[] {0, 0, 1, 7}, new int[] {5, 9, 30, 11});
        // runs longer than a work item: whole ones, and ends of rows
        NDArray longer = s.input(5, 2, 20_000);
        s.backend.copyRegion(longer, new int[] {2, 0, 0}, s.result(3, 2, 20_000), new int[3], new int[] {3, 2, 20_000});
        NDArray rows = s.input(4, 1, 19_000);
        s.results.add(rows);
        s.backend.copyRegion(longer, new int[] {1, 1, 300}, rows, new int[] {1, 0, 0}, new int[] {3, 1, 19_000});
    }

    private static void classes(Session s) {
        for (int[] sizes : new int[][] {{3, 10}, {64, 1000}, {129, 7}, {1, 1}}) {
            NDArray y = s.result(sizes);
            s.backend.logSoftmax(s.input(sizes), y);
            s.backend.logSoftmaxGradient(y, s.input(sizes), s.result(sizes));
        }
    }

    private static void steps(Session s) {
        for (int length : new int[] {1, 37, 40_001}) {
            for (boolean nesterov : new boolean[] {false, true}) {
                NDArray w = s.input(length);
                NDArray v = s.input(length);
                s.backend.sgd(0.1, 0.9, 0.01, nesterov, w, s.input(length), v);
                s.results.addAll(List.of(w, v));
            }
            NDArray w = s.input(length);
            NDArray m = s.input(length);
            NDArray v = s.positive(length);
            s.backend.adamW(0.1, 0.9, 0.99, 1e-8, 0.01, 5, w, s.input(length), m, v);
            NDArray y = s.input(length);
            s.backend.blend(0.3, w, 0.7, y);
            s.results.addAll(List.of(w, m, v, y));
            s.backend.dropout(0.6, 11, w, s.result(length));
            NDArray over = s.copy(w);
            s.backend.dropout(0.6, 11, over, over);
        }
    }

    @Test
    void aRowTimesAMatrixHasTheSameBitsWithoutVectors() {
        List<double[]> products = new ArrayList<>();
        for (Backend backend : List.of(ONE, TWO, SCALAR)) {
            Session s = new Session(backend);
            row(s, new int[] {129, 1037});
            products.add(values(s.results.get(0)));
            s.arrays.forEach(NDArray::release);
        }
        assertThat(products.get(1)).isEqualTo(products.get(0));
        assertThat(products.get(2)).isEqualTo(products.get(0));
    }

    /** Where a ReLU was open is computed again from x: the last bit may not decide otherwise than it did in the forward pass. */
    @Test
    void theMaskOfAReluIsTheForwardPassesOwn() {
        int channels = 24;
        int rows = 3001;
        for (Backend backend : List.of(ONE, TWO, SCALAR)) {
            Session s = new Session(backend);
            ChannelNorm norm = new ChannelNorm(
                    s.input(channels), s.positive(channels), 1e-5, s.positive(channels), s.input(channels));
            double[] mean = values(norm.mean());
            double[] variance = values(norm.variance());
            double[] gamma = values(norm.gamma());
            double[] beta = values(norm.beta());
            float[] close = new float[rows * channels];
            for (int i = 0; i < close.length; i++) {
                int c = i % channels;
                float zero = (float) (mean[c] - beta[c] * Math.sqrt(variance[c] + norm.epsilon()) / gamma[c]);
                close[i] = zero + (i / channels % 9 - 4) * Math.ulp(zero);
            }
            NDArray x = s.result(rows, channels);
            backend.upload(close, x);
            NDArray y = s.result(rows, channels);
            backend.batchNorm(x, norm, null, true, y);
            long open = Arrays.stream(values(y)).filter(value -> value > 0).count();
            assertThat(open).isBetween((long) close.length / 4, 3L * close.length / 4);
            s.results.clear();
            NDArray dy = s.input(rows, channels);
            normGradient(s, x, norm, true, null, true, dy, s.result(rows, channels), null);
            normGradient(s, x, norm, true, y, true, dy, s.result(rows, channels), null);
            for (int i = 0; i < 3; i++) {
                assertThat(values(s.results.get(i))).isEqualTo(values(s.results.get(i + 3)));
            }
            s.arrays.forEach(NDArray::release);
        }
    }

    /** Shifted sums must not lose a small variance to a large mean, nor to a first pixel that is nothing like the others. */
    @Test
    void varianceSurvivesALargeMean() {
        int rows = 20_000;
        int channels = 5;
        Random random = new Random(3);
        float[] values = new float[rows * channels];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (1000 + 0.1 * random.nextGaussian());
        }
        values[2] = 0;
        double[][] variances = new double[3][channels];
        Backend[] backends = {REFERENCE, TWO, SCALAR};
        for (int i = 0; i < backends.length; i++) {
            NDArray x = NDArray.persistent(backends[i], Shape.of(rows, channels));
            backends[i].upload(values, x);
            NDArray mean = NDArray.persistent(backends[i], Shape.of(channels));
            NDArray variance = NDArray.persistent(backends[i], Shape.of(channels));
            backends[i].batchStatistics(x, mean, variance);
            backends[i].download(variance, variances[i]);
        }
        for (int c = 0; c < channels; c++) {
            for (int i = 1; i < backends.length; i++) {
                assertThat(variances[i][c] / variances[0][c]).isBetween(1 - 1e-3, 1 + 1e-3);
            }
        }
    }

    @Test
    void reluOfSpecialNumbersIsTheirMaximumWithZero() {
        float[] special = {
            Float.NaN,
            -0f,
            0f,
            -1,
            1,
            Float.NEGATIVE_INFINITY,
            Float.POSITIVE_INFINITY,
            Float.MIN_VALUE,
            -Float.MIN_VALUE
        };
        float[] values = new float[37];
        double[] expected = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = special[i % special.length];
            expected[i] = Math.max(values[i], 0f);
        }
        for (Backend backend : new Backend[] {ONE, SCALAR}) {
            double[] found = unary(backend, Unary.RELU, values);
            // equal as Double.equals is: NaN is NaN, and -0 not 0
            assertThat(Arrays.stream(found).boxed().toList())
                    .isEqualTo(Arrays.stream(expected).boxed().toList());
        }
    }

    @Test
    void exponentialAndSigmoidHoldToTheEdgesOfTheirRange() {
        float[] values = {
            -200, -88, -87.2f, -87, -80, -20, 0, 20, 87, 88.5f, 88.7228f, 88.72284f, 89, 200, Float.NaN, -1e30f, 1e30f
        };
        for (Backend backend : new Backend[] {ONE, SCALAR}) {
            double[] exponential = unary(backend, Unary.EXP, values);
            double[] sigmoid = unary(backend, Unary.SIGMOID, values);
            for (int i = 0; i < values.length; i++) {
                if (Float.isNaN(values[i])) {
                    assertThat(exponential[i]).isNaN();
                    assertThat(sigmoid[i]).isNaN();
                } else if (values[i] > 88.7228f) {
                    assertThat(exponential[i]).isEqualTo(Double.POSITIVE_INFINITY);
                } else {
                    assertThat(exponential[i])
                            .isCloseTo(Math.exp(values[i]), within(1e-6 * Math.exp(values[i]) + 2e-38));
                }
                if (!Float.isNaN(values[i])) {
                    double exact = 1 / (1 + Math.exp(-values[i]));
                    assertThat(sigmoid[i]).isCloseTo(exact, within(1e-6 * exact + 2e-38));
                }
            }
        }
    }

    @Test
    void shutGatesGiveNoNumbersBelowTheNormalOnes() {
        float[] values = new float[100];
        for (int i = 0; i < values.length; i++) {
            values[i] = -60 - i;
        }
        for (double gate : unary(ONE, Unary.SIGMOID, values)) {
            assertThat(gate == 0 || gate >= Float.MIN_NORMAL).as("%s", gate).isTrue();
        }
    }

    private static double[] unary(Backend backend, Unary f, float[] values) {
        NDArray x = NDArray.persistent(backend, Shape.of(values.length));
        NDArray y = NDArray.persistent(backend, Shape.of(values.length));
        backend.upload(values, x);
        backend.unary(f, 0, x, y);
        double[] found = new double[values.length];
        backend.download(y, found);
        return found;
    }

    @Test
    void rowsAndColumnsChangePlacesWhateverTheirNumber() {
        float[] x = new float[16 * 64];
        for (int i = 0; i < x.length; i++) {
            x[i] = i;
        }
        for (Loops loops : List.of(new VectorLoops(), new ScalarLoops())) {
            for (int rows = 1; rows <= CacheLine.FLOATS; rows++) {
                // two blocks of 16 and a rest, of 16 rows
                int columns = 60 - rows;
                int xPitch = columns + 1;
                int yPitch = rows + rows % 3;
                float[] y = new float[columns * yPitch + 7];
                float[] expected = y.clone();
                for (int i = 0; i < columns; i++) {
                    for (int j = 0; j < rows; j++) {
                        expected[7 + i * yPitch + j] = x[3 + j * xPitch + i];
                    }
                }
                loops.transpose(x, 3, xPitch, rows, columns, y, 7, yPitch);
                assertThat(y).as("%d rows of %d", rows, columns).isEqualTo(expected);
            }
        }
    }
}
