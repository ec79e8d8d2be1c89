package scgrad.core.backend.cpu;

import java.util.Arrays;

/**
 * Convolutions of 3x3 taps and a stride of 1 in many groups of a few channels by Winograd's filtering: 2.25 products instead of 9 for each
 * channel of a group. With so few the transforms are what counts, so they go line by line ({@link GroupTransforms}), and no tile is stored transformed.
 */
final class GroupedWinograd {
    private static final int SLICE = GroupLoops.SLICE;
    private static final int TILE = Transforms.TILE;
    private static final int PATCH = AdjointTransforms.PATCH;
    private static final int ROTATIONS = GroupTransforms.ROTATIONS;
    /** Tiles of a strip at most: its lines stay in the first-level cache. */
    private static final int MOST_TILES = 16;
    /** Items that are enough to keep threads busy. */
    private static final int ITEMS = 16;

    private final Threads threads;
    private final AdjointTransforms kernels;
    private final GroupTransforms transforms;
    private final GroupLoops loops;
    private final Scratch scratch;
    private final BufferPool pool;

    GroupedWinograd(Threads threads, AdjointTransforms kernels, GroupLoops loops, Scratch scratch, BufferPool pool) {
        this.threads = threads;
        this.kernels = kernels;
        this.transforms = loops.transforms();
        this.loops = loops;
        this.scratch = scratch;
        this.pool = pool;
    }

    void run(Gather g, float[] source, GroupKernel kernel, float[] target) {
        int slices = Panels.count(g.targetChannels());
        float[] transformed = pool.take((long) slices * kernelLength(g));
        transform(g, kernel, slices, transformed);
        int tileRows = Math.ceilDiv(g.rows(), TILE);
        int perItem = Math.clamp((long) g.batch() * tileRows / ITEMS, 1, tileRows);
        int perImage = Math.ceilDiv(tileRows, perItem);
        int parts = g.batch() * perImage;
        int share = Math.clamp((long) parts * slices / ITEMS, 1, slices);
        int shares = Math.ceilDiv(slices, share);
        threads.run(parts * shares, (item, worker) -> {
            int image = item / shares / perImage;
            int first = item / shares % perImage * perItem;
            int slice = item % shares * share;
            int end = Math.min(slice + share, slices);
            for (int row = first; row < Math.min(first + perItem, tileRows); row++) {
                if (shares == 1) {
                    prefetch(g, image, row * TILE, row == first, source, target);
                }
                tileRow(g, image, row * TILE, slice, end, source, transformed, target, worker);
            }
        });
        pool.give(transformed);
    }

    /** Floats of one slice's kernel: {@code [depth / 4][6 lines][6][4 rotations][16]}. */
    private static int kernelLength(Gather g) {
        return Transforms.PLANES * g.depth() * SLICE;
    }

    private void transform(Gather g, GroupKernel kernel, int slices, float[] transformed) {
        GroupLayout layout = GroupLayout.of(g);
        float[] packed = pool.take(layout.packedLength());
        threads.run(slices, (slice, worker) -> {
            kernel.packRotated(layout, slice, packed);
            float[] work = scratch.floats(worker, GroupedConvolution.BAND, kernels.work());
            for (int rotation = 0; rotation < g.depth(); rotation++) {
                int from = layout.kernel(slice) + rotation * layout.taps() * SLICE;
                int to = CacheLine.FIRST
                        + slice * kernelLength(g)
                        + (rotation / ROTATIONS * Transforms.PLANES * ROTATIONS + rotation % ROTATIONS) * SLICE;
                for (int line = 0; line < PATCH; line++) {
                    int at = to + line * PATCH * ROTATIONS * SLICE;
                    kernels.kernelRow(line, packed, from, SLICE, SLICE, transformed, at, ROTATIONS * SLICE, work);
                }
            }
        });
        pool.give(packed);
    }

    /** What a tile row reads and writes, all channels; unless it is the first, two rows of the source are there already. */
    private static void prefetch(Gather g, int image, int row, boolean first, float[] source, float[] target) {
        int line = g.sourceWidth() * g.sourceChannels();
        int begin = CacheLine.FIRST + image * g.sourceHeight() * line;
        int top = g.originRow() + row;
        int from = Math.max(first ? top : top + PATCH - TILE, 0);
        int to = Math.min(top + PATCH, g.sourceHeight());
        if (from < to) {
            Prefetch.range(source, begin + from * line, begin + to * line);
        }
        int out = CacheLine.FIRST + (image * g.targetHeight() + row) * g.targetWidth() * g.targetChannels();
        Prefetch.range(target, out, out + Math.min(TILE, g.rows() - row) * g.targetWidth() * g.targetChannels());
    }

