package scgrad.core.backend.opencl;

/**
 * The one product, y [M, N] = a b, behind matrix products and all three passes of a convolution. A convolution's left operand is never
 * written down: its rows are read out of the image (an implicit product).
 *
 * <p>A work-group makes a tile of 64 x 64 outputs, a work-item 4 x 4 of them, 16 apart; or, where there are few columns, 256 x 16, a work-item 16
 * below each other; or, where there are many outputs, the tile of {@link LargeProductKernels} ({@link Tile} chooses). 16 steps of the depth are
 * brought to local memory at a time; neighbours there are a tile's height plus one apart, so that the items that fill a column use different
 * banks. Every output is summed from the first step of the depth to the last, in every tile; where the outputs are few and the depth is large,
 * it is cut into splits whose results {@link ReductionKernels} sums, by the geometry alone.
 *
 * <p>Legend: n image, h w pixel of the input, p q pixel of the output, r s place in the kernel, c channel, k filter.
 */
abstract class ProductKernels extends PoolingKernels {
    static final int WIDE_PRODUCT = 600;
    static final int NARROW_PRODUCT = 601;

    // How an operand is read.
    /** a[m, d], b[d, n] */
    static final int ROWS = 0;
    /** a[d, m], b[n, d] */
    static final int COLUMNS = 1;
    /** a: row (n, p, q), depth (r, s, c), of the image x. */
    static final int PATCHES = 2;
    /** a: the same with rows and depth exchanged. */
    static final int PATCH_COLUMNS = 3;
    /** a: row (n, h, w), depth (r, s, k), of the gradient dy. */
    static final int UPSTREAM_PATCHES = 4;
    /** b: depth (r, s, k), column c, of the kernel w [r, s, c, k]. */
    static final int KERNEL_COLUMNS = 2;

    /** Words of a convolution's geometry begin here. */
    static final int GEOMETRY = 16;

    /** The sides of the wide tile; the narrow one is {@link #TALL} x {@link #SIDE}. */
    static final int SQUARE = 64;

    void product(int code) {
        if (code == WIDE_PRODUCT) {
            wideProduct();
            return;
        }
        if (code == NARROW_PRODUCT) {
            narrowProduct();
            return;
        }
    }

    /**
     * Words a, b, y, M, N, depth, how a is read, how b is read, distance of a's rows, of b's rows, splits, depth of a split, accumulate;
     * then the {@link #GEOMETRY}: height, width, channels, kernel height and width, filters, stride, padding, dilation, output height and width.
     */
    void wideProduct() {
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
        int tiles = ((m + SQUARE - 1) / SQUARE) * across;
        int tx = getLocalId(0);
        int ty = getLocalId(1);
        for (int block = getGroupId(0); block < tiles * splits; block += getNumGroups(0)) {
            int split = block / tiles;
            int tile = block - split * tiles;
            int row0 = (tile / across) * SQUARE;
            int column0 = (tile % across) * SQUARE;
            int from = split * splitDepth;
            int to = min(from + splitDepth, depth);
            placeRows(leftForm, SQUARE, row0, m);
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
            for (int d = from; d < to; d += DEPTH) {
                placeSteps(leftForm, d);
                localBarrier();
                loadLeft(leftForm, SQUARE, a, row0, m, d, to);
                loadRight(rightForm, SQUARE, b, column0, n, d, to);
                localBarrier();
                for (int step = 0; step < DEPTH; step++) {
                    int l = step * (SQUARE + 1) + ty;
                    int r = step * (SQUARE + 1) + tx;
                    float a0 = left[l];
                    float a1 = left[l + 16];
                    float a2 = left[l + 32];
                    float a3 = left[l + 48];
                    float b0 = right[r];
                    float b1 = right[r + 16];
                    float b2 = right[r + 32];
                    float b3 = right[r + 48];
                    y00 += a0 * b0;
                    y01 += a0 * b1;
                    y02 += a0 * b2;
                    y03 += a0 * b3;
                    y10 += a1 * b0;
                    y11 += a1 * b1;
                    y12 += a1 * b2;
                    y13 += a1 * b3;
                    y20 += a2 * b0;
                    y21 += a2 * b1;
                    y22 += a2 * b2;
                    y23 += a2 * b3;
                    y30 += a3 * b0;
                    y31 += a3 * b1;
                    y32 += a3 * b2;
                    y33 += a3 * b3;
                }
                localBarrier();
            }
            int out = y + split * m * n;
            storeRow(out, row0 + ty, m, column0 + tx, n, accumulate, y00, y01, y02, y03);
            storeRow(out, row0 + ty + 16, m, column0 + tx, n, accumulate, y10, y11, y12, y13);
            storeRow(out, row0 + ty + 32, m, column0 + tx, n, accumulate, y20, y21, y22, y23);
            storeRow(out, row0 + ty + 48, m, column0 + tx, n, accumulate, y30, y31, y32, y33);
        }
    }

