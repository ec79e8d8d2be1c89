package scgrad.core.backend.opencl;

/**
 * The one product, y [M, N] = a b, behind matrix products and all three passes of a convolution. A convolution's left operand is never
 * written down: its rows are read out of the image (an implicit product).
 *
 * <p>A work-group makes a tile of 64 x 64 outputs or 128 x 64, see {@link LargeProductKernels}; or, where there are few columns, of 256 x 16,
 * here, a work-item 16 below each other ({@link Tile} chooses). 16 steps of the depth are brought to local memory at a time; neighbours there
 * are a tile's height plus one apart, so that the items that fill a column use different banks. Every output is summed from the first step of
 * the depth to the last, in every tile; where the outputs are few and the depth is large, it is cut into splits whose results {@link
 * ReductionKernels} sums, by the geometry alone.
 *
 * <p>Legend: n image, h w pixel of the input, p q pixel of the output, r s place in the kernel, c channel, k filter.
 */
abstract class ProductKernels extends PoolingKernels {
    static final int NARROW_PRODUCT = 600;

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

    /** The sides of the wide tile, and the columns of the large one; the narrow one is {@link #TALL} x {@link #SIDE}. */
    static final int SQUARE = 64;

    void product(int code) {
        if (code == NARROW_PRODUCT) {
            narrowProduct();
            return;
        }
    }

