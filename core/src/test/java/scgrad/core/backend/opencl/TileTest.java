package scgrad.core.backend.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import scgrad.core.OpenClDevice;
import scgrad.core.Rng;
import scgrad.core.array.ConvGeometry;
import scgrad.core.array.Shape;

/** The tile of a product is chosen by a measurement, so it must not be seen in the bits. */
class TileTest {
    private static final int DEPTH = 517;
    /** A device that makes 100 tiles at a time, a narrow one in 1.5 and a large one in 1.6 times of a wide one. */
    private static final Tile.Costs COSTS = new Tile.Costs(100, new double[] {1, 1.5, 1.6});

    private static final int A = 64;

    private static DeviceQueue queue() {
        OpenClDevice.required();
        return new DeviceQueue(
                Aparapi.device(""),
                new DeviceKernels(
                        1 << 20, DeviceQueue.COMMANDS, DeviceQueue.TABLES, DeviceQueue.LETTER, DeviceQueue.PARCEL));
    }

    private static float[] uniform(int length) {
        float[] values = new float[length];
        Rng rng = Rng.of(1);
        for (int i = 0; i < length; i++) {
            values[i] = (float) rng.uniform(-1, 1);
        }
        return values;
    }

    /** Operands in rows and in columns; tiles that are full, cut off and half empty. */
    @ParameterizedTest
    @CsvSource({"301, 70, false", "301, 70, true", "64, 130, false", "40, 16, true", "129, 64, true"})
    void allTilesGiveTheSameBits(int m, int n, boolean transposed) {
        DeviceQueue queue = queue();
        float[] operands = uniform(m * DEPTH + DEPTH * n);
        int b = A + m * DEPTH;
        int y = b + DEPTH * n;
        queue.receive(operands, operands.length, A);
        int form = transposed ? ProductKernels.COLUMNS : ProductKernels.ROWS;
        int aStride = transposed ? m : DEPTH;
        int bStride = transposed ? DEPTH : n;
        float[][] products = new float[Tile.values().length][m * n];
        for (Tile tile : Tile.values()) {
            queue.add(tile.command, A, b, y, m, n, DEPTH, form, form, aStride, bStride, 1, DEPTH, 0, tile.rows);
            queue.send(y, m * n, products[tile.ordinal()]);
        }
        for (float[] product : products) {
            assertThat(product).isEqualTo(products[0]);
        }
        double last = 0;
        for (int d = 0; d < DEPTH; d++) {
            double left = operands[transposed ? d * m + m - 1 : (m - 1) * DEPTH + d];
            last += left * operands[m * DEPTH + (transposed ? (n - 1) * DEPTH + d : d * n + n - 1)];
        }
        assertThat((double) products[0][m * n - 1]).isCloseTo(last, within(1e-4));
    }

    /** All passes of a convolution, whose left operands are read out of an image; the values are checked elsewhere. */
    @ParameterizedTest
    @CsvSource({
        ProductKernels.PATCHES + ", " + ProductKernels.ROWS + ", 180, 70, 216, 70",
        ProductKernels.UPSTREAM_PATCHES + ", " + ProductKernels.KERNEL_COLUMNS + ", 720, 24, 630, 70",
        ProductKernels.PATCH_COLUMNS + ", " + ProductKernels.ROWS + ", 216, 70, 180, 70"
    })
    void allTilesConvolveToTheSameBits(int leftForm, int rightForm, int m, int n, int depth, int bStride) {
        DeviceQueue queue = queue();
        ConvGeometry g = ConvGeometry.of(Shape.of(5, 12, 12, 24), Shape.of(3, 3, 24, 70), 2, 1, 1, 1);
        // as long as image, gradient or kernel
        int length = 5 * 12 * 12 * 24;
        float[] operands = uniform(2 * length);
        int b = A + length;
        int y = b + length;
        queue.receive(operands, operands.length, A);
        float[][] products = new float[Tile.values().length][m * n];
        for (Tile tile : Tile.values()) {
            queue.add(tile.command, A, b, y, m, n, depth, leftForm, rightForm, 1, bStride, 1, depth, 0, tile.rows)
                    .on(g);
            queue.send(y, m * n, products[tile.ordinal()]);
        }
        for (float[] product : products) {
            assertThat(product).isEqualTo(products[0]).doesNotContain(Float.NaN);
        }
        assertThat(products[0][m * n - 1]).isNotZero();
    }

    @ParameterizedTest
    @CsvSource({
        // 200 wide tiles are two rounds, 100 large ones one
        "12800, 64, 1, LARGE",
        // both are one round
        "6400, 64, 1, WIDE",
        "640, 64, 10, WIDE",
        // the same in 20 parts
        "640, 64, 20, LARGE",
        // 400 wide tiles, 200 large ones, 100 narrow ones
        "25600, 16, 1, NARROW",
        // half of a large tile would be empty
        "64, 64, 256, WIDE"
    })
    void theFastestTileIsChosen(int m, int n, int splits, Tile tile) {
        assertThat(Tile.of(m, n, splits, COSTS)).isEqualTo(tile);
    }

    @Test
    void unmeasuredTheFewestTilesAreChosen() {
        assertThat(Tile.of(64, 64, 1, Tile.Costs.unmeasured())).isEqualTo(Tile.WIDE);
        assertThat(Tile.of(256, 16, 1, Tile.Costs.unmeasured())).isEqualTo(Tile.NARROW);
        assertThat(Tile.of(256, 64, 1, Tile.Costs.unmeasured())).isEqualTo(Tile.LARGE);
    }
}
