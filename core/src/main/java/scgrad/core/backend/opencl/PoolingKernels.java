package scgrad.core.backend.opencl;

/**
 * Pooling, interpolation and the calibration gate. Every kernel gathers: a gradient asks which outputs read its input, so nothing is added
 * from two sides. {@link DeviceTables} lays an axis out: of windows the start, end and divisor of each output, of samples the low and high
 * input and the weight in units of 2^-24; then the first and the end of the outputs that read each input.
 */
abstract class PoolingKernels extends NormKernels {
    static final int AVERAGE_POOL = 500;
    static final int AVERAGE_POOL_GRADIENT = 501;
    static final int MAX_POOL = 502;
    static final int MAX_POOL_GRADIENT = 503;
    static final int INTERPOLATE = 504;
    static final int INTERPOLATE_GRADIENT = 505;
    static final int GATE = 506;
    static final int GATE_GRADIENT = 507;

    void pooling(int code) {
        if (code == AVERAGE_POOL) {
            averagePool();
            return;
        }
        if (code == AVERAGE_POOL_GRADIENT) {
            averagePoolGradient();
            return;
        }
        if (code == MAX_POOL) {
            maxPool();
            return;
        }
        if (code == MAX_POOL_GRADIENT) {
            maxPoolGradient();
            return;
        }
        if (code == INTERPOLATE) {
            interpolate();
            return;
        }
        if (code == INTERPOLATE_GRADIENT) {
            interpolateGradient();
            return;
        }
        if (code == GATE) {
            gate();
            return;
        }
        if (code == GATE_GRADIENT) {
            gateGradient();
            return;
        }
    }

    /** Words x, y, n (of y), channels, rows' table, inputs, outputs, columns' table, inputs, outputs. */
    void averagePool() {
        int x = word(1);
        int y = word(2);
        int n = word(3);
        int channels = word(4);
        int rows = word(5);
        int height = word(6);
        int outHeight = word(7);
        int columns = word(8);
        int width = word(9);
        int outWidth = word(10);
        for (int block = getGroupId(0); block * GROUP < n; block += getNumGroups(0)) {
            int i = block * GROUP + item();
            if (i < n) {
                int c = i % channels;
                int ow = (i / channels) % outWidth;
                int line = i / channels / outWidth;
                int oh = line % outHeight;
                int image = line / outHeight;
                float sum = 0f;
                for (int h = tables[rows + oh]; h < tables[rows + outHeight + oh]; h++) {
                    for (int w = tables[columns + ow]; w < tables[columns + outWidth + ow]; w++) {
                        sum += heap[x + ((image * height + h) * width + w) * channels + c];
                    }
                }
                heap[y + i] = sum / (tables[rows + 2 * outHeight + oh] * tables[columns + 2 * outWidth + ow]);
            }
            localBarrier();
        }
    }

    /** Words dy, dx, n (of dx), then as {@link #averagePool}, and whether it is added. */
    void averagePoolGradient() {
        int dy = word(1);
        int dx = word(2);
        int n = word(3);
        int channels = word(4);
        int rows = word(5);
        int height = word(6);
        int outHeight = word(7);
        int columns = word(8);
        int width = word(9);
        int outWidth = word(10);
        int accumulate = word(11);
        for (int block = getGroupId(0); block * GROUP < n; block += getNumGroups(0)) {
            int i = block * GROUP + item();
            if (i < n) {
                int c = i % channels;
                int w = (i / channels) % width;
                int line = i / channels / width;
                int h = line % height;
                int image = line / height;
                float sum = 0f;
                int firstRow = tables[rows + 3 * outHeight + h];
                int endRow = tables[rows + 3 * outHeight + height + h];
                int firstColumn = tables[columns + 3 * outWidth + w];
                int endColumn = tables[columns + 3 * outWidth + width + w];
                for (int oh = firstRow; oh < endRow; oh++) {
                    for (int ow = firstColumn; ow < endColumn; ow++) {
                        int divisor = tables[rows + 2 * outHeight + oh] * tables[columns + 2 * outWidth + ow];
                        sum += heap[dy + ((image * outHeight + oh) * outWidth + ow) * channels + c] / divisor;
                    }
                }
                if (accumulate != 0) {
                    sum += heap[dx + i];
                }
                heap[dx + i] = sum;
            }
            localBarrier();
        }
    }