    /** Words as {@link #wideProduct}. */
    void narrowProduct() {
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
        int across = (n + SIDE - 1) / SIDE;
        int tiles = ((m + TALL - 1) / TALL) * across;
        // fewer rows are loaded where there are fewer, and in the lower half of the tile nothing is computed
        int tall = TALL;
        if (m <= TALL / 2) {
            tall = TALL / 2;
        }
        if (m <= TALL / 4) {
            tall = TALL / 4;
        }
        int tx = getLocalId(0);
        int ty = getLocalId(1);
        for (int block = getGroupId(0); block < tiles * splits; block += getNumGroups(0)) {
            int split = block / tiles;
            int tile = block - split * tiles;
            int row0 = (tile / across) * TALL;
            int column0 = (tile % across) * SIDE;
            int from = split * splitDepth;
            int to = min(from + splitDepth, depth);
            placeRows(leftForm, tall, row0, m);
            localBarrier();
            float y0 = 0f;
            float y1 = 0f;
            float y2 = 0f;
            float y3 = 0f;
            float y4 = 0f;
            float y5 = 0f;
            float y6 = 0f;
            float y7 = 0f;
            float y8 = 0f;
            float y9 = 0f;
            float ya = 0f;
            float yb = 0f;
            float yc = 0f;
            float yd = 0f;
            float ye = 0f;
            float yf = 0f;
            for (int d = from; d < to; d += DEPTH) {
                placeSteps(leftForm, d);
                localBarrier();
                loadLeft(leftForm, tall, a, row0, m, d, to);
                loadRight(rightForm, SIDE, b, column0, n, d, to);
                localBarrier();
                if (tall == TALL) {
                    for (int step = 0; step < DEPTH; step++) {
                        int l = step * (tall + 1) + ty;
                        int r = step * (SIDE + 1) + tx;
                        float b0 = right[r];
                        y0 += left[l] * b0;
                        y1 += left[l + 16] * b0;
                        y2 += left[l + 32] * b0;
                        y3 += left[l + 48] * b0;
                        y4 += left[l + 64] * b0;
                        y5 += left[l + 80] * b0;
                        y6 += left[l + 96] * b0;
                        y7 += left[l + 112] * b0;
                        y8 += left[l + 128] * b0;
                        y9 += left[l + 144] * b0;
                        ya += left[l + 160] * b0;
                        yb += left[l + 176] * b0;
                        yc += left[l + 192] * b0;
                        yd += left[l + 208] * b0;
                        ye += left[l + 224] * b0;
                        yf += left[l + 240] * b0;
                    }
                } else {
                    for (int step = 0; step < DEPTH; step++) {
                        int l = step * (tall + 1) + ty;
                        int r = step * (SIDE + 1) + tx;
                        float b0 = right[r];
                        y0 += left[l] * b0;
                        y1 += left[l + 16] * b0;
                        y2 += left[l + 32] * b0;
                        y3 += left[l + 48] * b0;
                        y4 += left[l + 64] * b0;
                        y5 += left[l + 80] * b0;
                        y6 += left[l + 96] * b0;
                        y7 += left[l + 112] * b0;
                    }
                }
                localBarrier();
            }
            int out = y + split * m * n;
            storeOne(out, row0 + ty, m, column0 + tx, n, accumulate, y0);
            storeOne(out, row0 + ty + 16, m, column0 + tx, n, accumulate, y1);
            storeOne(out, row0 + ty + 32, m, column0 + tx, n, accumulate, y2);
            storeOne(out, row0 + ty + 48, m, column0 + tx, n, accumulate, y3);
            storeOne(out, row0 + ty + 64, m, column0 + tx, n, accumulate, y4);
            storeOne(out, row0 + ty + 80, m, column0 + tx, n, accumulate, y5);
            storeOne(out, row0 + ty + 96, m, column0 + tx, n, accumulate, y6);
            storeOne(out, row0 + ty + 112, m, column0 + tx, n, accumulate, y7);
            storeOne(out, row0 + ty + 128, m, column0 + tx, n, accumulate, y8);
            storeOne(out, row0 + ty + 144, m, column0 + tx, n, accumulate, y9);
            storeOne(out, row0 + ty + 160, m, column0 + tx, n, accumulate, ya);
            storeOne(out, row0 + ty + 176, m, column0 + tx, n, accumulate, yb);
            storeOne(out, row0 + ty + 192, m, column0 + tx, n, accumulate, yc);
            storeOne(out, row0 + ty + 208, m, column0 + tx, n, accumulate, yd);
            storeOne(out, row0 + ty + 224, m, column0 + tx, n, accumulate, ye);
            storeOne(out, row0 + ty + 240, m, column0 + tx, n, accumulate, yf);
        }
    }

