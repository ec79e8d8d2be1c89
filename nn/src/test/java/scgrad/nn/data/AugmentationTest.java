package scgrad.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import scgrad.core.Rng;

class AugmentationTest {
    private static final int SIDE = 8;
    private static final Normalization PLAIN = Normalization.of("none");

    private static float[] placed(Augmentation augmentation, Normalization normalization, long seed) {
        float[] raw = new float[SIDE * SIDE * 3];
        new CountingDataset(1, SIDE, SIDE, 1).image(0, raw, 0);
        float[] into = new float[raw.length + 2];
        into[0] = -7;
        into[into.length - 1] = -7;
        augmentation.place(raw, SIDE, SIDE, normalization, Augmentation.stream(seed, 0, 0), into, 1);
        assertThat(into[0]).isEqualTo(-7f);
        assertThat(into[into.length - 1]).isEqualTo(-7f);
        return Arrays.copyOfRange(into, 1, into.length - 1);
    }

    /** What the image would be with this shift and mirroring, written as the definition says: pixel by pixel. */
    private static float[] expected(int down, int right, boolean mirrored) {
        float[] image = new float[SIDE * SIDE * 3];
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                int fromY = y + down;
                int fromX = (mirrored ? SIDE - 1 - x : x) + right;
                boolean inside = fromY >= 0 && fromY < SIDE && fromX >= 0 && fromX < SIDE;
                for (int c = 0; c < 3; c++) {
                    image[(y * SIDE + x) * 3 + c] = inside ? CountingDataset.value(0, fromY, fromX, c) : 0;
                }
            }
        }
        return image;
    }

    private static String match(float[] image, int padding) {
        for (int down = -padding; down <= padding; down++) {
            for (int right = -padding; right <= padding; right++) {
                for (boolean mirrored : new boolean[] {false, true}) {
                    if (Arrays.equals(image, expected(down, right, mirrored))) {
                        return down + "," + right + "," + mirrored;
                    }
                }
            }
        }
        return "none";
    }

    @Test
    void everyShiftAndMirroringOccursAndNothingElse() {
        Set<String> seen = new HashSet<>();
        for (int seed = 0; seed < 1000; seed++) {
            seen.add(match(placed(new Augmentation(2, true, 0, 0, 0), PLAIN, seed), 2));
        }
        assertThat(seen).hasSize(5 * 5 * 2).doesNotContain("none");
    }

    @Test
    void aCropWiderThanTheImageMayLeaveItBlack() {
        Set<String> seen = new HashSet<>();
        for (int seed = 0; seed < 300; seed++) {
            String found = match(placed(new Augmentation(12, false, 0, 0, 0), PLAIN, seed), 12);
            assertThat(found).isNotEqualTo("none");
            seen.add(found);
        }
        assertThat(seen).hasSizeGreaterThan(50);
    }

    @Test
    void paddingIsBlackBeforeNormalisation() {
        Normalization cifar = Normalization.of("cifar10");
        boolean padded = false;
        for (int seed = 0; seed < 10; seed++) {
            float[] normalised = placed(new Augmentation(2, false, 0, 0, 0), cifar, seed);
            float[] raw = placed(new Augmentation(2, false, 0, 0, 0), PLAIN, seed);
            for (int i = 0; i < raw.length; i++) {
                int c = i % 3;
                assertThat(normalised[i]).isCloseTo((raw[i] - cifar.mean()[c]) / cifar.deviation()[c], within(1e-5f));
                padded |= raw[i] == 0;
            }
        }
        assertThat(padded).isTrue();
    }

    @Test
    void cutoutZeroesOneSquareAfterNormalisation() {
        Normalization shifted = new Normalization("s", new float[] {-1, -1, -1}, new float[] {1, 1, 1});
        Set<Integer> areas = new HashSet<>();
        for (int seed = 0; seed < 300; seed++) {
            float[] image = placed(new Augmentation(0, false, 4, 0, 0), shifted, seed);
            int zeros = 0;
            for (float value : image) {
                zeros += value == 0 ? 1 : 0;
            }
            areas.add(zeros / 3);
        }
        // Whole squares, and those that the edges clip to 2 or 3 rows or columns (the centre stays inside).
        assertThat(areas).contains(16, 12, 8, 4).allMatch(area -> area >= 4 && area <= 16);
    }

    @Test
    void oneKindOfChangeLeavesTheOthersAsTheyWere() {
        for (int seed = 0; seed < 50; seed++) {
            String alone = match(placed(new Augmentation(2, true, 0, 0, 0), PLAIN, seed), 2);
            String cropOnly = match(placed(new Augmentation(2, false, 0, 0, 0), PLAIN, seed), 2);
            assertThat(alone).startsWith(cropOnly.substring(0, cropOnly.lastIndexOf(',')));
            float[] cut = placed(new Augmentation(2, true, 3, 0, 0), PLAIN, seed);
            float[] whole = placed(new Augmentation(2, true, 0, 0, 0), PLAIN, seed);
            for (int i = 0; i < cut.length; i++) {
                assertThat(cut[i] == whole[i] || cut[i] == 0).isTrue();
            }
        }
    }

    @Test
    void betaHasItsMeanAndVariance() {
        for (double alpha : new double[] {0.01, 0.2, 1, 4}) {
            Rng random = Rng.of(5).stream("beta");
            int count = 40_000;
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < count; i++) {
                double value = Mix.beta(alpha, random);
                assertThat(value).isBetween(0.0, 1.0);
                sum += value;
                squares += (value - 0.5) * (value - 0.5);
            }
            assertThat(sum / count).isCloseTo(0.5, within(0.01));
            assertThat(squares / count).isCloseTo(1 / (4 * (2 * alpha + 1)), within(0.004));
        }
    }

    @Test
    void presetsAndRefusals() {
        assertThat(Augmentation.of("standard")).isEqualTo(new Augmentation(4, true, 0, 0, 0));
        assertThat(Augmentation.of("none")).isEqualTo(Augmentation.none());
        assertThatThrownBy(() -> Augmentation.of("strong")).hasMessageContaining("none, standard");
        assertThatThrownBy(() -> new Augmentation(-1, false, 0, 0, 0)).hasMessageContaining("crop -1");
        assertThatThrownBy(() -> new Augmentation(0, false, 0, Double.NaN, 0)).hasMessageContaining("mixup NaN");
        assertThatThrownBy(() -> new Augmentation(0, false, 0, 0, 0, 8, 0)).hasMessageContaining("resized crop 8.0");
        assertThatThrownBy(() -> new Augmentation(0, false, 0, 0, 0, 0, -1)).hasMessageContaining("jitter -1.0");
    }
}
