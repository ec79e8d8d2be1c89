package scgrad.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RandomResizedCropTest {
    private static final int COUNT = 4000;

    private static Box draw(double least, int index, int height, int width) {
        return new RandomResizedCrop(least, Augmentation.stream(1, 0, index)).of(height, width);
    }

    /** In a large image nearly every first try fits, so area and logarithm of the aspect are as uniform as they are drawn. */
    @Test
    void areaAndAspectAreDrawnUniformly() {
        int side = 1000;
        int[] areas = new int[4];
        int[] aspects = new int[4];
        for (int i = 0; i < COUNT; i++) {
            Box box = draw(0.08, i, side, side);
            assertThat(box.top() + box.height()).isLessThanOrEqualTo(side);
            assertThat(box.left() + box.width()).isLessThanOrEqualTo(side);
            double area = (double) box.height() * box.width() / (side * side);
            double aspect = (double) box.width() / box.height();
            assertThat(area).isBetween(0.079, 1.0);
            assertThat(aspect).isBetween(0.748, 1.337);
            if (area < 0.7) {
                // beyond it wide and high boxes do not fit, and are drawn again
                areas[(int) Math.clamp((area - 0.08) / (0.7 - 0.08) * 4, 0, 3)]++;
                double place = Math.log(aspect * 4 / 3) / Math.log(16 / 9.0);
                aspects[(int) Math.clamp(place * 4, 0, 3)]++;
            }
        }
        int sum = areas[0] + areas[1] + areas[2] + areas[3];
        // up to .75 every aspect fits; beyond, the part log(1/area) / log(4/3) of them: .119 of the .25, as an integral
        assertThat(1 - (double) sum / COUNT).isCloseTo((.05 + .119) / (.67 + .119), within(0.02));
        for (int i = 0; i < 4; i++) {
            assertThat((double) areas[i] / sum).as("area, quarter " + i).isCloseTo(0.25, within(0.03));
            assertThat((double) aspects[i] / sum).as("aspect, quarter " + i).isCloseTo(0.25, within(0.03));
        }
    }

    @Test
    void everyPlaceOccurs() {
        Set<Integer> tops = new HashSet<>();
        Set<Integer> lefts = new HashSet<>();
        for (int i = 0; i < COUNT; i++) {
            Box box = draw(0.08, i, 8, 8);
            if (box.height() == 4 && box.width() == 4) {
                tops.add(box.top());
                lefts.add(box.left());
            }
        }
        assertThat(tops).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
        assertThat(lefts).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
    }

    @Test
    void theSameSampleHasTheSameCropHoweverOftenItIsAsked() {
        RandomResizedCrop crop = new RandomResizedCrop(0.08, Augmentation.stream(1, 2, 3));
        Box first = crop.of(300, 400);
        assertThat(crop.of(300, 400)).isEqualTo(first);
        assertThat(new RandomResizedCrop(0.08, Augmentation.stream(1, 2, 3)).of(300, 400))
                .isEqualTo(first);
        assertThat(new RandomResizedCrop(0.08, Augmentation.stream(1, 3, 3)).of(300, 400))
                .isNotEqualTo(first);
    }

    @Test
    void whatNoTryFitsIsTakenFromTheMiddle() {
        // the whole area of a narrow image in an allowed aspect would stick out
        assertThat(draw(1, 0, 300, 100)).isEqualTo(new Box(83, 0, 133, 100));
        assertThat(draw(1, 0, 90, 300)).isEqualTo(new Box(0, 90, 90, 120));
        assertThat(draw(0.08, 0, 1, 1)).isEqualTo(new Box(0, 0, 1, 1));
    }

    /** A data set of one size takes the part from its own images: here the ramp along a row, twice as wide. */
    @Test
    void anImageOfOneSizeIsCutAndEnlarged() {
        CountingDataset dataset = new CountingDataset(3, 8, 8, 1);
        float[] into = new float[dataset.imageLength() + 1];
        dataset.image(2, (height, width) -> new Box(2, 3, 4, 4), into, 1);
        assertThat(into[0]).isZero();
        for (int x = 1; x < 7; x++) {
            // target pixel centres lie a quarter of a source pixel beside the source's
            float expected = CountingDataset.value(2, 2, 3, 1) + ((x + .5f) / 2 - .5f) / 4096;
            assertThat(into[1 + x * 3 + 1]).isCloseTo(expected, within(2e-6f));
        }
        float[] same = new float[dataset.imageLength()];
        Subset subset = new Subset(dataset, java.util.List.of(2));
        subset.image(0, (height, width) -> new Box(2, 3, 4, 4), same, 0);
        assertThat(into).containsSequence(same);
    }
}
