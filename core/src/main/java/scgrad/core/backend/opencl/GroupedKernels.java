package scgrad.core.backend.opencl;

/**
 * Convolution in groups, depthwise too: an output is a short sum, so a work-item makes it directly. Legend as in {@link ProductKernels}; cg kg
 * are channels and filters within a group.
 */
abstract class GroupedKernels extends LargeProductKernels {
    static final int GROUPED = 700;
    static final int GROUPED_INPUT_GRADIENT = 701;
    static final int GROUPED_KERNEL_GRADIENT = 702;

    void grouped(int code) {
        if (code == GROUPED) {
            groupedForward();
            return;
        }
        if (code == GROUPED_INPUT_GRADIENT) {
            groupedInputGradient();
            return;
        }
        if (code == GROUPED_KERNEL_GRADIENT) {
            groupedKernelGradient();
            return;
        }
    }

    /** Words x, w, y, n (of y), groups; the geometry as in {@link ProductKernels#narrowProduct()}. */
    void groupedForward() {
        int x = word(1);
        int w = word(2);
        int y = word(3);
        int n = word(4);
        int groups = word(5);
        int height = word(GEOMETRY);
        int width = word(GEOMETRY + 1);
        int channels = word(GEOMETRY + 2);
        int kernelHeight = word(GEOMETRY + 3);
        int kernelWidth = word(GEOMETRY + 4);
        int filters = word(GEOMETRY + 5);
        int stride = word(GEOMETRY + 6);
        int padding = word(GEOMETRY + 7);
        int dilation = word(GEOMETRY + 8);
        int outHeight = word(GEOMETRY + 9);
        int outWidth = word(GEOMETRY + 10);
        int groupChannels = channels / groups;
        int groupFilters = filters / groups;
        for (int block = getGroupId(0); block * GROUP < n; block += getNumGroups(0)) {
            int i = block * GROUP + item();
            if (i < n) {
                int k = i % filters;
                int q = (i / filters) % outWidth;
                int line = i / filters / outWidth;
                int p = line % outHeight;
                int image = line / outHeight;
                int first = (k / groupFilters) * groupChannels;
                float sum = 0f;
                for (int r = 0; r < kernelHeight; r++) {
                    int h = p * stride - padding + r * dilation;
                    for (int s = 0; s < kernelWidth; s++) {
                        int v = q * stride - padding + s * dilation;
                        if (h >= 0 && h < height && v >= 0 && v < width) {
                            int from = x + ((image * height + h) * width + v) * channels + first;
                            int weight = w + (r * kernelWidth + s) * groupChannels * filters + k;
                            for (int c = 0; c < groupChannels; c++) {
                                sum += heap[from + c] * heap[weight + c * filters];
                            }
                        }
                    }
                }
                heap[y + i] = sum;
            }
            localBarrier();
        }
    }

    /** Words dy, w, dx, n (of dx), groups, accumulate; the geometry. */
    void groupedInputGradient() {
        int dy = word(1);
        int w = word(2);
        int dx = word(3);
        int n = word(4);
        int groups = word(5);
        int accumulate = word(6);
        int height = word(GEOMETRY);
        int width = word(GEOMETRY + 1);
        int channels = word(GEOMETRY + 2);
        int kernelHeight = word(GEOMETRY + 3);
        int kernelWidth = word(GEOMETRY + 4);
        int filters = word(GEOMETRY + 5);
        int stride = word(GEOMETRY + 6);
        int padding = word(GEOMETRY + 7);
        int dilation = word(GEOMETRY + 8);
        int outHeight = word(GEOMETRY + 9);
        int outWidth = word(GEOMETRY + 10);
        int groupChannels = channels / groups;
        int groupFilters = filters / groups;
        for (int block = getGroupId(0); block * GROUP < n; block += getNumGroups(0)) {
            int i = block * GROUP + item();
            if (i < n) {
                int c = i % channels;
                int v = (i / channels) % width;
                int line = i / channels / width;
                int h = line % height;
                int image = line / height;
                int first = (c / groupChannels) * groupFilters;
                float sum = 0f;
                if (accumulate != 0) {
                    sum = heap[dx + i];
                }
                for (int r = 0; r < kernelHeight; r++) {
                    int down = h + padding - r * dilation;
                    int p = down / stride;
                    for (int s = 0; s < kernelWidth; s++) {
                        int across = v + padding - s * dilation;
                        int q = across / stride;
                        if (down >= 0 && p * stride == down && p < outHeight) {
                            if (across >= 0 && q * stride == across && q < outWidth) {
                                int from = dy + ((image * outHeight + p) * outWidth + q) * filters + first;
                                int place = (r * kernelWidth + s) * groupChannels + c % groupChannels;
                                int weight = w + place * filters + first;
                                for (int k = 0; k < groupFilters; k++) {
                                    sum += heap[from + k] * heap[weight + k];
                                }
                            }
                        }
                    }
                }
                heap[dx + i] = sum;
            }
            localBarrier();
        }
    }

    /**
     * One weight and one chunk of the output pixels a work-item. Words x, dy, dw of the chunks, weights, groups, chunks, pixels, pixels of a
     * chunk; the geometry.
     */
    void groupedKernelGradient() {
        int x = word(1);
        int dy = word(2);
        int dw = word(3);
        int weights = word(4);
        int groups = word(5);
        int chunks = word(6);
        int pixels = word(7);
        int chunkPixels = word(8);
        int height = word(GEOMETRY);
        int width = word(GEOMETRY + 1);
        int channels = word(GEOMETRY + 2);
        int kernelWidth = word(GEOMETRY + 4);
        int filters = word(GEOMETRY + 5);
        int stride = word(GEOMETRY + 6);
        int padding = word(GEOMETRY + 7);
        int dilation = word(GEOMETRY + 8);
        int outHeight = word(GEOMETRY + 9);
        int outWidth = word(GEOMETRY + 10);
        int groupChannels = channels / groups;
        int groupFilters = filters / groups;
        int n = weights * chunks;
        for (int block = getGroupId(0); block * GROUP < n; block += getNumGroups(0)) {
            int i = block * GROUP + item();
            if (i < n) {
                int k = i % filters;
                int row = (i % weights) / filters;
                int c = (k / groupFilters) * groupChannels + row % groupChannels;
                int place = row / groupChannels;
                int down = (place / kernelWidth) * dilation - padding;
                int across = (place % kernelWidth) * dilation - padding;
                int first = (i / weights) * chunkPixels;
                int end = min(first + chunkPixels, pixels);
                float sum = 0f;
                for (int pixel = first; pixel < end; pixel++) {
                    int line = pixel / outWidth;
                    int h = (line % outHeight) * stride + down;
                    int v = (pixel % outWidth) * stride + across;
                    if (h >= 0 && h < height && v >= 0 && v < width) {
                        sum += heap[dy + pixel * filters + k]
                                * heap[x + ((line / outHeight * height + h) * width + v) * channels + c];
                    }
                }
                heap[dw + i] = sum;
            }
            localBarrier();
        }
    }
}
