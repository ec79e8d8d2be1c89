package scgrad.core.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With and without vectors the passes of {@link GroupTransforms} give the same bits. */
class GroupTransformsTest {
    private static final int FIRST = CacheLine.FIRST;
    private static final int SLICE = GroupLoops.SLICE;
    private static final int PATCH = AdjointTransforms.PATCH;
    private static final int TILES = 3;
    private static final int PIXELS = TILES * Transforms.TILE + PATCH - Transforms.TILE;
    private static final int PITCH = PIXELS * SLICE;

    private final GroupTransforms vector = new VectorGroupTransforms();
    private final GroupTransforms scalar = new ScalarGroupTransforms();

    private static float[] random(int seed, int length) {
        Random random = new Random(seed);
        float[] values = new float[FIRST + length];
        for (int i = FIRST; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 8, 16})
    void aLine(int perGroup) {
        float[] kernel = random(1, PATCH * GroupTransforms.ROTATIONS * SLICE);
        for (boolean accumulate : new boolean[] {false, true}) {
            float[] expected = random(2, PITCH);
            float[] actual = expected.clone();
            scalar.line(TILES, perGroup, random(3, PITCH), FIRST, kernel, FIRST, accumulate, expected, FIRST);
            vector.line(TILES, perGroup, random(3, PITCH), FIRST, kernel, FIRST, accumulate, actual, FIRST);
            assertThat(actual).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 8, 16})
    void aLineInPlace(int perGroup) {
        float[] kernel = random(1, PATCH * GroupTransforms.ROTATIONS * SLICE);
        float[] apart = new float[FIRST + PITCH];
        scalar.line(TILES, perGroup, random(3, PITCH), FIRST, kernel, FIRST, false, apart, FIRST);
        for (GroupTransforms transforms : new GroupTransforms[] {scalar, vector}) {
            float[] line = random(3, PITCH);
            transforms.line(TILES, perGroup, line, FIRST, kernel, FIRST, false, line, FIRST);
            for (int i = FIRST; i < FIRST + TILES * Transforms.TILE * SLICE; i++) {
                assertThat(line[i]).isEqualTo(apart[i]);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16})
    void aRotation(int perGroup) {
        float[] expected = random(4, PITCH);
        float[] actual = expected.clone();
        scalar.rotate(PIXELS, perGroup, expected, FIRST);
        vector.rotate(PIXELS, perGroup, actual, FIRST);
        assertThat(actual).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void inputs(boolean inPlace) {
        float[] x = random(5, PATCH * PITCH);
        float[] expected = inPlace ? x : new float[x.length];
        float[] y = x.clone();
        float[] actual = inPlace ? y : new float[x.length];
        scalar.inputs(PIXELS, x, FIRST, PITCH, SLICE, expected, FIRST, PITCH);
        vector.inputs(PIXELS, y, FIRST, PITCH, SLICE, actual, FIRST, PITCH);
        assertThat(actual).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void outputs(int rows) {
        float[] lines = random(6, PATCH * PITCH);
        float[] expected = random(7, Transforms.TILE * PIXELS * 2 * SLICE);
        float[] actual = expected.clone();
        scalar.outputs(PIXELS, rows, lines.clone(), FIRST, PITCH, expected, FIRST, 2 * PITCH, 2 * SLICE);
        vector.outputs(PIXELS, rows, lines, FIRST, PITCH, actual, FIRST, 2 * PITCH, 2 * SLICE);
        assertThat(actual).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void upstream(boolean inPlace) {
        float[] dy = random(8, PATCH * PITCH);
        float[] expected = inPlace ? dy : new float[dy.length];
        float[] y = dy.clone();
        float[] actual = inPlace ? y : new float[dy.length];
        scalar.upstream(PIXELS, dy, FIRST, PITCH, SLICE, expected, FIRST, PITCH);
        vector.upstream(PIXELS, y, FIRST, PITCH, SLICE, actual, FIRST, PITCH);
        assertThat(actual).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 8, 16})
    void aLinesGradient(int perGroup) {
        float[] expected = random(9, PATCH * GroupTransforms.ROTATIONS * SLICE);
        float[] actual = expected.clone();
        scalar.lineGradient(TILES, perGroup, random(3, PITCH), FIRST, random(4, PITCH), FIRST, expected, FIRST);
        vector.lineGradient(TILES, perGroup, random(3, PITCH), FIRST, random(4, PITCH), FIRST, actual, FIRST);
        assertThat(actual).isEqualTo(expected);
    }
}
