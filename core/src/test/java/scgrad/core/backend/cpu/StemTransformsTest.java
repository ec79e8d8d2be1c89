package scgrad.core.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With and without vectors the transforms of a stem's convolution give the same bits. */
class StemTransformsTest {
    private static final int FIRST = CacheLine.FIRST;
    private static final int COUNT = 45;
    private static final int PITCH = 80;

    private final StemTransforms vector = new VectorStemTransforms();
    private final StemTransforms scalar = new ScalarStemTransforms();

    private static float[] random(int seed, int length) {
        Random random = new Random(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    @Test
    void inputs() {
        float[] x = random(1, FIRST + StemTransforms.SOURCE_ROWS * PITCH);
        float[] expected = new float[FIRST + 2 * StemTransforms.POINTS * PITCH];
        float[] actual = new float[expected.length];
        scalar.inputs(COUNT, x, FIRST, PITCH, expected, FIRST, PITCH);
        vector.inputs(COUNT, x, FIRST, PITCH, actual, FIRST, PITCH);
        for (int line = 0; line < 2 * StemTransforms.POINTS; line++) {
            for (int i = FIRST + line * PITCH; i < FIRST + line * PITCH + COUNT; i++) {
                assertThat(actual[i]).isEqualTo(expected[i]);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, false", "2, true", "3, false", "3, true"})
    void outputs(int rows, boolean withResidual) {
        int pixels = 5;
        int filters = 32;
        float[] m = random(2, FIRST + StemTransforms.POINTS * pixels * filters);
        float[] y = random(3, FIRST + StemTransforms.ROWS * pixels * filters);
        float[] shift = random(4, filters + Tiles.COLUMNS);
        float[] residual = withResidual ? random(5, y.length) : null;
        float[] expected = y.clone();
        Epilogue epilogue = new Epilogue(shift, residual, true);
        scalar.outputs(pixels, filters, rows, m, expected, FIRST, pixels * filters, epilogue);
        vector.outputs(pixels, filters, rows, m, y, FIRST, pixels * filters, epilogue);
        assertThat(y).isEqualTo(expected);
    }
}
