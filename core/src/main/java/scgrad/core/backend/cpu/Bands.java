package scgrad.core.backend.cpu;

import java.util.Arrays;

/**
 * How the output pixels of a {@link Gather} are cut into work items: bands of rows of one image, or several whole images where those are
 * small. Depends on the geometry alone.
 */
record Bands(int imagesPerItem, int rowsPerItem, int imageItems, int rowItems) {
    /**
     * @param pixels how many output pixels an item should have, about
     * @param floats how much of the source an item may read, unless one row is more
     */
    static Bands of(Gather g, int pixels, int floats) {
        int rowFloats = g.bandColumns() * g.depth();
        int rows = g.rows();
        while (rows > 1 && (g.bandRows(rows) * (long) rowFloats > floats || rows * g.columns() >= 2 * pixels)) {
            rows = (rows + 1) / 2;
        }
        int rowItems = (g.rows() + rows - 1) / rows;
        rows = (g.rows() + rowItems - 1) / rowItems;
        int images = 1;
        if (rowItems == 1) {
            int perImage = g.rows() * g.columns();
            long imageFloats = (long) g.bandRows(rows) * rowFloats;
            images = (int)
                    Math.max(1, Math.min(Math.min(pixels / perImage, floats / Math.max(imageFloats, 1)), g.batch()));
        }
        return new Bands(images, rows, (g.batch() + images - 1) / images, rowItems);
    }

    int items() {
        return imageItems * rowItems;
    }

    /** The part of the output that an item covers. */
    record Part(int image, int images, int row, int rows) {}

    Part part(Gather g, int item) {
        int image = item / rowItems * imagesPerItem;
        int row = item % rowItems * rowsPerItem;
        return new Part(image, Math.min(imagesPerItem, g.batch() - image), row, Math.min(rowsPerItem, g.rows() - row));
    }

    /** Prefetches the source rows of a part. */
    static void prefetch(Gather g, Part part, float[] source) {
        int line = g.sourceWidth() * g.sourceChannels();
        int row = g.originRow() + part.row() * g.stride();
        int top = Math.max(row, 0);
        int end = Math.min(row + g.bandRows(part.rows()), g.sourceHeight());
        for (int n = part.image(); n < part.image() + part.images(); n++) {
            int image = CacheLine.FIRST + n * g.sourceHeight() * line;
            Prefetch.range(source, image + top * line, image + end * line);
        }
    }

    /**
     * Copies the source rows of a part with a border of zeros where they leave the source: {@code band [images, bandRows, bandColumns,
     * depth]} from {@link CacheLine#FIRST} on.
     */
    static void copy(Gather g, Part part, float[] source, float[] band) {
        int bandRows = g.bandRows(part.rows());
        int columns = g.bandColumns();
        int depth = g.depth();
        int left = Math.min(Math.max(-g.originColumn(), 0), columns);
        int right = Math.max(Math.min(columns, g.sourceWidth() - g.originColumn()), left);
        int out = CacheLine.FIRST;
        for (int n = part.image(); n < part.image() + part.images(); n++) {
            for (int i = 0; i < bandRows; i++) {
                int row = g.originRow() + part.row() * g.stride() + i;
                int end = out + columns * depth;
                if (row < 0 || row >= g.sourceHeight()) {
                    Arrays.fill(band, out, end, 0);
                } else {
                    int in = CacheLine.FIRST
                            + ((n * g.sourceHeight() + row) * g.sourceWidth() + g.originColumn() + left)
                                    * g.sourceChannels()
                            + g.sourceChannel();
                    Arrays.fill(band, out, out + left * depth, 0);
                    if (depth == g.sourceChannels()) {
                        System.arraycopy(source, in, band, out + left * depth, (right - left) * depth);
                    } else {
                        for (int j = left; j < right; j++) {
                            System.arraycopy(
                                    source, in + (j - left) * g.sourceChannels(), band, out + j * depth, depth);
                        }
                    }
                    Arrays.fill(band, out + right * depth, end, 0);
                }
                out = end;
            }
        }
    }
}