    void storeOne(int y, int row, int m, int column, int n, int accumulate, float value) {
        if (row < m) {
            store(y + row * n + column, column, n, accumulate, value);
        }
    }

    void storeRow(int y, int row, int m, int column, int n, int accumulate, float v0, float v1, float v2, float v3) {
        if (row < m) {
            int at = y + row * n + column;
            store(at, column, n, accumulate, v0);
            store(at + 16, column + 16, n, accumulate, v1);
            store(at + 32, column + 32, n, accumulate, v2);
            store(at + 48, column + 48, n, accumulate, v3);
        }
    }

    void store(int at, int column, int n, int accumulate, float value) {
        if (column < n) {
            float sum = value;
            if (accumulate != 0) {
                sum += heap[at];
            }
            heap[at] = sum;
        }
    }

    /** Finds once a tile where each of its rows lies, which takes divisions. */
    void placeRows(int form, int height, int row0, int m) {
        int t = item();
        if (t < height) {
            int row = min(row0 + t, m - 1);
            int padding = word(GEOMETRY + 7);
            if (form == PATCHES) {
                placeRow(t, row, word(GEOMETRY + 9), word(GEOMETRY + 10), word(GEOMETRY + 6), -padding);
            }
            if (form == UPSTREAM_PATCHES) {
                placeRow(t, row, word(GEOMETRY), word(GEOMETRY + 1), 1, padding);
            }
            if (form == PATCH_COLUMNS) {
                int channels = word(GEOMETRY + 2);
                int tap = row / channels;
                rowPlace[t] = row % channels;
                rowDown[t] = (tap / word(GEOMETRY + 4)) * word(GEOMETRY + 8) - padding;
                rowAcross[t] = (tap % word(GEOMETRY + 4)) * word(GEOMETRY + 8) - padding;
            }
        }
    }

    /** Row {@code t} is a pixel of images of {@code lines} x {@code width}, scaled by the stride and shifted. */
    void placeRow(int t, int pixel, int lines, int width, int stride, int shift) {
        int line = pixel / width;
        rowPlace[t] = line / lines;
        rowDown[t] = (line % lines) * stride + shift;
        rowAcross[t] = (pixel % width) * stride + shift;
    }

    /** The same for the steps of the depth that come next. */
    void placeSteps(int form, int d) {
        int t = item();
        if (t < DEPTH && form >= PATCHES) {
            int step = d + t;
            if (form == PATCH_COLUMNS) {
                int outHeight = word(GEOMETRY + 9);
                int outWidth = word(GEOMETRY + 10);
                int line = step / outWidth;
                stepPlace[t] = line / outHeight;
                stepDown[t] = (line % outHeight) * word(GEOMETRY + 6);
                stepAcross[t] = (step % outWidth) * word(GEOMETRY + 6);
            }
            if (form != PATCH_COLUMNS) {
                int channels = word(GEOMETRY + 2);
                if (form == UPSTREAM_PATCHES) {
                    channels = word(GEOMETRY + 5);
                }
                int tap = step / channels;
                stepPlace[t] = step % channels;
                stepDown[t] = (tap / word(GEOMETRY + 4)) * word(GEOMETRY + 8);
                stepAcross[t] = (tap % word(GEOMETRY + 4)) * word(GEOMETRY + 8);
            }
        }
    }

