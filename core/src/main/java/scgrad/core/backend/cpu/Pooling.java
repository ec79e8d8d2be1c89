package scgrad.core.backend.cpu;

import java.util.Arrays;
import scgrad.core.array.Resampling;
import scgrad.core.array.Shape;
import scgrad.core.array.Windows;

/**
 * Pooling, interpolation and the calibration gate: loops over pixels around loops along channels. Forward passes are shared out by output
 * row, gradients by image, so that no two items write the same numbers.
 */
final class Pooling {
    // slot of scratch memory: one row of up-sampled pixels
    private static final int ROW = 5;

    private final Threads threads;
    private final Loops loops;
    private final Scratch scratch;

    Pooling(Threads threads, Loops loops, Scratch scratch) {
        this.threads = threads;
        this.loops = loops;
        this.scratch = scratch;
    }

    void average(Windows rows, Windows columns, Shape shape, float[] x, float[] y) {
        int channels = shape.channels();
        eachRow(rows.outputs(), shape.size(0), (n, i) -> {
            for (int j = 0; j < columns.outputs(); j++) {
                int out = ((n * rows.outputs() + i) * columns.outputs() + j) * channels;
                float share = (float) (1.0 / ((double) rows.divisor()[i] * columns.divisor()[j]));
                Arrays.fill(y, out, out + channels, 0);
                for (int h = rows.start()[i]; h < rows.end()[i]; h++) {
                    for (int w = columns.start()[j]; w < columns.end()[j]; w++) {
                        loops.addScaled(x, pixel(shape, n, h, w), share, y, out, channels);
                    }
                }
            }
        });
    }

    void averageGradient(Windows rows, Windows columns, Shape shape, float[] dy, float[] dx) {
        int channels = shape.channels();
        eachImage(shape, dx, n -> {
            for (int i = 0; i < rows.outputs(); i++) {
                for (int j = 0; j < columns.outputs(); j++) {
                    int out = ((n * rows.outputs() + i) * columns.outputs() + j) * channels;
                    float share = (float) (1.0 / ((double) rows.divisor()[i] * columns.divisor()[j]));
                    for (int h = rows.start()[i]; h < rows.end()[i]; h++) {
                        for (int w = columns.start()[j]; w < columns.end()[j]; w++) {
                            loops.addScaled(dy, out, share, dx, pixel(shape, n, h, w), channels);
                        }
                    }
                }
            }
        });
    }

    void max(Windows rows, Windows columns, Shape shape, float[] x, float[] y) {
        int channels = shape.channels();
        eachRow(rows.outputs(), shape.size(0), (n, i) -> {
            for (int j = 0; j < columns.outputs(); j++) {
                int out = ((n * rows.outputs() + i) * columns.outputs() + j) * channels;
                Arrays.fill(y, out, out + channels, Float.NEGATIVE_INFINITY);
                for (int h = rows.start()[i]; h < rows.end()[i]; h++) {
                    for (int w = columns.start()[j]; w < columns.end()[j]; w++) {
                        loops.max(x, pixel(shape, n, h, w), y, out, channels);
                    }
                }
            }
        });
    }

    void maxGradient(Windows rows, Windows columns, Shape shape, float[] x, float[] y, float[] dy, float[] dx) {
        int channels = shape.channels();
        eachImage(shape, dx, n -> {
            for (int i = 0; i < rows.outputs(); i++) {
                for (int j = 0; j < columns.outputs(); j++) {
                    int out = ((n * rows.outputs() + i) * columns.outputs() + j) * channels;
                    for (int c = 0; c < channels; c++) {
                        int first = firstEqual(shape, rows, columns, n, i, j, c, x, y[out + c]);
                        if (first >= 0) {
                            dx[first] += dy[out + c];
                        }
                    }
                }
            }
        });
    }

    private static int firstEqual(
            Shape shape, Windows rows, Windows columns, int n, int i, int j, int c, float[] x, float value) {
        for (int h = rows.start()[i]; h < rows.end()[i]; h++) {
            for (int w = columns.start()[j]; w < columns.end()[j]; w++) {
                int at = pixel(shape, n, h, w) + c;
                if (x[at] == value) {
                    return at;
                }
            }
        }
        return -1;
    }

    void interpolate(Resampling rows, Resampling columns, Shape shape, float[] x, float[] y) {
        int rowLength = columns.outputs() * shape.channels();
        eachRow(
                rows.outputs(),
                shape.size(0),
                (n, i) -> row(rows, columns, shape, n, i, x, y, (n * rows.outputs() + i) * rowLength));
    }

