package scgrad.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class NormalizationTest {
    @Test
    void eachChannelHasItsOwnMeanAndDeviation() {
        float[] image = {9, .5f, .5f, .5f, 1, 0, .25f, 9};
        Normalization.of("cifar10").apply(image, 1, 6);
        float[] expected = {
            9,
            (.5f - .4914f) / .2470f,
            (.5f - .4822f) / .2435f,
            (.5f - .4465f) / .2616f,
            (1 - .4914f) / .2470f,
            -.4822f / .2435f,
            (.25f - .4465f) / .2616f,
            9
        };
        assertThat(image).containsExactly(expected, within(1e-6f));
        Normalization.of("cifar10").undo(image, 1, 6);
        assertThat(image).containsExactly(new float[] {9, .5f, .5f, .5f, 1, 0, .25f, 9}, within(1e-6f));
    }

    @Test
    void unknownNameListsTheNames() {
        assertThatThrownBy(() -> Normalization.of("cifar"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'cifar'")
                .hasMessageContaining("none, context, cifar10, cifar100, imagenet");
    }

    @Test
    void badFiguresAreRefused() {
        assertThatThrownBy(() -> new Normalization("mine", new float[] {0}, new float[] {0}))
                .hasMessageContaining("deviation 0.0");
        assertThatThrownBy(() -> new Normalization("mine", new float[] {0, 0}, new float[] {1}))
                .hasMessageContaining("2 means and 1 deviations");
    }

    @Test
    void equalByValue() {
        Normalization same = new Normalization("a", new float[] {1}, new float[] {2});
        assertThat(same)
                .isEqualTo(new Normalization("a", new float[] {1}, new float[] {2}))
                .hasSameHashCodeAs(new Normalization("a", new float[] {1}, new float[] {2}))
                .isNotEqualTo(new Normalization("a", new float[] {1}, new float[] {3}));
    }
}
