package scgrad.core.backend.cpu;

import java.util.Arrays;
import scgrad.core.array.Binary;
import scgrad.core.array.Resampling;
import scgrad.core.array.Shape;
import scgrad.core.array.Windows;

/**
 * Pooling, interpolation and the calibration gate. Forward passes are shared out by output row and gradients by input row: no two items
 * write the same numbers, a single image is enough for all threads, and a gradient is gathered in the order of the output rows.
 */
final class Pooling {
    // slots of scratch memory: a row of pixels, and a row of the gate's arguments
    private static final int ROW = 5;
    private static final int ARGUMENT = 14;

    /** Least numbers of a work item. */
    private static final int ITEM = 4 * 1024;

    /** Numbers in a band of input rows; windows that reach into two bands are compared in both. */
    private static final int BAND = 64 * 1024;

    private final Threads threads;
    private final Loops loops;
    private final PixelLoops pixels;
    private final Scratch scratch;

    Pooling(Threads threads, Loops loops, Scratch scratch) {
        this.threads = threads;
        this.loops = loops;
        this.pixels = loops.pixels();
        this.scratch = scratch;
    }

    private interface Row {
        void run(int row, int worker);
    }

    /** Shares out rows; short ones by several, because taking a work item costs as much as a hundred numbers. */
    private void eachRow(int rows, int length, Row body) {
        int group = Math.max(ITEM / Math.max(length, 1), 1);
        threads.run((rows + group - 1) / group, (item, worker) -> {
            int end = Math.min((item + 1) * group, rows);
            for (int row = item * group; row < end; row++) {
                body.run(row, worker);
            }
        });
    }

    private static int rowLength(Shape shape) {
        return shape.size(2) * shape.size(3);
    }

    /** Where a row of an image begins. */
    private static int row(Shape shape, int n, int h) {
        return CacheLine.FIRST + (n * shape.size(1) + h) * rowLength(shape);
    }

    void average(Windows rows, Windows columns, Shape shape, float[] x, float[] y) {
        int channels = shape.channels();
        int length = rowLength(shape);
        eachRow(shape.size(0) * rows.outputs(), length, (item, worker) -> {
            int i = item % rows.outputs();
            int first = row(shape, item / rows.outputs(), rows.start()[i]);
            int count = rows.end()[i] - rows.start()[i];
            float[] sum = scratch.floats(worker, ROW, length);
            pixels.sumRows(x, first, length, count, sum, 0, length);
            pixels.averagePixels(
                    sum,
                    0,
                    columns.start(),
                    columns.end(),
                    columns.divisor(),
                    rows.divisor()[i],
                    channels,
                    y,
                    CacheLine.FIRST + item * columns.outputs() * channels);
        });
    }

    void averageGradient(Windows rows, Windows columns, Shape shape, float[] dy, float[] dx, boolean accumulate) {
        int channels = shape.channels();
        int length = rowLength(shape);
        eachRow(shape.size(0) * shape.size(1), length, (item, worker) -> {
            int n = item / shape.size(1);
            int h = item % shape.size(1);
            int to = CacheLine.FIRST + item * length;
            if (!accumulate) {
                Arrays.fill(dx, to, to + length, 0);
            }
            for (int i = 0; i < rows.outputs(); i++) {
                if (rows.start()[i] <= h && h < rows.end()[i]) {
                    pixels.spreadPixels(
                            dy,
                            CacheLine.FIRST + (n * rows.outputs() + i) * columns.outputs() * channels,
                            columns.start(),
                            columns.end(),
                            columns.divisor(),
                            rows.divisor()[i],
                            channels,
                            dx,
                            to);
                }
            }
        });
    }

    void max(Windows rows, Windows columns, Shape shape, float[] x, float[] y) {
        int channels = shape.channels();
        int length = rowLength(shape);
        eachRow(shape.size(0) * rows.outputs(), length, (item, worker) -> {
            int i = item % rows.outputs();
            int first = row(shape, item / rows.outputs(), rows.start()[i]);
            int count = rows.end()[i] - rows.start()[i];
            float[] largest = scratch.floats(worker, ROW, length);
            pixels.maxRows(x, first, length, count, largest, 0, length);
            int out = CacheLine.FIRST + item * columns.outputs() * channels;
            pixels.maxPixels(largest, 0, columns.start(), columns.end(), channels, y, out);
        });
    }