    /** One row of the interpolated image, stored from {@code out} on. */
    private void row(Resampling rows, Resampling columns, Shape shape, int n, int i, float[] x, float[] y, int out) {
        int channels = shape.channels();
        float down = (float) rows.weight()[i];
        int top = rows.low()[i];
        int bottom = rows.high()[i];
        for (int j = 0; j < columns.outputs(); j++) {
            int left = columns.low()[j];
            int right = columns.high()[j];
            float across = (float) columns.weight()[j];
            int to = out + j * channels;
            if (down == 0 && across == 0) {
                System.arraycopy(x, pixel(shape, n, top, left), y, to, channels);
            } else {
                Arrays.fill(y, to, to + channels, 0);
                loops.addScaled(x, pixel(shape, n, top, left), (1 - down) * (1 - across), y, to, channels);
                loops.addScaled(x, pixel(shape, n, top, right), (1 - down) * across, y, to, channels);
                loops.addScaled(x, pixel(shape, n, bottom, left), down * (1 - across), y, to, channels);
                loops.addScaled(x, pixel(shape, n, bottom, right), down * across, y, to, channels);
            }
        }
    }

    void interpolateGradient(Resampling rows, Resampling columns, Shape shape, float[] dy, float[] dx) {
        int channels = shape.channels();
        eachImage(shape, dx, n -> {
            if (rows.nearest() && columns.nearest()) {
                for (int i = 0; i < rows.outputs(); i++) {
                    int from = (n * rows.outputs() + i) * columns.outputs() * channels;
                    loops.addPixels(
                            dy,
                            from,
                            columns.low(),
                            columns.outputs(),
                            channels,
                            dx,
                            pixel(shape, n, rows.low()[i], 0));
                }
                return;
            }
            for (int i = 0; i < rows.outputs(); i++) {
                float down = (float) rows.weight()[i];
                for (int j = 0; j < columns.outputs(); j++) {
                    float across = (float) columns.weight()[j];
                    int out = ((n * rows.outputs() + i) * columns.outputs() + j) * channels;
                    for (int corner = 0; corner < 4; corner++) {
                        int h = corner < 2 ? rows.low()[i] : rows.high()[i];
                        int w = corner % 2 == 0 ? columns.low()[j] : columns.high()[j];
                        float weight = (corner < 2 ? 1 - down : down) * (corner % 2 == 0 ? 1 - across : across);
                        if (weight != 0) {
                            loops.addScaled(dy, out, weight, dx, pixel(shape, n, h, w), channels);
                        }
                    }
                }
            }
        });
    }

    /** y = a * sigmoid(b + up(c)); the up-sampled row lives in scratch memory only. */
    void gate(Resampling rows, Resampling columns, Shape context, float[] a, float[] b, float[] c, float[] y) {
        int length = columns.outputs() * context.channels();
        threads.run(context.size(0) * rows.outputs(), (item, worker) -> {
            float[] up = scratch.floats(worker, ROW, length);
            row(rows, columns, context, item / rows.outputs(), item % rows.outputs(), c, up, 0);
            loops.gate(a, b, item * length, up, 0, y, length);
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
        threads.run(context.size(0) * rows.outputs(), (item, worker) -> {
            float[] up = scratch.floats(worker, ROW, length);
            row(rows, columns, context, item / rows.outputs(), item % rows.outputs(), c, up, 0);
            loops.gateGradient(a, b, item * length, up, 0, dy, da, db, length);
        });
    }

    private interface RowBody {
        void run(int image, int row);
    }

    private interface ImageBody {
        void run(int image);
    }

    private void eachRow(int rows, int images, RowBody body) {
        threads.run(images * rows, (item, worker) -> body.run(item / rows, item % rows));
    }

    /** Runs a gradient image by image on zeroed memory. */
    private void eachImage(Shape shape, float[] dx, ImageBody body) {
        int length = shape.size(1) * shape.size(2) * shape.size(3);
        threads.run(shape.size(0), (n, worker) -> {
            Arrays.fill(dx, n * length, (n + 1) * length, 0);
            body.run(n);
        });
    }

    private static int pixel(Shape shape, int n, int h, int w) {
        return ((n * shape.size(1) + h) * shape.size(2) + w) * shape.size(3);
    }
}
