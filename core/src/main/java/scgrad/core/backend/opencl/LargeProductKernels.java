package scgrad.core.backend.opencl;

/**
 * Products in wide and in large tiles: a work-group makes 64 x 64 or 128 x 64 outputs, a work-item 4 x 4 or 8 x 4 of them, 16 apart. {@link
 * ProductKernels} has the forms of the operands and the narrow tile.
 *
 * <p>While a part of the depth is multiplied, the next is already on its way: each item asks for its share, at most 8 and 4 numbers, before it
 * multiplies, and puts it into local memory after that, when all have done so.
 *
 * <p>What an operand's form decides is decided once for all numbers that an item loads, so that it asks for them one right after the other.
 *
 * <p>Why large: a GPU multiplies four times as fast as it reads local memory. For a step of the depth an item that makes 4 x 4 outputs reads 8
 * numbers and multiplies 16 times; one that makes 8 x 4 reads 12 and multiplies 32 times. Why no larger: the sums lie in registers, and a GPU
 * gives every command as many as the hungriest takes. With 8 x 4 that is 128 on NVIDIA's, which let two work-groups share a unit; 8 x 8
 * took more, and all commands lost by it.
 *
 * <p>Aparapi knows no private arrays, hence a name for each number: {@code y52} is the item's row 5 and column 2, 80 rows and 32 columns from its
 * first. Items side by side read numbers side by side, so that no two wait for the same bank of local memory.
 *
 * <p>Every output is summed from the first step of the depth to the last, as in the narrow tile, so that all give the same bits.
 */
abstract class LargeProductKernels extends ProductKernels {
    static final int LARGE_PRODUCT = 800;

    void large(int code) {
        if (code == LARGE_PRODUCT) {
            largeProduct();
            return;
        }
    }

