package scgrad.scnet;

import scgrad.core.array.Resampling;

/**
 * One number for each place of an image or of a smaller map.
 *
 * @param values {@code [height, width]}, row by row
 */
public record HeatMap(int height, int width, double[] values) {
    public HeatMap {
        if (height < 1 || width < 1 || values.length != height * width) {
            throw new IllegalArgumentException(
                    "heat map: " + height + "x" + width + " places do not fit " + values.length + " values");
        }
    }

    public double at(int y, int x) {
        return values[y * width + x];
    }

    public double least() {
        return java.util.Arrays.stream(values).min().orElseThrow();
    }

    public double greatest() {
        return java.util.Arrays.stream(values).max().orElseThrow();
    }

    /** The same map over more or fewer places. */
    public HeatMap resized(Resampling.Mode mode, int toHeight, int toWidth) {
        Resampling rows = Resampling.of(mode, height, toHeight);
        Resampling columns = Resampling.of(mode, width, toWidth);
        double[] resized = new double[toHeight * toWidth];
        for (int y = 0; y < toHeight; y++) {
            for (int x = 0; x < toWidth; x++) {
                double upper = between(columns, x, rows.low()[y]);
                double lower = between(columns, x, rows.high()[y]);
                resized[y * toWidth + x] = upper + rows.weight()[y] * (lower - upper);
            }
        }
        return new HeatMap(toHeight, toWidth, resized);
    }

    private double between(Resampling columns, int x, int row) {
        double left = at(row, columns.low()[x]);
        return left + columns.weight()[x] * (at(row, columns.high()[x]) - left);
    }
}