    void maxGradient(Windows rows, Windows columns, Shape shape, float[] x, float[] y, float[] dy, float[] dx) {
        int channels = shape.channels();
        int length = rowLength(shape);
        int band = Math.max(BAND / Math.max(length, 1), 1);
        int bands = (shape.size(1) + band - 1) / band;
        threads.run(shape.size(0) * bands, (item, worker) -> {
            int n = item / bands;
            int first = item % bands * band;
            int last = Math.min(first + band, shape.size(1));
            Arrays.fill(dx, row(shape, n, first), row(shape, n, last), 0);
            for (int i = 0; i < rows.outputs(); i++) {
                if (rows.start()[i] < last && rows.end()[i] > first) {
                    pixels.maxGradient(
                            x,
                            y,
                            dy,
                            CacheLine.FIRST + (n * rows.outputs() + i) * columns.outputs() * channels,
                            rows.start()[i],
                            rows.end()[i],
                            columns.start(),
                            columns.end(),
                            channels,
                            dx,
                            row(shape, n, 0),
                            length,
                            first,
                            last);
                }
            }
        });
    }

    void interpolate(Resampling rows, Resampling columns, Shape shape, float[] x, float[] y) {
        int length = columns.outputs() * shape.channels();
        eachRow(
                shape.size(0) * rows.outputs(),
                length,
                (item, worker) ->
                        interpolateRow(rows, columns, shape, item, x, worker, y, CacheLine.FIRST + item * length));
    }

    /** One row of the interpolated images, stored from {@code out} on. */
    private void interpolateRow(
            Resampling rows, Resampling columns, Shape shape, int item, float[] x, int worker, float[] y, int out) {
        int n = item / rows.outputs();
        int i = item % rows.outputs();
        int length = rowLength(shape);
        int low = row(shape, n, rows.low()[i]);
        float weight = (float) rows.weight()[i];
        float[] from = x;
        int start = low;
        if (weight != 0) {
            from = scratch.floats(worker, ROW, length);
            start = 0;
            pixels.mixRows(x, low, row(shape, n, rows.high()[i]), weight, from, 0, length);
        }
        pixels.mixPixels(from, start, columns.low(), columns.high(), columns.weight(), shape.channels(), y, out);
    }

    void interpolateGradient(Resampling rows, Resampling columns, Shape shape, float[] dy, float[] dx) {
        int channels = shape.channels();
        int length = rowLength(shape);
        int upLength = columns.outputs() * channels;
        eachRow(shape.size(0) * shape.size(1), upLength, (item, worker) -> {
            int n = item / shape.size(1);
            int h = item % shape.size(1);
            float[] sum = scratch.floats(worker, ROW, upLength);
            Arrays.fill(sum, 0, upLength, 0);
            for (int i = 0; i < rows.outputs(); i++) {
                float weight = (float) rows.weight()[i];
                float share = (rows.low()[i] == h ? 1 - weight : 0) + (rows.high()[i] == h ? weight : 0);
                if (share != 0) {
                    pixels.addScaled(
                            dy, CacheLine.FIRST + (n * rows.outputs() + i) * upLength, share, sum, 0, upLength);
                }
            }
            int to = CacheLine.FIRST + item * length;
            Arrays.fill(dx, to, to + length, 0);
            pixels.unmixPixels(sum, 0, columns.low(), columns.high(), columns.weight(), channels, dx, to);
        });
    }

    /** One row of b + up(c) in scratch memory; b may be null. */
    private float[] argument(
            Resampling rows, Resampling columns, Shape context, int item, float[] b, float[] c, int worker) {
        int length = columns.outputs() * context.channels();
        float[] argument = scratch.floats(worker, ARGUMENT, length);
        interpolateRow(rows, columns, context, item, c, worker, argument, 0);
        if (b != null) {
            loops.binary(Binary.ADD, argument, 0, b, CacheLine.FIRST + item * length, argument, 0, length);
        }
        return argument;
    }

    /** y = a * sigmoid(b + up(c)). */
    void gate(Resampling rows, Resampling columns, Shape context, float[] a, float[] b, float[] c, float[] y) {
        int length = columns.outputs() * context.channels();
        eachRow(context.size(0) * rows.outputs(), length, (item, worker) -> {
            float[] argument = argument(rows, columns, context, item, b, c, worker);
            loops.gate(a, CacheLine.FIRST + item * length, argument, y, length);
        });
    }

    void gateGradient(
            Resampling rows,
            Resampling columns,
            Shape context,
            float[] a,
            float[] b,
            float[] c,
            float[] dy,
            float[] da,
            float[] db) {
        int length = columns.outputs() * context.channels();
        eachRow(context.size(0) * rows.outputs(), length, (item, worker) -> {
            float[] argument = argument(rows, columns, context, item, b, c, worker);
            loops.gateGradient(a, CacheLine.FIRST + item * length, argument, dy, da, db, length);
        });
    }
}
