package scgrad.core.backend.cpu;

/**
 * How a convolution of many groups is laid out for {@link GroupLoops}: output channels in slices of 16, the source of a part as a band with
 * its border of zeros, the images of a part side by side, so that rows are long even where images are small.
 *
 * <p>Where neighbouring outputs read neighbouring pixels the taps are cut into blocks of 3x3, filled up with zeros, which the loops take at
 * once (5x5 taps are four blocks); otherwise every tap stands alone.
 *
 * @param blocks whether taps are in blocks of 3x3
 * @param tapRows with those that fill up the last block, as tapColumns
 */
record GroupLayout(Gather g, boolean blocks, int tapRows, int tapColumns) {
    private static final int SLICE = GroupLoops.SLICE;
    private static final int BLOCK = GroupLoops.BLOCK;
    /** Output pixels per part, about: a band and its outputs for one slice of channels stay in the second-level cache. */
    private static final int PIXELS = 512;
    /** Slices of one item at most: where several read the same part after another, the caches bring whole pixels. */
    private static final int MOST_SLICES = 8;
    /** Items that are enough to keep threads busy. */
    private static final int ITEMS = 16;

    static GroupLayout of(Gather g) {
        boolean blocks = g.stride() == 1 && g.step() == 1 && g.tapRows() >= BLOCK && g.tapColumns() >= BLOCK;
        return blocks
                ? new GroupLayout(g, true, roundUp(g.tapRows(), BLOCK), roundUp(g.tapColumns(), BLOCK))
                : new GroupLayout(g, false, g.tapRows(), g.tapColumns());
    }

    static int roundUp(int count, int multiple) {
        return (count + multiple - 1) / multiple * multiple;
    }

    int taps() {
        return tapRows * tapColumns;
    }

    /** Where a tap stands in packed kernels: row by row, or block by block. */
    int position(int r, int s) {
        return blocks
                ? (r / BLOCK * (tapColumns / BLOCK) + s / BLOCK) * BLOCK * BLOCK + r % BLOCK * BLOCK + s % BLOCK
                : r * tapColumns + s;
    }

    int slices() {
        return Panels.count(g.targetChannels());
    }

    /** Channels of a slice. */
    int width(int slice) {
        return Math.min(SLICE, g.targetChannels() - slice * SLICE);
    }

    /** Floats of a kernel packed as [slices][c][taps][16]. */
    int packedLength() {
        return slices() * g.depth() * taps() * SLICE;
    }

    /** Where a slice of it begins. */
    int kernel(int slice) {
        return CacheLine.FIRST + slice * g.depth() * taps() * SLICE;
    }

    Bands bands() {
        return Bands.of(g, PIXELS, Integer.MAX_VALUE);
    }

    /** How many slices an item takes: all of a part, unless that makes too few items. */
    int slicesPerItem(int parts) {
        return Math.max(1, Math.min(Math.min(slices(), MOST_SLICES), parts * slices() / ITEMS));
    }

    /** Prefetches the source of a part, whose rows hold all channels: only for an item that takes all slices. */
    void prefetch(Bands.Part part, int slicesPerItem, float[] source) {
        if (slicesPerItem == slices()) {
            Bands.prefetch(g, part, source);
        }
    }

    int bandRows(int rows) {
        return (rows - 1) * g.stride() + (tapRows - 1) * g.step() + 1;
    }

    /** Columns of one image in a band. */
    int bandColumns() {
        return (g.columns() - 1) * g.stride() + (tapColumns - 1) * g.step() + 1;
    }

    /** Floats from one row of a band to the next. */
    int rowPitch(Bands.Part part) {
        return part.images() * bandColumns() * SLICE;
    }

    /** Floats from one plane of a band to the next; the loops may read a row beyond the last. */
    int planePitch(Bands.Part part) {
        return (bandRows(part.rows()) + 1) * rowPitch(part);
    }