    /** A tile's share of the left operand, {@code tall} rows; neighbours read neighbours in memory. */
    void loadLeft(int form, int tall, int a, int row0, int m, int d, int to) {
        int t = item();
        int step = t % DEPTH;
        int row = t / DEPTH;
        if (form == ROWS) {
            int stride = word(9);
            for (int r = row; r < tall; r += SIDE) {
                float value = 0f;
                if (row0 + r < m && d + step < to) {
                    value = heap[a + (row0 + r) * stride + d + step];
                }
                left[step * (tall + 1) + r] = value;
            }
        }
        if (form == COLUMNS) {
            int stride = word(9);
            int r = t % tall;
            for (int s = t / tall; s < DEPTH; s += GROUP / tall) {
                float value = 0f;
                if (row0 + r < m && d + s < to) {
                    value = heap[a + (d + s) * stride + row0 + r];
                }
                left[s * (tall + 1) + r] = value;
            }
        }
        if (form == PATCHES) {
            loadPatches(tall, a, row0, m, d, to);
        }
        if (form == PATCH_COLUMNS) {
            loadPatchColumns(tall, a, row0, m, d, to);
        }
        if (form == UPSTREAM_PATCHES) {
            loadUpstreamPatches(tall, a, row0, m, d, to);
        }
    }

    void loadPatches(int tall, int a, int row0, int m, int d, int to) {
        int step = item() % DEPTH;
        for (int r = item() / DEPTH; r < tall; r += SIDE) {
            float value = 0f;
            if (row0 + r < m && d + step < to) {
                value = pixel(
                        a, rowPlace[r], rowDown[r] + stepDown[step], rowAcross[r] + stepAcross[step], stepPlace[step]);
            }
            left[step * (tall + 1) + r] = value;
        }
    }

    void loadPatchColumns(int tall, int a, int row0, int m, int d, int to) {
        int r = item() % tall;
        for (int step = item() / tall; step < DEPTH; step += GROUP / tall) {
            float value = 0f;
            if (row0 + r < m && d + step < to) {
                value = pixel(
                        a, stepPlace[step], rowDown[r] + stepDown[step], rowAcross[r] + stepAcross[step], rowPlace[r]);
            }
            left[step * (tall + 1) + r] = value;
        }
    }

    /** x[n, h, w, c], 0 beside the image. */
    float pixel(int x, int n, int h, int w, int c) {
        int height = word(GEOMETRY);
        int width = word(GEOMETRY + 1);
        float value = 0f;
        if (h >= 0 && h < height && w >= 0 && w < width) {
            value = heap[x + ((n * height + h) * width + w) * word(GEOMETRY + 2) + c];
        }
        return value;
    }

    /** Of an input pixel, the output pixels that read it: p stride = h + padding - r dilation, where that divides. */
    void loadUpstreamPatches(int tall, int a, int row0, int m, int d, int to) {
        int filters = word(GEOMETRY + 5);
        int stride = word(GEOMETRY + 6);
        int outHeight = word(GEOMETRY + 9);
        int outWidth = word(GEOMETRY + 10);
        int step = item() % DEPTH;
        for (int r = item() / DEPTH; r < tall; r += SIDE) {
            int h = rowDown[r] - stepDown[step];
            int w = rowAcross[r] - stepAcross[step];
            float value = 0f;
            if (row0 + r < m && d + step < to && h >= 0 && w >= 0) {
                int p = h / stride;
                int q = w / stride;
                if (p * stride == h && q * stride == w && p < outHeight && q < outWidth) {
                    value = heap[a + ((rowPlace[r] * outHeight + p) * outWidth + q) * filters + stepPlace[step]];
                }
            }
            left[step * (tall + 1) + r] = value;
        }
    }

    void loadRight(int form, int wide, int b, int column0, int n, int d, int to) {
        int t = item();
        int stride = word(10);
        if (form == ROWS) {
            int c = t % wide;
            for (int s = t / wide; s < DEPTH; s += GROUP / wide) {
                float value = 0f;
                if (column0 + c < n && d + s < to) {
                    value = heap[b + (d + s) * stride + column0 + c];
                }
                right[s * (wide + 1) + c] = value;
            }
        } else {
            int step = t % DEPTH;
            int start = b + d + step;
            if (form == KERNEL_COLUMNS) {
                int filters = word(GEOMETRY + 5);
                int place = (d + step) / filters;
                start = b + place * n * filters + (d + step) % filters;
            }
            for (int c = t / DEPTH; c < wide; c += SIDE) {
                float value = 0f;
                if (column0 + c < n && d + step < to) {
                    value = heap[start + (column0 + c) * stride];
                }
                right[step * (wide + 1) + c] = value;
            }
        }
    }
}
