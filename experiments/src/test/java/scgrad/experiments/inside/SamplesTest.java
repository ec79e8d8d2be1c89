package scgrad.experiments.inside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.experiments.data.Datasets;
import scgrad.nn.data.Dataset;
import scgrad.nn.data.Normalization;

class SamplesTest {
    private static final Dataset CONTEXT = context();
    private static final Normalization NORMALIZATION = Normalization.of("context");

    private static Dataset context() {
        try {
            return Datasets.open(Datasets.Choice.of("context").sized(16).limited(10, 60))
                    .test();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void everyClassComesOnceBeforeAnyComesTwice() {
        Samples samples = Samples.draw(CONTEXT, NORMALIZATION, 20, 3);
        assertThat(IntStream.range(0, 20).map(samples::label))
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(samples.indices()).doesNotHaveDuplicates();
    }

    @Test
    void theSeedDrawsTheImages() {
        List<Integer> drawn = Samples.draw(CONTEXT, NORMALIZATION, 10, 3).indices();
        assertThat(drawn)
                .isEqualTo(Samples.draw(CONTEXT, NORMALIZATION, 10, 3).indices())
                .isNotEqualTo(Samples.draw(CONTEXT, NORMALIZATION, 10, 4).indices());
    }

    @Test
    void networksSeeNormalizedImagesInOrderAndInBatches() {
        Backend cpu = Backends.open("cpu", 1);
        Samples samples = new Samples(
                CONTEXT, NORMALIZATION, IntStream.range(7, 30).boxed().toList());
        List<float[]> batches = samples.look(cpu, (images, labels) -> {
            assertThat(labels).hasSize(images.shape().size(0));
            return images.toFloats();
        });
        float[] last = new float[CONTEXT.imageLength()];
        CONTEXT.image(29, last, 0);
        NORMALIZATION.apply(last, 0, last.length);
        assertThat(batches).hasSize(2);
        assertThat(batches.get(1)).hasSize(7 * last.length).endsWith(last);
    }

    @Test
    void moreImagesThanThereAreAreAllOfThem() {
        assertThat(Samples.draw(CONTEXT, NORMALIZATION, 61, 0).indices())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 60).boxed().toList());
        assertThatThrownBy(() -> Samples.draw(CONTEXT, NORMALIZATION, 0, 0)).hasMessageContaining("expected 1 or more");
    }
}