    /**
     * Copies the source of a part for one slice into {@code band [planes, bandRows, images, bandColumns, 16]}, which begins at {@link
     * CacheLine#FIRST}: rows {@code from .. to-1}.
     */
    void band(GroupLoops loops, Bands.Part part, int slice, int from, int to, float[] source, float[] band) {
        boolean shared = loops.shared(g.depth(), g.filters());
        for (int i = from; i < to; i++) {
            int row = g.originRow() + part.row() * g.stride() + i;
            for (int c = 0; c < (shared ? 1 : g.depth()); c++) {
                int at = CacheLine.FIRST + c * planePitch(part) + i * rowPitch(part);
                for (int image = part.image(); image < part.image() + part.images(); image++) {
                    bandRow(loops, shared, image, row, slice, c, source, band, at);
                    at += bandColumns() * SLICE;
                }
            }
        }
    }

    private void bandRow(
            GroupLoops loops,
            boolean shared,
            int image,
            int row,
            int slice,
            int c,
            float[] source,
            float[] band,
            int to) {
        int columns = bandColumns();
        if (row < 0 || row >= g.sourceHeight()) {
            java.util.Arrays.fill(band, to, to + columns * SLICE, 0);
            return;
        }
        int left = Math.min(Math.max(-g.originColumn(), 0), columns);
        int right = Math.max(Math.min(columns, g.sourceWidth() - g.originColumn()), left);
        int pixel = (image * g.sourceHeight() + row) * g.sourceWidth() + g.originColumn() + left;
        int from = CacheLine.FIRST + pixel * g.sourceChannels();
        int inner = to + left * SLICE;
        java.util.Arrays.fill(band, to, inner, 0);
        if (shared) {
            int first = from + slice * SLICE;
            loops.copy(right - left, width(slice), source, first, g.sourceChannels(), band, inner, SLICE);
        } else {
            spread(right - left, slice, c, source, from, band, inner);
        }
        java.util.Arrays.fill(band, to + right * SLICE, to + columns * SLICE, 0);
    }

    /** For each output channel its group's c-th input channel. */
    private void spread(int pixels, int slice, int c, float[] source, int from, float[] band, int to) {
        for (int i = 0; i < width(slice); i++) {
            int in = from + (slice * SLICE + i) / g.filters() * g.depth() + c;
            for (int p = 0; p < pixels; p++) {
                band[to + p * SLICE + i] = source[in + p * g.sourceChannels()];
            }
        }
    }

    /** Where output pixels of a part begin in its band, filled up with the last to a multiple of {@link GroupLoops#STEP}. */
    int[] addresses(Bands.Part part, Scratch scratch, int worker) {
        int pixels = part.images() * part.rows() * g.columns();
        int padded = roundUp(pixels, GroupLoops.STEP);
        int[] addresses = scratch.ints(worker, GroupedConvolution.ADDRESSES, padded);
        int p = 0;
        for (int image = 0; image < part.images(); image++) {
            for (int i = 0; i < part.rows(); i++) {
                int row = CacheLine.FIRST + i * g.stride() * rowPitch(part) + image * bandColumns() * SLICE;
                for (int j = 0; j < g.columns(); j++) {
                    addresses[p++] = row + j * g.stride() * SLICE;
                }
            }
        }
        java.util.Arrays.fill(addresses, p, padded, addresses[p - 1]);
        return addresses;
    }

    /** How far each tap lies from the first, filled up with the last to a multiple of {@link GroupLoops#TAPS}. */
    int[] shifts(Bands.Part part, Scratch scratch, int worker) {
        int padded = roundUp(taps(), GroupLoops.TAPS);
        int[] shifts = scratch.ints(worker, GroupedConvolution.SHIFTS, padded);
        for (int tap = 0; tap < padded; tap++) {
            int within = Math.min(tap, taps() - 1);
            shifts[tap] = (within / tapColumns * rowPitch(part) + within % tapColumns * SLICE) * g.step();
        }
        return shifts;
    }
}