    /** Words as {@link #averagePool}. */
    void maxPool() {
        int x = word(1);
        int y = word(2);
        int n = word(3);
        int channels = word(4);
        int rows = word(5);
        int height = word(6);
        int outHeight = word(7);
        int columns = word(8);
        int width = word(9);
        int outWidth = word(10);
        for (int block = getGroupId(0); block * GROUP < n; block += getNumGroups(0)) {
            int i = block * GROUP + item();
            if (i < n) {
                int c = i % channels;
                int ow = (i / channels) % outWidth;
                int line = i / channels / outWidth;
                int oh = line % outHeight;
                int image = line / outHeight;
                float largest = -3.4028235e38f;
                for (int h = tables[rows + oh]; h < tables[rows + outHeight + oh]; h++) {
                    for (int w = tables[columns + ow]; w < tables[columns + outWidth + ow]; w++) {
                        largest = max(largest, heap[x + ((image * height + h) * width + w) * channels + c]);
                    }
                }
                heap[y + i] = largest;
            }
            localBarrier();
        }
    }

    /** Each window's gradient goes to its first largest input. Words dy, dx, n (of dx), then as {@link #averagePool}, then x, y. */
    void maxPoolGradient() {
        int dy = word(1);
        int dx = word(2);
        int n = word(3);
        int channels = word(4);
        int rows = word(5);
        int height = word(6);
        int outHeight = word(7);
        int columns = word(8);
        int width = word(9);
        int outWidth = word(10);
        int x = word(11);
        int y = word(12);
        for (int block = getGroupId(0); block * GROUP < n; block += getNumGroups(0)) {
            int i = block * GROUP + item();
            if (i < n) {
                int c = i % channels;
                int w = (i / channels) % width;
                int line = i / channels / width;
                int h = line % height;
                int image = line / height;
                float value = heap[x + i];
                float sum = 0f;
                int firstRow = tables[rows + 3 * outHeight + h];
                int endRow = tables[rows + 3 * outHeight + height + h];
                int firstColumn = tables[columns + 3 * outWidth + w];
                int endColumn = tables[columns + 3 * outWidth + width + w];
                for (int oh = firstRow; oh < endRow; oh++) {
                    for (int ow = firstColumn; ow < endColumn; ow++) {
                        int out = ((image * outHeight + oh) * outWidth + ow) * channels + c;
                        if (heap[y + out] == value) {
                            int earlier = 0;
                            for (int r = tables[rows + oh]; r <= h; r++) {
                                for (int s = tables[columns + ow]; s < tables[columns + outWidth + ow]; s++) {
                                    if (r < h || s < w) {
                                        if (heap[x + ((image * height + r) * width + s) * channels + c] == value) {
                                            earlier = 1;
                                        }
                                    }
                                }
                            }
                            if (earlier == 0) {
                                sum += heap[dy + out];
                            }
                        }
                    }
                }
                heap[dx + i] = sum;
            }
            localBarrier();
        }
    }

    /** The sample at an output pixel, from the four around it. */
    float sample(
            int x,
            int image,
            int height,
            int width,
            int channels,
            int rows,
            int outHeight,
            int oh,
            int columns,
            int outWidth,
            int ow,
            int c) {
        float down = tables[rows + 2 * outHeight + oh] * 0x1.0p-24f;
        float across = tables[columns + 2 * outWidth + ow] * 0x1.0p-24f;
        int top = x + (image * height + tables[rows + oh]) * width * channels + c;
        int bottom = x + (image * height + tables[rows + outHeight + oh]) * width * channels + c;
        int low = tables[columns + ow] * channels;
        int high = tables[columns + outWidth + ow] * channels;
        float upper = (1f - across) * heap[top + low] + across * heap[top + high];
        float lower = (1f - across) * heap[bottom + low] + across * heap[bottom + high];
        return (1f - down) * upper + down * lower;
    }

    /** Words as {@link #averagePool}, the tables of samples. */
    void interpolate() {
        int x = word(1);
        int y = word(2);
        int n = word(3);
        int channels = word(4);
        int rows = word(5);
        int height = word(6);
        int outHeight = word(7);
        int columns = word(8);
        int width = word(9);
        int outWidth = word(10);
        for (int block = getGroupId(0); block * GROUP < n; block += getNumGroups(0)) {
            int i = block * GROUP + item();
            if (i < n) {
                int c = i % channels;
                int ow = (i / channels) % outWidth;
                int line = i / channels / outWidth;
                int oh = line % outHeight;
                heap[y + i] = sample(
                        x, line / outHeight, height, width, channels, rows, outHeight, oh, columns, outWidth, ow, c);
            }
            localBarrier();
        }
    }