    /** The four rows of outputs from {@code row} on, or what there is, strip by strip. */
    private void tileRow(
            Gather g,
            int image,
            int row,
            int firstSlice,
            int endSlice,
            float[] source,
            float[] kernel,
            float[] target,
            int worker) {
        int tiles = Math.ceilDiv(g.columns(), TILE);
        int perStrip = Math.ceilDiv(tiles, Math.ceilDiv(tiles, MOST_TILES));
        int most = (perStrip * TILE + PATCH - TILE) * SLICE;
        float[] lines = scratch.floats(worker, GroupedConvolution.BAND, PATCH * most);
        float[] sums = g.depth() > ROTATIONS ? scratch.floats(worker, GroupedConvolution.OUTPUT, PATCH * most) : lines;
        for (int first = 0; first < tiles; first += perStrip) {
            int count = Math.min(perStrip, tiles - first);
            int column = first * TILE;
            for (int slice = firstSlice; slice < endSlice; slice++) {
                strip(g, image, row, column, count, slice, source, kernel, lines, sums, target);
            }
        }
    }

    private void strip(
            Gather g,
            int image,
            int row,
            int column,
            int tiles,
            int slice,
            float[] source,
            float[] kernel,
            float[] lines,
            float[] sums,
            float[] target) {
        int pitch = (tiles * TILE + PATCH - TILE) * SLICE;
        columns(g, image, g.originRow() + row, g.originColumn() + column, pitch, slice, source, lines);
        int at = CacheLine.FIRST + slice * kernelLength(g);
        for (int rotation = 0; rotation < g.depth(); rotation += ROTATIONS) {
            if (rotation > 0) {
                transforms.rotate(PATCH * pitch / SLICE, g.depth(), lines, CacheLine.FIRST);
            }
            for (int i = 0; i < PATCH; i++) {
                int line = CacheLine.FIRST + i * pitch;
                transforms.line(tiles, g.depth(), lines, line, kernel, at, rotation > 0, sums, line);
                at += PATCH * ROTATIONS * SLICE;
            }
        }
        int channels = g.targetChannels();
        int out = CacheLine.FIRST
                + ((image * g.targetHeight() + row) * g.targetWidth() + column) * channels
                + slice * SLICE;
        transforms.outputs(
                Math.min(tiles * TILE, g.columns() - column),
                Math.min(TILE, g.rows() - row),
                sums,
                CacheLine.FIRST,
                pitch,
                target,
                out,
                g.targetWidth() * channels,
                channels);
    }

    /** B' d along columns of the patches that begin at (row, column) of the source; zeros around the source stay zeros. */
    private void columns(
            Gather g, int image, int row, int column, int pitch, int slice, float[] source, float[] lines) {
        int count = pitch / SLICE;
        int left = Math.clamp(-column, 0, count);
        int right = Math.clamp(g.sourceWidth() - column, left, count);
        int channels = g.sourceChannels();
        int line = g.sourceWidth() * channels;
        int from = CacheLine.FIRST
                + ((image * g.sourceHeight() + row) * g.sourceWidth() + column + left) * channels
                + slice * SLICE;
        int to = CacheLine.FIRST + left * SLICE;
        boolean inside = row >= 0 && row + PATCH <= g.sourceHeight();
        for (int i = 0; i < PATCH; i++) {
            int begin = CacheLine.FIRST + i * pitch;
            Arrays.fill(lines, begin, begin + left * SLICE, 0);
            Arrays.fill(lines, begin + right * SLICE, begin + pitch, 0);
            if (!inside) {
                if (row + i < 0 || row + i >= g.sourceHeight()) {
                    Arrays.fill(lines, begin, begin + pitch, 0);
                } else {
                    loops.copy(right - left, SLICE, source, from + i * line, channels, lines, to + i * pitch, SLICE);
                }
            }
        }
        if (inside) {
            transforms.columns(right - left, source, from, line, channels, lines, to, pitch);
        } else {
            transforms.columns(right - left, lines, to, pitch, SLICE, lines, to, pitch);
        }
    }
}
