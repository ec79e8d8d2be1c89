package scgrad.core.backend.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import scgrad.core.OpenClDevice;
import scgrad.core.Rng;

/** The tile of a product is chosen by a measurement, so it must not be seen in the bits. */
class TileTest {
    private static final int M = 301;
    private static final int N = 70;
    private static final int DEPTH = 517;

    @Test
    void bothTilesGiveTheSameBits() {
        OpenClDevice.required();
        DeviceQueue queue = new DeviceQueue(
                Aparapi.device(""),
                new DeviceKernels(
                        1 << 20, DeviceQueue.COMMANDS, DeviceQueue.TABLES, DeviceQueue.LETTER, DeviceQueue.PARCEL));
        float[] operands = new float[M * DEPTH + DEPTH * N];
        Rng rng = Rng.of(1);
        for (int i = 0; i < operands.length; i++) {
            operands[i] = (float) rng.uniform(-1, 1);
        }
        int a = 64;
        int b = a + M * DEPTH;
        int y = b + DEPTH * N;
        queue.receive(operands, operands.length, a);
        float[][] products = new float[Tile.values().length][M * N];
        for (Tile tile : Tile.values()) {
            queue.add(
                    tile.command,
                    a,
                    b,
                    y,
                    M,
                    N,
                    DEPTH,
                    ProductKernels.ROWS,
                    ProductKernels.ROWS,
                    DEPTH,
                    N,
                    1,
                    DEPTH,
                    0);
            queue.send(y, M * N, products[tile.ordinal()]);
        }
        assertThat(products[1]).isEqualTo(products[0]);
        double first = 0;
        for (int d = 0; d < DEPTH; d++) {
            first += (double) operands[d] * operands[M * DEPTH + d * N];
        }
        assertThat((double) products[0][0]).isCloseTo(first, within(1e-4));
    }
}
