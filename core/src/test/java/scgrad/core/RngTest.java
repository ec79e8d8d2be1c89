package scgrad.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import scgrad.core.array.SplitMix;

/** The random streams: reproducible for ever, independent of each other, and uniform. */
class RngTest {
    @Test
    void splitMixHasItsPublishedValues() {
        // the first outputs of SplitMix64 from state 0 (Vigna's splitmix64.c, java.util.SplittableRandom)
        Rng rng = Rng.restore(0);
        assertThat(new long[] {rng.nextLong(), rng.nextLong(), rng.nextLong()})
                .containsExactly(0xE220A8397B1DCDAFL, 0x6E789E6AA1B965F4L, 0x06C45D188009454FL);
        assertThat(SplitMix.mix(SplitMix.GAMMA)).isEqualTo(0xE220A8397B1DCDAFL);
    }

    @Test
    void goldenValues() {
        // whoever changes these changes every published run
        Rng rng = Rng.of(42).stream("init");
        assertThat(rng.nextLong()).isEqualTo(7560351844923566755L);
        assertThat(rng.nextDouble()).isEqualTo(0.6222757268444351);
        assertThat(rng.nextInt(1000)).isEqualTo(869);
        assertThat(rng.nextGaussian()).isEqualTo(-0.878531793649644);
        assertThat(Rng.of(42).stream("shuffle").stream(3).permutation(8)).containsExactly(1, 6, 5, 2, 4, 7, 3, 0);
    }

    @Test
    void aStreamDoesNotDependOnWhatWasDrawnBefore() {
        Rng fresh = Rng.of(1);
        Rng used = Rng.of(1);
        long expected = fresh.stream("init").nextLong();
        used.stream("shuffle").nextGaussian();
        assertThat(used.stream("init").nextLong()).isEqualTo(expected);
        assertThat(used.state()).isEqualTo(fresh.state());
    }

    @Test
    void streamsDiffer() {
        Rng root = Rng.of(1);
        assertThat(IntStream.range(0, 1000)
                        .mapToLong(i -> root.stream(i).nextLong())
                        .distinct()
                        .count())
                .isEqualTo(1000);
        assertThat(root.stream("init").nextLong())
                .isNotEqualTo(root.stream("shuffle").nextLong())
                .isNotEqualTo(Rng.of(2).stream("init").nextLong());
    }

    @Test
    void aStateThatWasKeptGoesOn() {
        Rng rng = Rng.of(3);
        rng.nextGaussian();
        Rng restored = Rng.restore(rng.state());
        assertThat(restored.nextGaussian()).isEqualTo(rng.nextGaussian());
    }

    @Test
    void uniformNumbersAreUniform() {
        Rng rng = Rng.of(4);
        int[] counts = new int[64];
        int draws = 640_000;
        for (int i = 0; i < draws; i++) {
            counts[rng.nextInt(64)]++;
        }
        // chi squared with 63 degrees of freedom: mean 63, deviation 11
        double expected = draws / 64.0;
        double chi = IntStream.of(counts)
                .mapToDouble(count -> (count - expected) * (count - expected) / expected)
                .sum();
        assertThat(chi).isBetween(25.0, 120.0);
    }

    @Test
    void neighbouringStreamsAreNotCorrelated() {
        Rng root = Rng.of(5);
        double product = 0;
        int count = 20_000;
        for (int i = 0; i < count; i++) {
            product += (root.stream(i).nextDouble() - 0.5) * (root.stream(i + 1).nextDouble() - 0.5);
        }
        // the deviation of the mean is 1 / (12 sqrt(count))
        assertThat(product / count).isCloseTo(0, within(4 / (12 * Math.sqrt(count))));
    }

    @Test
    void gaussianNumbersHaveTheirMoments() {
        Rng rng = Rng.of(6);
        int count = 200_000;
        double sum = 0;
        double squares = 0;
        double fourth = 0;
        for (int i = 0; i < count; i++) {
            double x = rng.nextGaussian();
            sum += x;
            squares += x * x;
            fourth += x * x * x * x;
        }
        assertThat(sum / count).isCloseTo(0, within(0.01));
        assertThat(squares / count).isCloseTo(1, within(0.015));
        assertThat(fourth / count).isCloseTo(3, within(0.1));
    }

    @Test
    void aPermutationHasEveryNumberOnce() {
        int[] order = Rng.of(7).permutation(1000);
        assertThat(IntStream.of(order).sorted().toArray())
                .isEqualTo(IntStream.range(0, 1000).toArray());
        assertThat(order).isNotEqualTo(IntStream.range(0, 1000).toArray());
    }

    @Test
    void boundsAreKept() {
        Rng rng = Rng.of(8);
        for (int i = 0; i < 10_000; i++) {
            assertThat(rng.uniform(-2, 3)).isGreaterThanOrEqualTo(-2).isLessThan(3);
            assertThat(rng.nextInt(3)).isBetween(0, 2);
        }
        assertThatThrownBy(() -> rng.nextInt(0)).hasMessage("rng: bound 0 must be positive");
    }
}
