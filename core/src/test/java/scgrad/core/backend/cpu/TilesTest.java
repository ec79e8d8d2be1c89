package scgrad.core.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import scgrad.core.array.Backend;
import scgrad.core.array.ConvGeometry;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;

/** All tiles give the bits of the scalar definition: one chain of fused multiply-adds for each output, in order. */
class TilesTest {
    private static final Tiles SCALAR = new ScalarTiles();

    static List<Tiles> tiles() {
        int widest = FloatVector.SPECIES_PREFERRED.vectorBitSize();
        List<Tiles> all = new ArrayList<>(VectorTileCandidates.available(widest));
        if (widest >= 256) {
            // not worth measuring there, but right all the same
            all.add(new VectorTiles128x4());
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

    @ParameterizedTest
    @MethodSource("tiles")
    void productsHaveTheBitsOfTheDefinition(Tiles tiles) {
        Random random = new Random(3);
        for (int repetition = 0; repetition < 200; repetition++) {
            int runs = 1 + random.nextInt(4);
            int depth = random.nextInt(20);
            int runPitch = depth + random.nextInt(5);
            // the last rows of a matrix repeat the last one
            int real = 1 + random.nextInt(tiles.rows());
            int[] aOffsets = new int[tiles.rows() + 1];
            int[] cOffsets = new int[tiles.rows() + 1];
            for (int i = 0; i < tiles.rows(); i++) {
                int row = Math.min(i, real - 1);
                aOffsets[i + 1] = row * (runs * runPitch + 3);
                cOffsets[i + 1] = row * 21;
            }
            float[] a = random(5 + tiles.rows() * (runs * runPitch + 3), repetition);
            float[] panel = random(7 + runs * depth * Tiles.COLUMNS, repetition + 1000);
            float[] c = random(2 + tiles.rows() * 21, repetition + 2000);
            boolean accumulate = random.nextBoolean();
            float[] expected = c.clone();
            for (int i = 1; i <= real; i++) {
                SCALAR.product(runs, runPitch, depth, a, aOffsets, 5, i, panel, 7, expected, cOffsets, 2, accumulate);
            }
            tiles.product(runs, runPitch, depth, a, aOffsets, 5, 1, panel, 7, c, cOffsets, 2, accumulate);
            assertThat(bits(c)).as(tiles.name()).isEqualTo(bits(expected));
        }
    }

    @ParameterizedTest
    @MethodSource("tiles")
    void outerProductsAndGatheredRowsHaveTheBitsOfTheDefinition(Tiles tiles) {
        Random random = new Random(4);
        for (int repetition = 0; repetition < 200; repetition++) {
            int depth = random.nextInt(30);
            float[] a = random((depth + 1) * Tiles.COLUMNS + 3, repetition);
            float[] b = random((depth + 1) * Tiles.COLUMNS + 5, repetition + 1000);
            float[] c = random(7 + Tiles.COLUMNS * 33, repetition + 2000);
            boolean accumulate = random.nextBoolean();
            float[] expected = c.clone();
            for (int row = 0; row < Tiles.COLUMNS; row++) {
                SCALAR.outer(depth, a, 3 + row, b, 5, expected, 7 + row * 33, 33, accumulate);
            }
            for (int row = 0; row < Tiles.COLUMNS; row += tiles.outerRows()) {
                tiles.outer(depth, a, 3 + row, b, 5, c, 7 + row * 33, 33, accumulate);
            }
            assertThat(bits(c)).as(tiles.name()).isEqualTo(bits(expected));
            float[] x = random(depth * 19 + Tiles.COLUMNS, repetition + 3000);
            float[] gathered = new float[depth * 20 + 1];
            float[] copied = gathered.clone();
            tiles.gather(x, 2, 17, depth, gathered, 1, 20);
            SCALAR.gather(x, 2, 17, depth, copied, 1, 20);
            assertThat(bits(gathered)).as(tiles.name()).isEqualTo(bits(copied));
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
                new ConvGeometry(1, 9, 9, 17, 3, 3, 19, 2, 1, 1, 1),
                new ConvGeometry(3, 7, 5, 33, 1, 1, 40, 1, 0, 1, 1));
    }

    /** Whatever is built on the tiles: convolutions, by Winograd and directly, and products. */
    @ParameterizedTest
    @MethodSource("geometries")
    void theBackendsBitsDoNotDependOnTheTile(ConvGeometry g) {
        int[][] expected = null;
        for (Tiles tiles : tiles()) {
            int[][] actual = results(
                    new CpuBackend(2, new VectorLoops(), tiles, new VectorTransforms(), new VectorGroupLoops()), g);
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
        backend.conv2dInputGradient(g, dy, w, dx);
        backend.conv2dKernelGradient(g, x, dy, dw);
        NDArray left = array(backend, Shape.of(131, 77), 7);
        NDArray right = array(backend, Shape.of(77, 45), 8);
        NDArray product = array(backend, Shape.of(131, 45), 9);
        backend.matmul(left, false, right, false, product);
        return Stream.of(y, dx, dw, product)
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
