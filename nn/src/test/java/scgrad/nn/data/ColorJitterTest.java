package scgrad.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import scgrad.core.Rng;

/** On an image of 2x2: red, green, blue, and a light grey. */
class ColorJitterTest {
    private static final float[] IMAGE = {1, 0, 0, 0, 1, 0, 0, 0, 1, .8f, .8f, .8f};

    private interface Change {
        void of(float[] image, int offset, int count);
    }

    /** In the middle of a longer array, which must stay as it is. */
    private static float[] changed(Change change) {
        float[] padded = new float[14];
        Arrays.fill(padded, 9);
        System.arraycopy(IMAGE, 0, padded, 1, 12);
        change.of(padded, 1, 12);
        assertThat(padded[0]).isEqualTo(9f);
        assertThat(padded[13]).isEqualTo(9f);
        return Arrays.copyOfRange(padded, 1, 13);
    }

    @Test
    void brightnessScalesAndClips() {
        assertThat(changed((image, offset, count) -> ColorJitter.brightness(image, offset, count, 0.5f)))
                .containsExactly(new float[] {.5f, 0, 0, 0, .5f, 0, 0, 0, .5f, .4f, .4f, .4f}, within(1e-6f));
        assertThat(changed((image, offset, count) -> ColorJitter.brightness(image, offset, count, 1.5f)))
                .containsExactly(new float[] {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1}, within(1e-6f));
    }

    @Test
    void contrastBlendsWithTheMeanGrey() {
        // (.299 + .587 + .114 + .8) / 4 = .45
        assertThat(changed((image, offset, count) -> ColorJitter.contrast(image, offset, count, 3, 0.5f)))
                .containsExactly(
                        new float[] {.725f, .225f, .225f, .225f, .725f, .225f, .225f, .225f, .725f, .625f, .625f, .625f
                        },
                        within(1e-6f));
    }

    @Test
    void saturationBlendsWithEachPixelsGrey() {
        assertThat(changed((image, offset, count) -> ColorJitter.saturation(image, offset, count, 3, 0f)))
                .containsExactly(
                        new float[] {.299f, .299f, .299f, .587f, .587f, .587f, .114f, .114f, .114f, .8f, .8f, .8f},
                        within(1e-6f));
        assertThat(changed((image, offset, count) -> ColorJitter.saturation(image, offset, count, 3, 2f)))
                .containsExactly(IMAGE, within(1e-6f));
    }

    /** Factors found again: brightness alone changes a black and white image's white, contrast its black too. */
    @Test
    void factorsStayWithinTheStrengthAndOrdersVary() {
        Set<String> orders = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            Rng random = Augmentation.stream(0, 0, i).stream(5);
            orders.add(Arrays.toString(Augmentation.stream(0, 0, i).stream(5).permutation(3)));
            float[] grey = {.5f, .5f, .5f};
            new ColorJitter(0.4).apply(grey, 0, 3, 3, random);
            // of one grey pixel only brightness is left to change
            assertThat(grey[0]).isBetween(.3f - 1e-6f, .7f + 1e-6f);
            assertThat(grey[1]).isCloseTo(grey[0], within(1e-6f));
        }
        assertThat(orders).hasSize(6);
    }

    /** As the parts say, one after the other in the drawn order. */
    @Test
    void theThreeAreAppliedInTheDrawnOrder() {
        for (int i = 0; i < 20; i++) {
            Rng random = Augmentation.stream(3, 0, i);
            int[] order = random.permutation(3);
            float[] factors = new float[3];
            for (int k = 0; k < 3; k++) {
                factors[k] = (float) random.uniform(0.6, 1.4);
            }
            float[] expected = IMAGE.clone();
            for (int change : order) {
                if (change == 0) {
                    ColorJitter.brightness(expected, 0, 12, factors[0]);
                } else if (change == 1) {
                    ColorJitter.contrast(expected, 0, 12, 3, factors[1]);
                } else {
                    ColorJitter.saturation(expected, 0, 12, 3, factors[2]);
                }
            }
            float[] actual = IMAGE.clone();
            new ColorJitter(0.4).apply(actual, 0, 12, 3, Augmentation.stream(3, 0, i));
            assertThat(actual).containsExactly(expected, within(1e-6f));
        }
    }
}
