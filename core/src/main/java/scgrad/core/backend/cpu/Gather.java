package scgrad.core.backend.cpu;

import scgrad.core.array.ConvGeometry;

/**
 * A convolution as "every output pixel gathers a grid of input pixels", which is the form of the forward pass and, phase by phase, of the
 * gradient of the input too.
 *
 * <p>Output pixel (i, j) of the grid {@code [rows, columns]} reads source pixels {@code (originRow + i * stride + r * step, originColumn +
 * j * columnStride + s * step)} for taps r, s, zero outside the source, and is stored at target pixel {@code (targetRow + i * targetStride,
 * targetColumn + j * targetStride)}. The strides are the same but where an output is a pair of pixels ({@link PixelPairs}).
 *
 * @param depth channels read per tap, from {@code sourceChannel} on
 * @param filters channels written, from {@code targetChannel} on
 */
record Gather(
        int batch,
        int sourceHeight,
        int sourceWidth,
        int sourceChannels,
        int sourceChannel,
        int depth,
        int tapRows,
        int tapColumns,
        int step,
        int originRow,
        int originColumn,
        int stride,
        int columnStride,
        int rows,
        int columns,
        int targetHeight,
        int targetWidth,
        int targetChannels,
        int targetChannel,
        int filters,
        int targetRow,
        int targetColumn,
        int targetStride) {

    /** The forward pass of one group. */
    static Gather forward(ConvGeometry g, int group) {
        return new Gather(
                g.batch(),
                g.height(),
                g.width(),
                g.channels(),
                group * g.channelsPerGroup(),
                g.channelsPerGroup(),
                g.kernelHeight(),
                g.kernelWidth(),
                g.dilation(),
                -g.padding(),
                -g.padding(),
                g.stride(),
                g.stride(),
                g.outHeight(),
                g.outWidth(),
                g.outHeight(),
                g.outWidth(),
                g.filters(),
                group * g.filtersPerGroup(),
                g.filtersPerGroup(),
                0,
                0,
                1);
    }

    /**
     * The gradient of the input pixels (row, column), (row, column + stride) and so on of one group: those pixels see the same taps, and
     * gather them from dy with stride 1.
     */
    static Gather inputGradient(ConvGeometry g, int group, Phase row, Phase column) {
        return new Gather(
                g.batch(),
                g.outHeight(),
                g.outWidth(),
                g.filters(),
                group * g.filtersPerGroup(),
                g.filtersPerGroup(),
                row.taps(),
                column.taps(),
                row.step(),
                row.origin(),
                column.origin(),
                1,
                1,
                (g.height() - row.first() + g.stride() - 1) / g.stride(),
                (g.width() - column.first() + g.stride() - 1) / g.stride(),
                g.height(),
                g.width(),
                g.channels(),
                group * g.channelsPerGroup(),
                g.channelsPerGroup(),
                row.first(),
                column.first(),
                g.stride());
    }

    /**
     * Along one axis, which kernel taps reach the input positions {@code first, first + stride, ...}: taps {@code lastTap, lastTap -
     * tapStep, ...}, so that positions in dy increase; the first of them reads dy at {@code origin}.
     */
    record Phase(int first, int taps, int lastTap, int tapStep, int origin, int step) {
        static Phase of(ConvGeometry g, int kernel, int first) {
            int tapStep = g.stride() / gcd(g.stride(), g.dilation());
            int taps = 0;
            int lastTap = -1;
            for (int tap = 0; tap < kernel; tap++) {
                if (Math.floorMod(first + g.padding() - tap * g.dilation(), g.stride()) == 0) {
                    taps++;
                    lastTap = tap;
                }
            }
            int origin = Math.floorDiv(first + g.padding() - lastTap * g.dilation(), g.stride());
            return new Phase(first, taps, lastTap, tapStep, origin, tapStep * g.dilation() / g.stride());
        }

        private static int gcd(int a, int b) {
            return b == 0 ? a : gcd(b, a % b);
        }
    }

    /** The same convolution with all pixels in one column where each output pixel reads its own input pixel alone, else this. */
    Gather flat() {
        boolean own = tapRows * tapColumns == 1
                && stride == 1
                && targetStride == 1
                && originRow == 0
                && originColumn == 0
                && sourceHeight == rows
                && sourceWidth == columns
                && targetHeight == rows
                && targetWidth == columns;
        int pixels = batch * rows * columns;
        return own
                ? new Gather(
                        1,
                        pixels,
                        1,
                        sourceChannels,
                        sourceChannel,
                        depth,
                        1,
                        1,
                        1,
                        0,
                        0,
                        1,
                        1,
                        pixels,
                        1,
                        pixels,
                        1,
                        targetChannels,
                        targetChannel,
                        filters,
                        0,
                        0,
                        1)
                : this;
    }

    /** A product y [m, n] = a [m, k] b as a convolution of m pixels. */
    static Gather product(int m, int n, int k) {
        return new Gather(1, m, 1, k, 0, k, 1, 1, 1, 0, 0, 1, 1, m, 1, m, 1, n, 0, n, 0, 0, 1);
    }

    /** Output pixels of all images. */
    long pixels() {
        return (long) batch * rows * columns;
    }

    /** Rows of the packed kernel. */
    int kernelRows() {
        return tapRows * tapColumns * depth;
    }

    /** Whether some tap of some pixel lies outside the source. */
    boolean leavesSource() {
        return originRow < 0
                || originColumn < 0
                || originRow + (rows - 1) * stride + (tapRows - 1) * step >= sourceHeight
                || originColumn + (columns - 1) * columnStride + (tapColumns - 1) * step >= sourceWidth;
    }

    /** Of the taps along an axis those that some output may read inside of the source, first .. end - 1, one at least. */
    record Reach(int first, int end) {
        private static Reach of(int origin, int outputs, int stride, int taps, int step, int size) {
            int end = Math.clamp(Math.ceilDiv(size - origin, step), 1, taps);
            int first = Math.clamp(Math.ceilDiv(-origin - (outputs - 1) * stride, step), 0, end - 1);
            return new Reach(first, end);
        }

        int count() {
            return end - first;
        }
    }

    Reach reachedRows() {
        return Reach.of(originRow, rows, stride, tapRows, step, sourceHeight);
    }

    Reach reachedColumns() {
        return Reach.of(originColumn, columns, columnStride, tapColumns, step, sourceWidth);
    }

    /** Source rows that a number of output rows read. */
    int bandRows(int outputRows) {
        return (outputRows - 1) * stride + (tapRows - 1) * step + 1;
    }

    /** Source columns, padding included, that all output columns read. */
    int bandColumns() {
        return (columns - 1) * columnStride + (tapColumns - 1) * step + 1;
    }
}
