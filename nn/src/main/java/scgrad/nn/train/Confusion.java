package scgrad.nn.train;

import java.util.Arrays;

/** How often an image of one class was taken for another: {@code counts[true class][predicted class]}. */
public record Confusion(int[][] counts) {
    static Confusion of(int classes) {
        return new Confusion(new int[classes][classes]);
    }

    void add(int label, int predicted) {
        counts[label][predicted]++;
    }

    public int classes() {
        return counts.length;
    }

    /** All images. */
    public int images() {
        return Arrays.stream(counts).mapToInt(row -> Arrays.stream(row).sum()).sum();
    }

    /** Images that were taken for what they are. */
    public int correct() {
        int sum = 0;
        for (int label = 0; label < counts.length; label++) {
            sum += counts[label][label];
        }
        return sum;
    }

    /** The share of a class's images that are right; NaN for a class without images. */
    public double accuracy(int label) {
        int images = Arrays.stream(counts[label]).sum();
        return images == 0 ? Double.NaN : (double) counts[label][label] / images;
    }

    /** Both together: several trainings on the same images. */
    public Confusion plus(Confusion other) {
        int[][] sum = new int[counts.length][];
        for (int label = 0; label < sum.length; label++) {
            sum[label] = counts[label].clone();
            for (int predicted = 0; predicted < sum.length; predicted++) {
                sum[label][predicted] += other.counts[label][predicted];
            }
        }
        return new Confusion(sum);
    }

    // A record compares arrays by identity; two equal tables are equal.
    @Override
    public boolean equals(Object other) {
        return other instanceof Confusion that && Arrays.deepEquals(counts, that.counts);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(counts);
    }

    @Override
    public String toString() {
        return Arrays.deepToString(counts);
    }
}
