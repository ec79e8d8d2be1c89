package scgrad.experiments.study;

import java.util.Arrays;

/** Values of one quantity from several seeds. */
record Sample(double... values) {
    int size() {
        return values.length;
    }

    double mean() {
        return Arrays.stream(values).average().orElse(Double.NaN);
    }

    /** Standard deviation over the seeds, with n - 1; NaN for one value. */
    double deviation() {
        if (values.length < 2) {
            return Double.NaN;
        }
        double mean = mean();
        double squares = Arrays.stream(values)
                .map(value -> (value - mean) * (value - mean))
                .sum();
        return Math.sqrt(squares / (values.length - 1));
    }
}
