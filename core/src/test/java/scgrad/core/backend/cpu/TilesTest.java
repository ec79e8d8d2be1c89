package scgrad.core.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import scgrad.core.array.Backend;
import scgrad.core.array.ChannelNorm;
import scgrad.core.array.ConvGeometry;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;

/** All tiles give the bits of the scalar definition: one chain of fused multiply-adds for each output, in order. */
class TilesTest {

    static List<Tiles> tiles() {
        int widest = FloatVector.SPECIES_PREFERRED.vectorBitSize();
        List<Tiles> all = new ArrayList<>(VectorTileCandidates.available(widest));
        if (widest >= 256) {
            // not worth measuring there, but right all the same
            all.add(VectorTileCandidates.of128("4x16-128bit", new VectorProduct128x4x16()));
        }
        return all;
    }

    private static float[] random(int length, long seed) {
        Random random = new Random(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    static Stream<ProductTile> products() {
        return tiles().stream()
                .flatMap(tiles -> Stream.of(tiles.single(), tiles.pair(), tiles.lower(), tiles.narrow()))
                .filter(Objects::nonNull);
    }

    static Stream<OuterTile> outers() {
        return tiles().stream()
                .flatMap(tiles -> Stream.of(tiles.outerSingle(), tiles.outerPair(), tiles.outerNarrow()))
                .filter(Objects::nonNull);
    }

    @ParameterizedTest
    @MethodSource("products")
    void productsHaveTheBitsOfTheDefinition(ProductTile tile) {
        Random random = new Random(3);
        for (int repetition = 0; repetition < 200; repetition++) {
            int runs = 1 + random.nextInt(4);
            int depth = random.nextInt(20);
            int runPitch = depth + random.nextInt(5);
            int panelPitch = runs * depth * Tiles.COLUMNS + random.nextInt(5);
            // the last rows of a matrix repeat the last one
            int real = 1 + random.nextInt(tile.rows());
            int rowPitch = runs * runPitch + 3;
            int[] aOffsets = new int[tile.rows() + 1];
            int[] cOffsets = new int[tile.rows() + 1];
            for (int i = 0; i < tile.rows(); i++) {
                int row = Math.min(i, real - 1);
                aOffsets[i + 1] = row * rowPitch;
                cOffsets[i + 1] = row * (tile.columns() + 5);
            }
            float[] a = random(5 + tile.rows() * rowPitch, repetition);
            float[] panels = random(7 + panelPitch + runs * depth * Tiles.COLUMNS, repetition + 1000);
            float[] c = random(2 + tile.rows() * (tile.columns() + 5), repetition + 2000);
            boolean accumulate = random.nextBoolean();
            float[] expected = c.clone();
            for (int i = 1; i <= real; i++) {
                for (int j = 0; j < tile.columns(); j++) {
                    float sum = accumulate ? c[cOffsets[i] + 2 + j] : 0;
                    int panel = 7 + j / Tiles.COLUMNS * panelPitch + j % Tiles.COLUMNS;
                    for (int p = 0; p < runs * depth; p++) {
                        float left = a[aOffsets[i] + 5 + p / depth * runPitch + p % depth];
                        sum = Math.fma(left, panels[panel + p * Tiles.COLUMNS], sum);
                    }
                    expected[cOffsets[i] + 2 + j] = sum;
                }
            }
            tile.product(runs, runPitch, depth, a, aOffsets, 5, 1, panels, 7, panelPitch, c, cOffsets, 2, accumulate);
            assertThat(bits(c)).as(tile.getClass().getSimpleName()).isEqualTo(bits(expected));
        }
    }

    @ParameterizedTest
    @MethodSource("products")
    void blocksSideBySideHaveTheBitsOfTheDefinition(ProductTile tile) {
        Random random = new Random(5);
        for (int repetition = 0; repetition < 200; repetition++) {
            int blocks = 1 + random.nextInt(3);
            int columns = blocks * tile.columns();
            int panelCount = blocks * Panels.count(tile.columns());
            int depth = random.nextInt(40);
            int panelPitch = depth * Tiles.COLUMNS + random.nextInt(5);
            // the last rows of a matrix repeat the last one
            int real = 1 + random.nextInt(tile.rows());
            int rowPitch = depth + random.nextInt(5);
            int[] aOffsets = new int[tile.rows() + 1];
            int[] cOffsets = new int[tile.rows() + 1];
            for (int i = 0; i < tile.rows(); i++) {
                int row = Math.min(i, real - 1);
                aOffsets[i + 1] = row * rowPitch;
                cOffsets[i + 1] = row * (columns + 5);
            }
            float[] a = random(5 + tile.rows() * rowPitch, repetition);
            float[] panels = random(7 + (panelCount - 1) * panelPitch + depth * Tiles.COLUMNS, repetition + 1000);
            float[] c = random(2 + tile.rows() * (columns + 5), repetition + 2000);
            boolean accumulate = random.nextBoolean();
            float[] expected = c.clone();
            for (int i = 1; i <= real; i++) {
                for (int j = 0; j < columns; j++) {
                    float sum = accumulate ? c[cOffsets[i] + 2 + j] : 0;
                    int block = j / tile.columns();
                    int within = j % tile.columns();
                    int number = block * Panels.count(tile.columns()) + within / Tiles.COLUMNS;
                    int panel = 7 + number * panelPitch + within % Tiles.COLUMNS;
                    for (int p = 0; p < depth; p++) {
                        sum = Math.fma(a[aOffsets[i] + 5 + p], panels[panel + p * Tiles.COLUMNS], sum);
                    }
                    expected[cOffsets[i] + 2 + j] = sum;
                }
            }
            tile.products(blocks, depth, a, aOffsets, 5, 1, panels, 7, panelPitch, c, cOffsets, 2, accumulate);
            assertThat(bits(c)).as(tile.getClass().getSimpleName()).isEqualTo(bits(expected));
        }
    }

    static Stream<OutputTile> outputTiles() {
        return products().filter(OutputTile.class::isInstance).map(OutputTile.class::cast);
    }

    /** Of several runs, and of blocks side by side, with a floor and without; the last rows repeat, as those behind the last pixel do. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("outputTiles")
    void outputsHaveTheBitsOfSumsThatAreFinished(OutputTile tile) {
        Random random = new Random(6);
        for (int repetition = 0; repetition < 200; repetition++) {
            int runs = 1 + random.nextInt(4);
            int blocks = runs > 1 ? 1 : 1 + random.nextInt(3);
            int columns = blocks * tile.columns();
            int depth = random.nextInt(40);
            int panelPitch = runs * depth * Tiles.COLUMNS + random.nextInt(5);
            int real = 1 + random.nextInt(tile.rows());
            int rowPitch = runs * depth + 3;
            int[] rows = new int[tile.rows() + 1];
            int[] targets = new int[tile.rows() + 1];
            for (int i = 0; i < tile.rows(); i++) {
                rows[i + 1] = Math.min(i, real - 1) * rowPitch;
                targets[i + 1] = Math.min(i, real - 1) * (columns + 5);
            }
            float[] a = random(5 + tile.rows() * rowPitch, repetition);
            float[] panels =
                    random(7 + columns / Tiles.COLUMNS * panelPitch + runs * depth * Tiles.COLUMNS, repetition + 1000);
            // numbers beside the outputs, which stay
            float[] y = random(2 + tile.rows() * (columns + 5), repetition + 2000);
            float[] expected = y.clone();
            float[] shifts = random(3 + columns, repetition + 3000);
            // a residual that the outputs take the place of
            float[] residual = runs == 1 && random.nextBoolean() ? y : null;
            Epilogue epilogue = new Epilogue(shifts, residual == null ? null : y.clone(), random.nextBoolean());
            for (int block = 0; block < blocks; block++) {
                int panel = 7 + block * Panels.count(tile.columns()) * panelPitch;
                int to = 2 + block * tile.columns();
                tile.product(
                        runs, depth, depth, a, rows, 5, 1, panels, panel, panelPitch, expected, targets, to, false);
            }
            for (int i = 1; i <= real; i++) {
                epilogue.finish(expected, targets[i] + 2, 3, columns, expected, targets[i] + 2);
            }
            float floor = epilogue.floor();
            if (runs > 1) {
                tile.output(runs, depth, depth, a, rows, 5, 1, panels, 7, panelPitch, shifts, 3, floor, y, targets, 2);
            } else {
                tile.outputs(
                        blocks, depth, a, rows, 5, 1, panels, 7, panelPitch, shifts, 3, floor, residual, y, targets, 2);
            }
            assertThat(bits(y)).as("%d runs of %d", runs, depth).isEqualTo(bits(expected));
        }
    }

    @ParameterizedTest
    @MethodSource("outers")
    void outerProductsHaveTheBitsOfTheDefinition(OuterTile tile) {
        Random random = new Random(4);
        for (int repetition = 0; repetition < 200; repetition++) {
            int depth = random.nextInt(30);
            int pitch = (depth + 1) * Tiles.COLUMNS;
            float[] a = random(pitch + 3, repetition);
            float[] b = random(2 * pitch + 5, repetition + 1000);
            // a number behind the rows, which stays
            float[] c = random(7 + tile.rows() * tile.columns() + 1, repetition + 2000);
            boolean accumulate = random.nextBoolean();
            float[] expected = c.clone();
            for (int i = 0; i < tile.rows(); i++) {
                for (int j = 0; j < tile.columns(); j++) {
                    float sum = accumulate ? c[7 + i * tile.columns() + j] : 0;
                    for (int p = 0; p < depth; p++) {
                        float right = b[5 + j / Tiles.COLUMNS * pitch + p * Tiles.COLUMNS + j % Tiles.COLUMNS];
                        sum = Math.fma(a[3 + p * Tiles.COLUMNS + i], right, sum);
                    }
                    expected[7 + i * tile.columns() + j] = sum;
                }
            }
            tile.outer(depth, a, 3, b, 5, pitch, c, 7, accumulate);
            assertThat(bits(c)).as(tile.getClass().getSimpleName()).isEqualTo(bits(expected));
        }
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
        return bits;
    }

    static Stream<ConvGeometry> geometries() {
        return Stream.of(
                new ConvGeometry(2, 13, 11, 20, 3, 3, 36, 1, 1, 1, 1),
                // by Winograd with one panel and with two, whole slices and parts of one
                new ConvGeometry(2, 13, 13, 48, 3, 3, 16, 1, 1, 1, 1),
                new ConvGeometry(2, 14, 9, 16, 3, 3, 44, 1, 1, 1, 1),
                new ConvGeometry(1, 9, 9, 17, 3, 3, 19, 2, 1, 1, 1),
                // in pairs of pixels or one by one
                new ConvGeometry(2, 13, 12, 3, 3, 3, 16, 1, 1, 1, 1),
                new ConvGeometry(2, 12, 12, 16, 5, 5, 16, 1, 2, 1, 1),
                new ConvGeometry(3, 7, 5, 33, 1, 1, 40, 1, 0, 1, 1),
                // straight to the outputs, of one run and of several, with a part of a panel behind
                new ConvGeometry(2, 13, 11, 50, 1, 1, 70, 1, 0, 1, 1),
                new ConvGeometry(2, 23, 21, 3, 7, 7, 64, 2, 3, 1, 1));
    }

    /** Whatever is built on the tiles: convolutions, by Winograd and directly, and products. */
    @ParameterizedTest
    @MethodSource("geometries")
    void theBackendsBitsDoNotDependOnTheTile(ConvGeometry g) {
        int[][] expected = null;
        for (Tiles tiles : tiles()) {
            int[][] actual = results(CpuProvider.vector(2, tiles), g);
            expected = expected == null ? actual : expected;
            assertThat(actual).as(tiles.name()).isDeepEqualTo(expected);
        }
    }

    private static int[][] results(Backend backend, ConvGeometry g) {
        NDArray x = array(backend, g.inputShape(), 1);
        NDArray w = array(backend, g.kernelShape(), 2);
        NDArray dy = array(backend, g.outputShape(), 3);
        NDArray y = array(backend, g.outputShape(), 4);
        NDArray dx = array(backend, g.inputShape(), 5);
        NDArray dw = array(backend, g.kernelShape(), 6);
        backend.conv2d(g, x, w, y);
        backend.conv2dInputGradient(g, dy, w, dx, false);
        backend.conv2dKernelGradient(g, x, dy, dw);
        NDArray finished = array(backend, g.outputShape(), 10);
        NDArray statistics = array(backend, Shape.of(g.filters()), 11);
        NDArray variance = NDArray.persistent(backend, statistics.shape());
        backend.fill(variance, 0.5);
        backend.conv2dNorm(
                g, x, w, new ChannelNorm(statistics, variance, 1e-5, statistics, statistics), null, true, finished);
        NDArray left = array(backend, Shape.of(131, 77), 7);
        NDArray right = array(backend, Shape.of(77, 45), 8);
        NDArray product = array(backend, Shape.of(131, 45), 9);
        backend.matmul(left, false, right, false, product);
        return Stream.of(y, dx, dw, finished, product)
                .map(result -> bits(values(backend, result)))
                .toArray(int[][]::new);
    }

    private static NDArray array(Backend backend, Shape shape, long seed) {
        NDArray array = NDArray.persistent(backend, shape);
        backend.upload(random(shape.length(), seed), array);
        return array;
    }

    private static float[] values(Backend backend, NDArray array) {
        float[] values = new float[array.shape().length()];
        backend.download(array, values);
        return values;
    }

    @Test
    void namesAreDistinct() {
        assertThat(tiles().stream().map(Tiles::name)).doesNotHaveDuplicates();
    }
}
