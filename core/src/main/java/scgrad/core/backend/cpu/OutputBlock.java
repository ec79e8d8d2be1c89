package scgrad.core.backend.cpu;

/**
 * The sums of some pixels while they grow, in working memory that stays in the cache, and their way to the outputs.
 *
 * <p>Sums that one call of a tile completes go straight to their outputs, with their shift and ReLU ({@link VectorBlocks512x8x32} says what that
 * gains), and with a residual whose lines have been read ahead: a tile would wait for them, each a few of eight rows, which no prefetcher follows.
 * The others wait for the last of their products here, and so does what a residual is added to at a small depth. One sweep along the memory's
 * order costs a copy in the cache, and takes the shift, the residual and the ReLU with it.
 *
 * <p>On two Emerald Rapids cores 64 to 256 channels of 8 images of 56x56 take 5.1 ms with a residual that is swept and 4.4 with one that is read
 * ahead, 4.0 and 3.9 where the outputs take its place; 128 to 512 of 28x28 3.7 and 3.4 with one that is not read ahead and with one that is, 256
 * to 1,024 of 14x14 3.2 and 2.9; but 32 to 128 of 4 images of 32x32 0.23 swept and 0.27 by tiles. On a Zen 5 32 to 128 of 128 images take 8.6 ms
 * swept where tiles that read nothing ahead took 13.9.
 */
final class OutputBlock {
    /**
     * Depth of one pass of products, for which two panels and a strip of pixels stay in the second-level cache. What a single pass completes never waits
     * here. With 256, for which a panel stays in the first-level cache, 1,024 to 256 channels of an image of 14x14 ran at 226 instead of 259 GFLOP/s on
     * two Emerald Rapids cores, 512 to 2,048 of 8 images of 7x7 at 256 instead of 273; 3x3 taps of 256 channels of 8 images of 7x7 took 1.44 to 1.49 ms
     * on two Zen 5 cores where they take 1.36 to 1.40, of 512 of 14x14 with a stride of 2 7.8 instead of 6.5, of up to 64 the same.
     */
    static final int DEPTH = 1024;

    /** Channels of a block at most. */
    static final int CHANNELS = 512;
    /** From this depth on a tile multiplies long enough to add a residual itself. */
    private static final int RESIDUAL_DEPTH = 64;
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

    /** Makes room for the sums of pixels 0 .. pixels - 1, which then stay where they are until all have been taken to their outputs. */
    void begin(int worker, int pixels, int channels) {
        int pitch = pitch(channels);
        int padded = pixels + tiles.mostRows();
        scratch.floats(worker, DirectConvolution.SUMS, padded * pitch);
        int[] rows = scratch.ints(worker, DirectConvolution.SUM_ROWS, padded);
        for (int p = 0; p < padded; p++) {
            rows[p] = CacheLine.FIRST + p * pitch;
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
            int blocks = blocks(tile, channels - column, runs, depth);
            int offset = panelOffset + column / Tiles.COLUMNS * panelPitch;
            multiply(
                    tile,
                    first,
                    end,
                    accumulate,
                    blocks,
                    runs,
                    runPitch,
                    depth,
                    a,
                    rows,
                    shift,
                    packed,
                    offset,
                    panelPitch,
                    sums,
                    sumRows,
                    column);
            column += blocks * Math.max(tile.columns(), Tiles.COLUMNS);
        }
    }

    /**
     * The same on the way to the outputs: products that begin the sums, end them, or both. What one call of a tile completes goes straight to the
     * outputs.
     *
     * @param shiftFrom which of the epilogue's shifts the first channel takes
     * @param targets where each pixel's channels begin in y
     * @param channel of y, behind {@code targets}, that the block's first one is
     */
    void take(
            int worker,
            int channels,
            int first,
            int end,
            boolean begins,
            boolean ends,
            int runs,
            int runPitch,
            int depth,
            float[] a,
            int[] rows,
            int shift,
            float[] packed,
            int panelOffset,
            int panelPitch,
            Epilogue epilogue,
            int shiftFrom,
            float[] y,
            int[] targets,
            int channel) {
        if (begins && ends) {
            outputs(
                    worker,
                    channels,
                    first,
                    end,
                    runs,
                    runPitch,
                    depth,
                    a,
                    rows,
                    shift,
                    packed,
                    panelOffset,
                    panelPitch,
                    epilogue,
                    shiftFrom,
                    y,
                    targets,
                    channel);
            return;
        }
        add(
                worker,
                channels,
                first,
                end,
                !begins,
                runs,
                runPitch,
                depth,
                a,
                rows,
                shift,
                packed,
                panelOffset,
                panelPitch);
        if (ends) {
            float[] sums = scratch.floats(worker, DirectConvolution.SUMS, 0);
            loops.finish(
                    sums,
                    CacheLine.FIRST,
                    pitch(channels),
                    first,
                    end,
                    channels,
                    epilogue,
                    shiftFrom,
                    y,
                    targets,
                    channel);
        }
    }

