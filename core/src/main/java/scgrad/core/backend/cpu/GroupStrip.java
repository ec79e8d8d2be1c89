package scgrad.core.backend.cpu;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Up to 16 of Winograd's tiles side by side, in a convolution of many groups: what {@link GroupTransforms} take at once. Its lines, which begin at {@link
 * CacheLine#FIRST}, have two pixels more than its tiles have outputs.
 *
 * @param row the first row of outputs; there are four, or what is left
 * @param column the first column of outputs
 */
record GroupStrip(Gather g, int image, int row, int column, int tiles) {
    private static final int SLICE = GroupLoops.SLICE;
    private static final int TILE = Transforms.TILE;
    private static final int PATCH = AdjointTransforms.PATCH;
    /** Its lines stay in the first-level cache. */
    private static final int MOST_TILES = 16;

    /** How many rows of tiles an image has. */
    static int tileRows(Gather g) {
        return Math.ceilDiv(g.rows(), TILE);
    }

    /** The strips of a row of tiles, one after the other. */
    static void each(Gather g, int image, int tileRow, Consumer<GroupStrip> action) {
        int tiles = Math.ceilDiv(g.columns(), TILE);
        int most = most(g);
        for (int first = 0; first < tiles; first += most) {
            action.accept(new GroupStrip(g, image, tileRow * TILE, first * TILE, Math.min(most, tiles - first)));
        }
    }

    private static int most(Gather g) {
        int tiles = Math.ceilDiv(g.columns(), TILE);
        return Math.ceilDiv(tiles, Math.ceilDiv(tiles, MOST_TILES));
    }

    /** Floats of the six lines of the longest strip. */
    static int linesLength(Gather g) {
        return PATCH * (most(g) * TILE + PATCH - TILE) * SLICE;
    }

    /** Floats from one line to the next. */
    int pitch() {
        return (tiles * TILE + PATCH - TILE) * SLICE;
    }

    int rows() {
        return Math.min(TILE, g.rows() - row);
    }

    int columns() {
        return Math.min(TILE * tiles, g.columns() - column);
    }

    /** Where the outputs of a slice begin in the target. */
    int target(int slice) {
        int pixel = (image * g.targetHeight() + row) * g.targetWidth() + column;
        return CacheLine.FIRST + pixel * g.targetChannels() + slice * SLICE;
    }

    /** Floats from one row of the target to the next. */
    int targetPitch() {
        return g.targetWidth() * g.targetChannels();
    }

    /** Prefetches what a row of tiles reads of the source; unless it is the first that a worker takes, two rows are there already. */
    static void prefetchSource(Gather g, int image, int tileRow, boolean first, float[] source) {
        int line = g.sourceWidth() * g.sourceChannels();
        int begin = CacheLine.FIRST + image * g.sourceHeight() * line;
        int top = g.originRow() + tileRow * TILE;
        int from = Math.max(first ? top : top + PATCH - TILE, 0);
        int to = Math.min(top + PATCH, g.sourceHeight());
        if (from < to) {
            Prefetch.range(source, begin + from * line, begin + to * line);
        }
    }

    /** Prefetches what belongs to a row of tiles in the target. */
    static void prefetchTarget(Gather g, int image, int tileRow, float[] target) {
        int line = g.targetWidth() * g.targetChannels();
        int begin = CacheLine.FIRST + (image * g.targetHeight() + tileRow * TILE) * line;
        Prefetch.range(target, begin, begin + Math.min(TILE, g.rows() - tileRow * TILE) * line);
    }

    /** B' d along columns of a slice of the source, zeros around it. */
    void inputs(GroupLoops loops, GroupTransforms transforms, int slice, float[] source, float[] lines) {
        int top = g.originRow() + row;
        int first = g.originColumn() + column;
        int pitch = pitch();
        int count = pitch / SLICE;
        int left = Math.clamp(-first, 0, count);
        int right = Math.clamp(g.sourceWidth() - first, left, count);
        int channels = g.sourceChannels();
        int line = g.sourceWidth() * channels;
        int from = CacheLine.FIRST
                + ((image * g.sourceHeight() + top) * g.sourceWidth() + first + left) * channels
                + slice * SLICE;
        int to = CacheLine.FIRST + left * SLICE;
        boolean inside = top >= 0 && top + PATCH <= g.sourceHeight();
        for (int i = 0; i < PATCH; i++) {
            int begin = CacheLine.FIRST + i * pitch;
            Arrays.fill(lines, begin, begin + left * SLICE, 0);
            Arrays.fill(lines, begin + right * SLICE, begin + pitch, 0);
            if (!inside) {
                if (top + i < 0 || top + i >= g.sourceHeight()) {
                    Arrays.fill(lines, begin, begin + pitch, 0);
                } else {
                    loops.copy(right - left, SLICE, source, from + i * line, channels, lines, to + i * pitch, SLICE);
                }
            }
        }
        if (inside) {
            transforms.inputs(right - left, source, from, line, channels, lines, to, pitch);
        } else {
            transforms.inputs(right - left, lines, to, pitch, SLICE, lines, to, pitch);
        }
    }

    /** A dy along columns of a slice, zeros for the outputs that its last tiles lack. */
    void upstream(GroupLoops loops, GroupTransforms transforms, int slice, float[] dy, float[] lines) {
        int channels = g.targetChannels();
        int pitch = pitch();
        if (rows() == TILE) {
            transforms.upstream(columns(), dy, target(slice), targetPitch(), channels, lines, CacheLine.FIRST, pitch);
        } else {
            for (int i = 0; i < TILE; i++) {
                int to = CacheLine.FIRST + i * pitch;
                if (i < rows()) {
                    loops.copy(columns(), SLICE, dy, target(slice) + i * targetPitch(), channels, lines, to, SLICE);
                } else {
                    Arrays.fill(lines, to, to + pitch, 0);
                }
            }
            transforms.upstream(columns(), lines, CacheLine.FIRST, pitch, SLICE, lines, CacheLine.FIRST, pitch);
        }
        for (int i = 0; i < PATCH; i++) {
            int begin = CacheLine.FIRST + i * pitch;
            Arrays.fill(lines, begin + columns() * SLICE, begin + pitch, 0);
        }
    }
}