    /**
     * Words a, b, y, M, N, depth, how a is read, how b is read, distance of a's rows, of b's rows, splits, depth of a split, accumulate, rows of
     * the tile; then the {@link #GEOMETRY}: height, width, channels, kernel height and width, filters, stride, padding, dilation, output height
     * and width.
     */
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
                loadRight(rightForm, b, column0, n, d, to);
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
            int lines = side(form, 0, 9);
            int width = side(form, 1, 10);
            int channels = side(form, 2, 5);
            int n = 0;
            int down = 0;
            int across = 0;
            int channel = 0;
            if (form == PATCHES) {
                int line = row / word(GEOMETRY + 10);
                n = line / word(GEOMETRY + 9);
                down = (line % word(GEOMETRY + 9)) * word(GEOMETRY + 6) - padding;
                across = (row % word(GEOMETRY + 10)) * word(GEOMETRY + 6) - padding;
            }
            if (form == UPSTREAM_PATCHES) {
                int line = row / word(GEOMETRY + 1);
                n = line / word(GEOMETRY);
                down = line % word(GEOMETRY) + padding;
                across = row % word(GEOMETRY + 1) + padding;
            }
            if (form == PATCH_COLUMNS) {
                int tap = row / channels;
                channel = row % channels;
                down = (tap / word(GEOMETRY + 4)) * word(GEOMETRY + 8) - padding;
                across = (tap % word(GEOMETRY + 4)) * word(GEOMETRY + 8) - padding;
            }
            if (form >= PATCHES) {
                rowDown[t] = down;
                rowAcross[t] = across;
                rowPlace[t] = place(n, down, across, lines, width, channels, apart(form)) + channel;
            }
        }
    }

    /** The same for the steps of the depth that come next. */
    void placeSteps(int form, int d) {
        int t = item();
        if (t < DEPTH && form >= PATCHES) {
            int step = d + t;
            int lines = side(form, 0, 9);
            int width = side(form, 1, 10);
            int channels = side(form, 2, 5);
            int n = 0;
            int down = 0;
            int across = 0;
            int channel = 0;
            if (form == PATCH_COLUMNS) {
                int line = step / word(GEOMETRY + 10);
                n = line / word(GEOMETRY + 9);
                down = (line % word(GEOMETRY + 9)) * word(GEOMETRY + 6);
                across = (step % word(GEOMETRY + 10)) * word(GEOMETRY + 6);
            }
            if (form != PATCH_COLUMNS) {
                int dilation = word(GEOMETRY + 8);
                if (form == UPSTREAM_PATCHES) {
                    dilation = -dilation;
                }
                int tap = step / channels;
                channel = step % channels;
                down = (tap / word(GEOMETRY + 4)) * dilation;
                across = (tap % word(GEOMETRY + 4)) * dilation;
            }
            stepDown[t] = down;
            stepAcross[t] = across;
            stepPlace[t] = place(n, down, across, lines, width, channels, apart(form)) + channel;
        }
    }

    /**
     * Where a pixel lies in the image, or in the gradient. A row's place and a step's are so made that their sum is that of a number; in a
     * gradient with a stride they are only the image and the channel, because {@link #patch} finds the pixel by division.
     */
    int place(int n, int down, int across, int lines, int width, int channels, int apart) {
        int pixel = n * lines * width;
        if (apart == 1) {
            pixel += down * width + across;
        }
        return pixel * channels;
    }

    /** Lines, width or channels of what patches are taken from: the geometry's word for the image, or for the gradient. */
    int side(int form, int ofImage, int ofGradient) {
        int at = ofImage;
        if (form == UPSTREAM_PATCHES) {
            at = ofGradient;
        }
        return word(GEOMETRY + at);
    }

    /** How far apart a gradient's pixels lie in the input, the stride; in an image they are neighbours. */
    int apart(int form) {
        int apart = 1;
        if (form == UPSTREAM_PATCHES) {
            apart = word(GEOMETRY + 6);
        }
        return apart;
    }

    /** A number of a matrix, 0 beyond its end: row {@code r} of the tile, one of the steps at hand, of so many that are there. */
    float element(int at, int r, int rows, int step, int steps) {
        float value = 0f;
        if (r < rows && step < steps) {
            value = heap[at];
        }
        return value;
    }

    /** A number of an image or a gradient, 0 beside it and between its pixels. */
    float patch(int a, int r, int rows, int step, int steps, int lines, int width, int channels, int apart) {
        int h = rowDown[r] + stepDown[step];
        int w = rowAcross[r] + stepAcross[step];
        int at = a + rowPlace[r] + stepPlace[step];
        if (apart > 1) {
            int p = h / apart;
            int q = w / apart;
            at += (p * width + q) * channels;
            if (p * apart != h || q * apart != w) {
                p = -1;
            }
            h = p;
            w = q;
        }
        float value = 0f;
        if (r < rows && step < steps && h >= 0 && h < lines && w >= 0 && w < width) {
            value = heap[at];
        }
        return value;
    }

    /** The narrow tile's share of the left operand, {@code tall} rows. */
    void loadLeft(int form, int tall, int a, int row0, int m, int d, int to) {
        int row = item() / DEPTH;
        int step = item() % DEPTH;
        int rowsApart = SIDE;
        int stepsApart = 0;
        // neighbouring items read what are neighbours in memory
        if (form == COLUMNS || form == PATCH_COLUMNS) {
            row = item() % tall;
            step = item() / tall;
            rowsApart = 0;
            stepsApart = GROUP / tall;
        }
        int place = step * (tall + 1) + row;
        int placesApart = stepsApart * (tall + 1) + rowsApart;
        if (form >= PATCHES) {
            int lines = side(form, 0, 9);
            int width = side(form, 1, 10);
            int channels = side(form, 2, 5);
            int apart = apart(form);
            for (int i = 0; i < tall / SIDE; i++) {
                left[place + i * placesApart] = patch(
                        a, row + i * rowsApart, m - row0, step + i * stepsApart, to - d, lines, width, channels, apart);
            }
        } else {
            int rowStride = word(9);
            int stepStride = 1;
            if (form == COLUMNS) {
                rowStride = 1;
                stepStride = word(9);
            }
            int at = a + (row0 + row) * rowStride + (d + step) * stepStride;
            int elementsApart = rowsApart * rowStride + stepsApart * stepStride;
            for (int i = 0; i < tall / SIDE; i++) {
                left[place + i * placesApart] =
                        element(at + i * elementsApart, row + i * rowsApart, m - row0, step + i * stepsApart, to - d);
            }
        }
    }

    /** Its share of the right one, a number an item. */
    void loadRight(int form, int b, int column0, int n, int d, int to) {
        int column = item() / DEPTH;
        int step = item() % DEPTH;
        if (form == ROWS) {
            column = item() % SIDE;
            step = item() / SIDE;
        }
        right[step * (SIDE + 1) + column] =
                element(rightPlace(form, b, column0 + column, n, d + step), column, n - column0, step, to - d);
    }

    /** Where a number of the right operand lies. */
    int rightPlace(int form, int b, int column, int n, int step) {
        int stride = word(10);
        int at = b + column * stride + step;
        if (form == ROWS) {
            at = b + step * stride + column;
        }
        if (form == KERNEL_COLUMNS) {
            at += step / stride * (n - 1) * stride;
        }
        return at;
    }
}