    /** Words as {@link #narrowProduct}. */
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
        int high = word(14);
        int across = (n + SQUARE - 1) / SQUARE;
        int tiles = ((m + high - 1) / high) * across;
        int tx = getLocalId(0);
        int ty = getLocalId(1);
        // the first numbers of the operands that an item loads; the others lie 16 rows or 4 steps apart, constants that
        // take no registers
        int row = item() / DEPTH;
        int step = item() % DEPTH;
        int leftInRows = 1;
        if (leftForm == COLUMNS || leftForm == PATCH_COLUMNS) {
            row = item() % SQUARE;
            step = item() / SQUARE;
            leftInRows = 0;
        }
        int leftPlace = step * (HIGH + 1) + row;
        int column = item() / DEPTH;
        int rightStep = item() % DEPTH;
        if (rightForm == ROWS) {
            column = item() % SQUARE;
            rightStep = item() / SQUARE;
        }
        int rightPlace = rightStep * (SQUARE + 1) + column;
        for (int block = getGroupId(0); block < tiles * splits; block += getNumGroups(0)) {
            int split = block / tiles;
            int tile = block - split * tiles;
            int row0 = (tile / across) * high;
            int column0 = (tile % across) * SQUARE;
            int from = split * splitDepth;
            int to = min(from + splitDepth, depth);
            placeRows(leftForm, high, row0, m);
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
            float l0 = 0f;
            float l1 = 0f;
            float l2 = 0f;
            float l3 = 0f;
            float l4 = 0f;
            float l5 = 0f;
            float l6 = 0f;
            float l7 = 0f;
            float r0 = 0f;
            float r1 = 0f;
            float r2 = 0f;
            float r3 = 0f;
            for (int d = from - DEPTH; d < to; d += DEPTH) {
                localBarrier();
                if (leftInRows == 1) {
                    left[leftPlace] = l0;
                    left[leftPlace + 16] = l1;
                    left[leftPlace + 32] = l2;
                    left[leftPlace + 48] = l3;
                    if (high == HIGH) {
                        left[leftPlace + 64] = l4;
                        left[leftPlace + 80] = l5;
                        left[leftPlace + 96] = l6;
                        left[leftPlace + 112] = l7;
                    }
                } else {
                    left[leftPlace] = l0;
                    left[leftPlace + 4 * (HIGH + 1)] = l1;
                    left[leftPlace + 8 * (HIGH + 1)] = l2;
                    left[leftPlace + 12 * (HIGH + 1)] = l3;
                    if (high == HIGH) {
                        left[leftPlace + 64] = l4;
                        left[leftPlace + 4 * (HIGH + 1) + 64] = l5;
                        left[leftPlace + 8 * (HIGH + 1) + 64] = l6;
                        left[leftPlace + 12 * (HIGH + 1) + 64] = l7;
                    }
                }
                if (rightForm == ROWS) {
                    right[rightPlace] = r0;
                    right[rightPlace + 4 * (SQUARE + 1)] = r1;
                    right[rightPlace + 8 * (SQUARE + 1)] = r2;
                    right[rightPlace + 12 * (SQUARE + 1)] = r3;
                } else {
                    right[rightPlace] = r0;
                    right[rightPlace + 16] = r1;
                    right[rightPlace + 32] = r2;
                    right[rightPlace + 48] = r3;
                }
                int next = d + DEPTH;
                placeSteps(leftForm, next);
                localBarrier();
                if (next < to) {
                    int rows = m - row0;
                    int columns = n - column0;
                    int steps = to - next;
                    if (leftForm >= PATCHES) {
                        int lines = side(leftForm, 0, 9);
                        int width = side(leftForm, 1, 10);
                        int channels = side(leftForm, 2, 5);
                        int apart = apart(leftForm);
                        if (leftInRows == 1) {
                            l0 = patch(a, row, rows, step, steps, lines, width, channels, apart);
                            l1 = patch(a, row + 16, rows, step, steps, lines, width, channels, apart);
                            l2 = patch(a, row + 32, rows, step, steps, lines, width, channels, apart);
                            l3 = patch(a, row + 48, rows, step, steps, lines, width, channels, apart);
                            if (high == HIGH) {
                                l4 = patch(a, row + 64, rows, step, steps, lines, width, channels, apart);
                                l5 = patch(a, row + 80, rows, step, steps, lines, width, channels, apart);
                                l6 = patch(a, row + 96, rows, step, steps, lines, width, channels, apart);
                                l7 = patch(a, row + 112, rows, step, steps, lines, width, channels, apart);
                            }
                        } else {
                            l0 = patch(a, row, rows, step, steps, lines, width, channels, apart);
                            l1 = patch(a, row, rows, step + 4, steps, lines, width, channels, apart);
                            l2 = patch(a, row, rows, step + 8, steps, lines, width, channels, apart);
                            l3 = patch(a, row, rows, step + 12, steps, lines, width, channels, apart);
                            if (high == HIGH) {
                                l4 = patch(a, row + 64, rows, step, steps, lines, width, channels, apart);
                                l5 = patch(a, row + 64, rows, step + 4, steps, lines, width, channels, apart);
                                l6 = patch(a, row + 64, rows, step + 8, steps, lines, width, channels, apart);
                                l7 = patch(a, row + 64, rows, step + 12, steps, lines, width, channels, apart);
                            }
                        }
                    } else {
                        int stride = word(9);
                        if (leftInRows == 1) {
                            int at = a + (row0 + row) * stride + next + step;
                            l0 = element(at, row, rows, step, steps);
                            l1 = element(at + 16 * stride, row + 16, rows, step, steps);
                            l2 = element(at + 32 * stride, row + 32, rows, step, steps);
                            l3 = element(at + 48 * stride, row + 48, rows, step, steps);
                            if (high == HIGH) {
                                l4 = element(at + 64 * stride, row + 64, rows, step, steps);
                                l5 = element(at + 80 * stride, row + 80, rows, step, steps);
                                l6 = element(at + 96 * stride, row + 96, rows, step, steps);
                                l7 = element(at + 112 * stride, row + 112, rows, step, steps);
                            }
                        } else {
                            int at = a + (next + step) * stride + row0 + row;
                            l0 = element(at, row, rows, step, steps);
                            l1 = element(at + 4 * stride, row, rows, step + 4, steps);
                            l2 = element(at + 8 * stride, row, rows, step + 8, steps);
                            l3 = element(at + 12 * stride, row, rows, step + 12, steps);
                            if (high == HIGH) {
                                l4 = element(at + 64, row + 64, rows, step, steps);
                                l5 = element(at + 4 * stride + 64, row + 64, rows, step + 4, steps);
                                l6 = element(at + 8 * stride + 64, row + 64, rows, step + 8, steps);
                                l7 = element(at + 12 * stride + 64, row + 64, rows, step + 12, steps);
                            }
                        }
                    }
                    int at = rightPlace(rightForm, b, column0 + column, n, next + rightStep);
                    int stride = word(10);
                    if (rightForm == ROWS) {
                        r0 = element(at, column, columns, rightStep, steps);
                        r1 = element(at + 4 * stride, column, columns, rightStep + 4, steps);
                        r2 = element(at + 8 * stride, column, columns, rightStep + 8, steps);
                        r3 = element(at + 12 * stride, column, columns, rightStep + 12, steps);
                    } else {
                        r0 = element(at, column, columns, rightStep, steps);
                        r1 = element(at + 16 * stride, column + 16, columns, rightStep, steps);
                        r2 = element(at + 32 * stride, column + 32, columns, rightStep, steps);
                        r3 = element(at + 48 * stride, column + 48, columns, rightStep, steps);
                    }
                }
                if (d >= from && high == HIGH) {
                    for (int s = 0; s < DEPTH; s++) {
                        int l = s * (HIGH + 1) + ty;
                        int r = s * (SQUARE + 1) + tx;
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
                }
                if (d >= from && high == SQUARE) {
                    for (int s = 0; s < DEPTH; s++) {
                        int l = s * (HIGH + 1) + ty;
                        int r = s * (SQUARE + 1) + tx;
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
                    }
                }
            }
            int out = y + split * m * n;
            int top = row0 + ty;
            int start = column0 + tx;
            storeRow(out, top, m, start, n, accumulate, y00, y01, y02, y03);
            storeRow(out, top + 16, m, start, n, accumulate, y10, y11, y12, y13);
            storeRow(out, top + 32, m, start, n, accumulate, y20, y21, y22, y23);
            storeRow(out, top + 48, m, start, n, accumulate, y30, y31, y32, y33);
            if (high == HIGH) {
                storeRow(out, top + 64, m, start, n, accumulate, y40, y41, y42, y43);
                storeRow(out, top + 80, m, start, n, accumulate, y50, y51, y52, y53);
                storeRow(out, top + 96, m, start, n, accumulate, y60, y61, y62, y63);
                storeRow(out, top + 112, m, start, n, accumulate, y70, y71, y72, y73);
            }
        }
    }
}