    /** What output {@code out} of an axis takes from input {@code in}. */
    float weight(int table, int outputs, int out, int in) {
        float high = tables[table + 2 * outputs + out] * 0x1.0p-24f;
        float weight = 0f;
        if (tables[table + out] == in) {
            weight = 1f - high;
        }
        if (tables[table + outputs + out] == in) {
            weight += high;
        }
        return weight;
    }

    /** Words dy, dx, n (of dx), then as {@link #interpolate}. */
    void interpolateGradient() {
        int dy = word(1);
        int dx = word(2);
        int n = word(3);
        int channels = word(4);
        int rows = word(5);
        int height = word(6);
        int outHeight = word(7);
        int columns = word(8);
        int width = word(9);
        int outWidth = word(10);
        for (int block = getGroupId(0); block * GROUP < n; block += getNumGroups(0)) {
            int i = block * GROUP + item();
            if (i < n) {
                int c = i % channels;
                int w = (i / channels) % width;
                int line = i / channels / width;
                int h = line % height;
                int image = line / height;
                float sum = 0f;
                int firstRow = tables[rows + 3 * outHeight + h];
                int endRow = tables[rows + 3 * outHeight + height + h];
                int firstColumn = tables[columns + 3 * outWidth + w];
                int endColumn = tables[columns + 3 * outWidth + width + w];
                for (int oh = firstRow; oh < endRow; oh++) {
                    float down = weight(rows, outHeight, oh, h);
                    for (int ow = firstColumn; ow < endColumn; ow++) {
                        float across = weight(columns, outWidth, ow, w);
                        sum += down * across * heap[dy + ((image * outHeight + oh) * outWidth + ow) * channels + c];
                    }
                }
                heap[dx + i] = sum;
            }
            localBarrier();
        }
    }

    /** y = a sigmoid(b + up(c)). Words as {@link #interpolate} with c for x, then a, b or -1. */
    void gate() {
        int x = word(1);
        int y = word(2);
        int n = word(3);
        int channels = word(4);
        int rows = word(5);
        int height = word(6);
        int outHeight = word(7);
        int columns = word(8);
        int width = word(9);
        int outWidth = word(10);
        int a = word(11);
        int b = word(12);
        for (int block = getGroupId(0); block * GROUP < n; block += getNumGroups(0)) {
            int i = block * GROUP + item();
            if (i < n) {
                int c = i % channels;
                int ow = (i / channels) % outWidth;
                int line = i / channels / outWidth;
                int oh = line % outHeight;
                float level = sample(
                        x, line / outHeight, height, width, channels, rows, outHeight, oh, columns, outWidth, ow, c);
                if (b >= 0) {
                    level += heap[b + i];
                }
                heap[y + i] = heap[a + i] * sigmoid(level);
            }
            localBarrier();
        }
    }

    /** da = dy gate, db = dy a gate (1 - gate). Words as {@link #gate} with da for y, then dy, db. */
    void gateGradient() {
        int x = word(1);
        int da = word(2);
        int n = word(3);
        int channels = word(4);
        int rows = word(5);
        int height = word(6);
        int outHeight = word(7);
        int columns = word(8);
        int width = word(9);
        int outWidth = word(10);
        int a = word(11);
        int b = word(12);
        int dy = word(13);
        int db = word(14);
        for (int block = getGroupId(0); block * GROUP < n; block += getNumGroups(0)) {
            int i = block * GROUP + item();
            if (i < n) {
                int c = i % channels;
                int ow = (i / channels) % outWidth;
                int line = i / channels / outWidth;
                int oh = line % outHeight;
                float level = sample(
                        x, line / outHeight, height, width, channels, rows, outHeight, oh, columns, outWidth, ow, c);
                if (b >= 0) {
                    level += heap[b + i];
                }
                float gate = sigmoid(level);
                float upstream = heap[dy + i];
                heap[db + i] = upstream * heap[a + i] * gate * (1f - gate);
                heap[da + i] = upstream * gate;
            }
            localBarrier();
        }
    }
}
