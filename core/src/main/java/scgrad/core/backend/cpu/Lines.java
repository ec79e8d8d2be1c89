package scgrad.core.backend.cpu;

import java.util.Arrays;

/**
 * How {@code rows} pixels of {@code channels} numbers are laid out for {@link NormLoops}: several pixels make a line of {@code width} numbers
 * that fills vectors, and lines make chunks, one work item each. Column k of a line is channel {@code k % channels}. It depends on the
 * geometry alone.
 */
record Lines(int rows, int channels, int width, int chunkLines) {
    /** Narrower lines are doubled: a loop along a line should be long, but each column costs a partial result. */
    private static final int WIDTH = 128;

    private static final int SMALLEST_CHUNK = 32 * 1024;
    private static final int LEAST_LINES = 16;
    /** Longer columns would lose digits of a sum in float. */
    private static final int LARGEST_CHUNK = 128 * 1024;

    private static final int MOST_CHUNKS = 32;

    static Lines of(int rows, int channels) {
        return of(1, rows, channels);
    }

    /** The least width of a line. */
    static int narrow(int channels) {
        int width = Math.max(channels, 1);
        while (width % NormLoops.ALIGNMENT != 0) {
            width *= 2;
        }
        return width;
    }

    /** The layout of each of several images. */
    static Lines of(int images, int rows, int channels) {
        int width = narrow(channels);
        while (2 * width <= WIDTH) {
            width *= 2;
        }
        long share = (long) images * rows * channels / MOST_CHUNKS;
        int chunk = (int) Math.min(Math.max(share, SMALLEST_CHUNK), LARGEST_CHUNK);
        int lines = Math.max((chunk + width - 1) / width, LEAST_LINES);
        return new Lines(rows, channels, width, (lines + 3) / 4 * 4);
    }

    int count() {
        return rows * channels;
    }

    int chunk() {
        return chunkLines * width;
    }

    int chunks() {
        return (count() + chunk() - 1) / chunk();
    }

    /** Where a chunk begins in its array. */
    int start(int item) {
        return CacheLine.FIRST + item * chunk();
    }

    int length(int item) {
        return Math.min(chunk(), count() - item * chunk());
    }

    /** Pixels of a line. */
    int fold() {
        return width / channels;
    }

    /** How many lines of a chunk have a pixel at the given place. */
    int height(int item, int place) {
        return (length(item) / channels - place + fold() - 1) / fold();
    }

    /** Repeats the first {@code channels} numbers along a line. */
    void repeat(float[] values) {
        for (int k = channels; k < width; k++) {
            values[k] = values[k - channels];
        }
    }

    /** Sums the columns of all chunks, in order, for channels from .. to-1. */
    void totals(float[] columns, int from, int to, double[] total) {
        totals(columns, chunks(), from, to, total);
    }

    /** The same for chunks that somebody else has made, so many, with a line of sums each. */
    void totals(float[] columns, int chunks, int from, int to, double[] total) {
        Arrays.fill(total, 0);
        int end = chunks * width;
        for (int at = from; at < end; at += channels) {
            for (int c = 0; c < to - from; c++) {
                total[c] += columns[at + c];
            }
        }
    }
}
