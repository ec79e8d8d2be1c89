package scgrad.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** The intervals, against figures by hand and from tables. */
class PairedDifferenceTest {
    @Test
    void studentsIntervalOfThreePairs() {
        // mean 2, deviation 1, t(0.975; 2) = 4.30265
        PairedDifference difference = PairedDifference.of(1, 2, 3);
        assertThat(difference.mean()).isEqualTo(2);
        assertThat(difference.high() - difference.mean()).isCloseTo(4.30265 / Math.sqrt(3), within(1e-4));
        assertThat(difference.mean() - difference.low()).isCloseTo(4.30265 / Math.sqrt(3), within(1e-4));
        assertThat(difference.withinNoise()).isTrue();
        assertThat(PairedDifference.of(2.9, 3, 3.1).withinNoise()).isFalse();
        assertThat(PairedDifference.of(-2.9, -3, -3.1).withinNoise()).isFalse();
    }

    @Test
    void resampledMeansStayBetweenTheValues() {
        PairedDifference difference = PairedDifference.of(1, 2, 3);
        // of 27 equally likely resamples one in 27 is all 1 and one all 3: above 2.5 %
        assertThat(difference.resampledLow()).isEqualTo(1);
        assertThat(difference.resampledHigh()).isEqualTo(3);
        double[] many = new double[100];
        for (int i = 0; i < many.length; i++) {
            many[i] = i % 2;
        }
        PairedDifference half = PairedDifference.of(many);
        // the deviation of a mean of 100 coins is 0.05
        assertThat(half.resampledLow()).isCloseTo(0.5 - 1.96 * 0.05, within(0.015));
        assertThat(half.resampledHigh()).isCloseTo(0.5 + 1.96 * 0.05, within(0.015));
    }

    @Test
    void theSameDataGiveTheSameIntervals() {
        assertThat(PairedDifference.of(0.3, -0.1, 0.7)).isEqualTo(PairedDifference.of(0.3, -0.1, 0.7));
    }

    @Test
    void onePairSaysNothingAboutNoise() {
        assertThat(PairedDifference.of(7).withinNoise()).isTrue();
        assertThat(PairedDifference.of(7).low()).isNaN();
    }

    @Test
    void deviationOfASample() {
        assertThat(new Sample(2, 4, 4, 4, 5, 5, 7, 9).deviation()).isCloseTo(Math.sqrt(32.0 / 7), within(1e-12));
        assertThat(new Sample(3).deviation()).isNaN();
    }

    @Test
    void twoSeedsAreNotResampled() {
        PairedDifference two = PairedDifference.of(-4, -3);
        assertThat(two.withinNoise()).isTrue();
        assertThat(two.resampledLow()).isNaN();
        assertThat(PairedDifference.of(-4, -3, -2).resampledLow()).isBetween(-4.0, -3.0);
    }
}
