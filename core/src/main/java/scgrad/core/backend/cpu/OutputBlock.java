package scgrad.core.backend.cpu;

/**
 * The sums of some pixels while they grow, in working memory that stays in the cache, and their way to the outputs.
 *
 * <p>Tiles that store into a large image wait for it: each touches a few lines of eight rows, which no prefetcher follows, and a ReLU has to
 * read back what is still on its way. One sweep along the memory's order costs a copy in the cache, and takes the shift, the residual and
 * the ReLU with it. On a Zen 5, 32 to 128 channels of 128 images of 32x32 with a
 * residual take 8.6 ms where tiles that stored took 13.9; 64 to 256 of 8 images of 56x56 4.3 where they took 5.9.
 */
final class OutputBlock {
    /** Channels of a block at most. */
    static final int CHANNELS = 512;
    /** Floats between rows, so that they do not meet in few sets of the cache. */
    private static final int GAP = 16;

    private final Tiles tiles;
    private final Loops loops;
    private final Scratch scratch;

    OutputBlock(Tiles tiles, Loops loops, Scratch scratch) {
        this.tiles = tiles;
        this.loops = loops;
        this.scratch = scratch;
    }

    /** Floats from pixel to pixel of the sums. */
    static int pitch(int channels) {
        return Panels.count(channels) * Tiles.COLUMNS + GAP;
    }

    /** Makes room for the sums of pixels 0 .. pixels - 1, which then stay where they are until {@link #finish}. */
    void begin(int worker, int pixels, int channels) {
        int pitch = pitch(channels);
        int padded = pixels + tiles.mostRows();
        scratch.floats(worker, DirectConvolution.SUMS, padded * pitch);
        int[] rows = scratch.ints(worker, DirectConvolution.SUM_ROWS, padded);
        for (int p = 0; p < padded; p++) {
            rows[p] = Scratch.FIRST + p * pitch;
        }
    }

    /** Where the rows of a begin for pixels that lie side by side; the last tile is filled up with the last pixel. */
    int[] rows(int worker, int pixels, int from, int depth) {
        int padded = pixels + tiles.mostRows();
        int[] rows = scratch.ints(worker, DirectConvolution.SOURCES, padded);
        for (int p = 0; p < padded; p++) {
            rows[p] = from + Math.min(p, pixels - 1) * depth;
        }
        return rows;
    }

    /**
     * Adds products to the sums of pixels first .. end - 1, whose rows of a are as in {@link ProductTile#product}.
     *
     * @param channels of the block, for which panels follow each other from {@code panelOffset} on
     * @param accumulate whether the sums have begun already
     */
    void add(
            int worker,
            int channels,
            int first,
            int end,
            boolean accumulate,
            int runs,
            int runPitch,
            int depth,
            float[] a,
            int[] rows,
            int shift,
            float[] packed,
            int panelOffset,
            int panelPitch) {
        float[] sums = scratch.floats(worker, DirectConvolution.SUMS, 0);
        int[] sumRows = scratch.ints(worker, DirectConvolution.SUM_ROWS, 0);
        for (int column = 0; column < channels; ) {
            ProductTile tile = tiles.product(end - first, channels - column);
            int blocks = runs > 1 ? 1 : Tiles.blocks(tile, channels - column, depth);
            int offset = panelOffset + column / Tiles.COLUMNS * panelPitch;
            for (int p = first; p < end; p += tile.rows()) {
                if (runs > 1) {
                    tile.product(
                            runs,
                            runPitch,
                            depth,
                            a,
                            rows,
                            shift,
                            p,
                            packed,
                            offset,
                            panelPitch,
                            sums,
                            sumRows,
                            column,
                            accumulate);
                } else {
                    tile.products(
                            blocks,
                            depth,
                            a,
                            rows,
                            shift,
                            p,
                            packed,
                            offset,
                            panelPitch,
                            sums,
                            sumRows,
                            column,
                            accumulate);
                }
            }
            column += blocks * Math.max(tile.columns(), Tiles.COLUMNS);
        }
    }

    /**
     * Takes the sums of pixels first .. end - 1 to their outputs.
     *
     * @param targets where each pixel's channels begin in y
     * @param channel of y, behind {@code targets}, that the block's first one is
     * @param shiftFrom which of the epilogue's shifts that is
     */
    void finish(
            int worker,
            int channels,
            int first,
            int end,
            Epilogue epilogue,
            int shiftFrom,
            float[] y,
            int[] targets,
            int channel) {
        float[] sums = scratch.floats(worker, DirectConvolution.SUMS, 0);
        loops.finish(
                sums, Scratch.FIRST, pitch(channels), first, end, channels, epilogue, shiftFrom, y, targets, channel);
    }
}
