package scgrad.experiments.study;

import java.util.Arrays;
import org.apache.commons.math3.distribution.TDistribution;
import scgrad.core.Rng;

/**
 * The mean difference of two variants over the seeds that both were trained from, with its 95 % intervals: Student's t of the differences, and
 * the percentiles of resampled means (Efron, 1979). A pair shares its seed, so first weights of equal layers, the order of the images and
 * their augmentation are the same, and what they do to the result cancels.
 *
 * @param seeds how many pairs
 * @param low of the t interval; NaN for one pair, as is {@code high}
 * @param resampledLow of the bootstrap interval, which few seeds make too narrow; NaN for fewer than three
 */
record PairedDifference(int seeds, double mean, double low, double high, double resampledLow, double resampledHigh) {
    private static final double CONFIDENCE = 0.95;
    private static final int RESAMPLES = 10_000;
    /** Two values can only be resampled to an interval between them. */
    private static final int LEAST_RESAMPLED = 3;

    /** {@code differences[i]} belongs to the i-th common seed. */
    static PairedDifference of(double... differences) {
        Sample sample = new Sample(differences);
        int count = sample.size();
        double mean = sample.mean();
        if (count < 2) {
            return new PairedDifference(count, mean, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
        }
        double quantile = new TDistribution(null, count - 1).inverseCumulativeProbability((1 + CONFIDENCE) / 2);
        double reach = quantile * sample.deviation() / Math.sqrt(count);
        if (count < LEAST_RESAMPLED) {
            return new PairedDifference(count, mean, mean - reach, mean + reach, Double.NaN, Double.NaN);
        }
        double[] means = resampledMeans(differences);
        return new PairedDifference(
                count,
                mean,
                mean - reach,
                mean + reach,
                percentile(means, (1 - CONFIDENCE) / 2),
                percentile(means, (1 + CONFIDENCE) / 2));
    }

    private static double[] resampledMeans(double[] differences) {
        Rng rng = Rng.of(0).stream("bootstrap");
        double[] means = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            double sum = 0;
            for (int k = 0; k < differences.length; k++) {
                sum += differences[rng.nextInt(differences.length)];
            }
            means[i] = sum / differences.length;
        }
        Arrays.sort(means);
        return means;
    }

    private static double percentile(double[] sorted, double share) {
        return sorted[(int) Math.round(share * (sorted.length - 1))];
    }

    /** Whether the t interval leaves open which of the two is better; one pair always does. */
    boolean withinNoise() {
        return !(low > 0 || high < 0);
    }
}