    /** Products that one call of a tile completes: straight to the outputs where the tile can and fills all its columns. */
    private void outputs(
            int worker,
            int channels,
            int first,
            int end,
            int runs,
            int runPitch,
            int depth,
            float[] a,
            int[] rows,
            int shift,
            float[] packed,
            int panelOffset,
            int panelPitch,
            Epilogue epilogue,
            int shiftFrom,
            float[] y,
            int[] targets,
            int channel) {
        float[] sums = scratch.floats(worker, DirectConvolution.SUMS, 0);
        int[] sumRows = scratch.ints(worker, DirectConvolution.SUM_ROWS, 0);
        float[] residual = epilogue == null ? null : epilogue.residual();
        if (residual != null
                && (epilogue.open() != null || direct(tiles.product(end - first, channels), epilogue, runs, depth))) {
            Prefetch.rows(residual, targets, first, end, channel, channels);
        }
        for (int column = 0; column < channels; ) {
            ProductTile tile = tiles.product(end - first, channels - column);
            int blocks = blocks(tile, channels - column, runs, depth);
            int width = blocks * tile.columns();
            int offset = panelOffset + column / Tiles.COLUMNS * panelPitch;
            int to = channel + column;
            int from = shiftFrom + column;
            boolean whole = width <= channels - column;
            if (whole && epilogue == null) {
                multiply(
                        tile,
                        first,
                        end,
                        false,
                        blocks,
                        runs,
                        runPitch,
                        depth,
                        a,
                        rows,
                        shift,
                        packed,
                        offset,
                        panelPitch,
                        y,
                        targets,
                        to);
            } else if (whole && direct(tile, epilogue, runs, depth)) {
                OutputTile direct = (OutputTile) tile;
                float[] shifts = epilogue.shift();
                float floor = epilogue.floor();
                for (int p = first; p < end; p += tile.rows()) {
                    if (runs > 1) {
                        direct.output(
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
                                shifts,
                                from,
                                floor,
                                y,
                                targets,
                                to);
                    } else {
                        direct.outputs(
                                blocks,
                                depth,
                                a,
                                rows,
                                shift,
                                p,
                                packed,
                                offset,
                                panelPitch,
                                shifts,
                                from,
                                floor,
                                residual,
                                y,
                                targets,
                                to);
                    }
                }
            } else {
                multiply(
                        tile,
                        first,
                        end,
                        false,
                        blocks,
                        runs,
                        runPitch,
                        depth,
                        a,
                        rows,
                        shift,
                        packed,
                        offset,
                        panelPitch,
                        sums,
                        sumRows,
                        column);
                loops.finish(
                        sums,
                        CacheLine.FIRST + column,
                        pitch(channels),
                        first,
                        end,
                        Math.min(width, channels - column),
                        epilogue,
                        from,
                        y,
                        targets,
                        to);
            }
            column += blocks * Math.max(tile.columns(), Tiles.COLUMNS);
        }
    }

    /** Whether a tile takes its sums to the outputs itself. */
    private static boolean direct(ProductTile tile, Epilogue epilogue, int runs, int depth) {
        return tile instanceof OutputTile
                && epilogue.open() == null
                && (epilogue.residual() == null || runs == 1 && depth >= RESIDUAL_DEPTH);
    }

    /** Several runs take their blocks one by one. */
    private static int blocks(ProductTile tile, int columns, int runs, int depth) {
        return runs > 1 ? 1 : Tiles.blocks(tile, columns, depth);
    }

    private static void multiply(
            ProductTile tile,
            int first,
            int end,
            boolean accumulate,
            int blocks,
            int runs,
            int runPitch,
            int depth,
            float[] a,
            int[] rows,
            int shift,
            float[] packed,
            int panelOffset,
            int panelPitch,
            float[] c,
            int[] cRows,
            int column) {
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
                        panelOffset,
                        panelPitch,
                        c,
                        cRows,
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
                        panelOffset,
                        panelPitch,
                        c,
                        cRows,
                        column,
                        accumulate);
            }
        }
    }
}
