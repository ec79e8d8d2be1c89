package scgrad.experiments.study;

import java.util.List;
import scgrad.experiments.run.Metrics;

/**
 * What a variant came to over its seeds.
 *
 * @param parameters learnable numbers
 * @param multiplyAccumulates of one image
 * @param seeds the seeds whose runs are complete
 * @param runs the epochs of each of those
 */
record Outcome(
        Study.Variant variant, long parameters, long multiplyAccumulates, List<Long> seeds, List<List<Metrics>> runs) {

    /** Test accuracy after the last epoch, seed by seed, in percent. */
    double[] accuracies() {
        return runs.stream()
                .mapToDouble(run -> 100 * run.get(run.size() - 1).accuracy())
                .toArray();
    }

    double mean() {
        return java.util.Arrays.stream(accuracies()).average().orElse(Double.NaN);
    }

    /** Sample standard deviation over the seeds; NaN for one seed. */
    double deviation() {
        double[] values = accuracies();
        if (values.length < 2) {
            return Double.NaN;
        }
        double mean = mean();
        double sum = 0;
        for (double value : values) {
            sum += (value - mean) * (value - mean);
        }
        return Math.sqrt(sum / (values.length - 1));
    }

    /** The standard error that counting so many test images has by itself, in percent. */
    double countingError() {
        int images = runs.get(0).get(0).testImages();
        double share = mean() / 100;
        return 100 * Math.sqrt(share * (1 - share) / images / runs.size());
    }
}
