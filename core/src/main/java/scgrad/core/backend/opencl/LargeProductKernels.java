package scgrad.core.backend.opencl;

/**
 * A product in large tiles: a work-group makes {@link #HIGH} x {@link #SQUARE} outputs, 128 x 64, a work-item 8 x 4 of them, 16 apart. {@link
 * ProductKernels} has the forms of the operands and the smaller tiles.
 *
 * <p>Why larger: a GPU multiplies four times as fast as it reads local memory. For a step of the depth an item that makes 4 x 4 outputs reads 8
 * numbers and multiplies 16 times; one that makes 8 x 4 reads 12 and multiplies 32 times. Global memory is read and its indices are found a
 * quarter less often too. Why no larger: the sums lie in registers, and a GPU gives every command as many as the hungriest takes. With 8 x 8 that
 * is more than 128 (by NVIDIA's assembler), so that one work-group fits a unit where two do now, for all commands.
 *
 * <p>Aparapi knows no private arrays, hence a name for each sum: {@code y52} is the item's row 5 and column 2, 80 rows and 32 columns from its
 * first. Items side by side read numbers side by side, so that no two wait for the same bank of local memory.
 *
 * <p>Every output is summed from the first step of the depth to the last, as in the other tiles, so that all give the same bits.
 */
abstract class LargeProductKernels extends ProductKernels {
    static final int LARGE_PRODUCT = 800;

    void large(int code) {
        if (code == LARGE_PRODUCT) {
            largeProduct();
            return;
        }
    }

    /** Words as {@link #wideProduct}. */
    void largeProduct() {
        int a = word(1);
        int b = word(2);
        int y = word(3);
        int m = word(4);
        int n = word(5);
        int depth = word(6);
        int leftForm = word(7);
        int rightForm = word(8);
        int splits = word(11);
        int splitDepth = word(12);
        int accumulate = word(13);
        int across = (n + SQUARE - 1) / SQUARE;
        int tiles = ((m + HIGH - 1) / HIGH) * across;
        // fewer rows are loaded where there are fewer; a constant would have the loads unrolled into more registers
        int high = HIGH;
        if (m <= HIGH / 2) {
            high = HIGH / 2;
        }
        int tx = getLocalId(0);
        int ty = getLocalId(1);
        for (int block = getGroupId(0); block < tiles * splits; block += getNumGroups(0)) {
            int split = block / tiles;
            int tile = block - split * tiles;
            int row0 = (tile / across) * HIGH;
            int column0 = (tile % across) * SQUARE;
            int from = split * splitDepth;
            int to = min(from + splitDepth, depth);
            placeRows(leftForm, high, row0, m);
            placeSteps(leftForm, from);
            localBarrier();
            float y00 = 0f;
            float y01 = 0f;
            float y02 = 0f;
            float y03 = 0f;
            float y10 = 0f;
            float y11 = 0f;
            float y12 = 0f;
            float y13 = 0f;
            float y20 = 0f;
            float y21 = 0f;
            float y22 = 0f;
            float y23 = 0f;
            float y30 = 0f;
            float y31 = 0f;
            float y32 = 0f;
            float y33 = 0f;
            float y40 = 0f;
            float y41 = 0f;
            float y42 = 0f;
            float y43 = 0f;
            float y50 = 0f;
            float y51 = 0f;
            float y52 = 0f;
            float y53 = 0f;
            float y60 = 0f;
            float y61 = 0f;
            float y62 = 0f;
            float y63 = 0f;
            float y70 = 0f;
            float y71 = 0f;
            float y72 = 0f;
            float y73 = 0f;
            for (int d = from; d < to; d += DEPTH) {
                loadLeft(leftForm, high, a, row0, m, d, to);
                loadRight(rightForm, SQUARE, b, column0, n, d, to);
                localBarrier();
                // one barrier less: while these steps are multiplied nobody needs their places any more
                placeSteps(leftForm, d + DEPTH);
                for (int step = 0; step < DEPTH; step++) {
                    int l = step * (high + 1) + ty;
                    int r = step * (SQUARE + 1) + tx;
                    float b0 = right[r];
                    float b1 = right[r + 16];
                    float b2 = right[r + 32];
                    float b3 = right[r + 48];
                    float a0 = left[l];
                    y00 += a0 * b0;
                    y01 += a0 * b1;
                    y02 += a0 * b2;
                    y03 += a0 * b3;
                    float a1 = left[l + 16];
                    y10 += a1 * b0;
                    y11 += a1 * b1;
                    y12 += a1 * b2;
                    y13 += a1 * b3;
                    float a2 = left[l + 32];
                    y20 += a2 * b0;
                    y21 += a2 * b1;
                    y22 += a2 * b2;
                    y23 += a2 * b3;
                    float a3 = left[l + 48];
                    y30 += a3 * b0;
                    y31 += a3 * b1;
                    y32 += a3 * b2;
                    y33 += a3 * b3;
                    float a4 = left[l + 64];
                    y40 += a4 * b0;
                    y41 += a4 * b1;
                    y42 += a4 * b2;
                    y43 += a4 * b3;
                    float a5 = left[l + 80];
                    y50 += a5 * b0;
                    y51 += a5 * b1;
                    y52 += a5 * b2;
                    y53 += a5 * b3;
                    float a6 = left[l + 96];
                    y60 += a6 * b0;
                    y61 += a6 * b1;
                    y62 += a6 * b2;
                    y63 += a6 * b3;
                    float a7 = left[l + 112];
                    y70 += a7 * b0;
                    y71 += a7 * b1;
                    y72 += a7 * b2;
                    y73 += a7 * b3;
                }
                localBarrier();
            }
            int out = y + split * m * n;
            int row = row0 + ty;
            int column = column0 + tx;
            storeRow(out, row, m, column, n, accumulate, y00, y01, y02, y03);
            storeRow(out, row + 16, m, column, n, accumulate, y10, y11, y12, y13);
            storeRow(out, row + 32, m, column, n, accumulate, y20, y21, y22, y23);
            storeRow(out, row + 48, m, column, n, accumulate, y30, y31, y32, y33);
            storeRow(out, row + 64, m, column, n, accumulate, y40, y41, y42, y43);
            storeRow(out, row + 80, m, column, n, accumulate, y50, y51, y52, y53);
            storeRow(out, row + 96, m, column, n, accumulate, y60, y61, y62, y63);
            storeRow(out, row + 112, m, column, n, accumulate, y70, y71, y72, y73);
        }
    }
}
