package scgrad.core.backend.opencl;

/** Normalisation of each channel by given statistics, and its gradient once the sums over all rows are known. */
abstract class NormKernels extends ReductionKernels {
    static final int BATCH_NORM = 400;
    static final int BATCH_NORM_GRADIENT = 401;

    void norm(int code) {
        if (code == BATCH_NORM) {
            batchNorm();
            return;
        }
        if (code == BATCH_NORM_GRADIENT) {
            batchNormGradient();
            return;
        }
    }

    /** Words x, the norm's mean, variance, gamma and beta, relu, residual or -1, y, n, channels; number epsilon. */
    void batchNorm() {
        int x = word(1);
        int relu = word(6);
        int residual = word(7);
        int y = word(8);
        int n = word(9);
        int channels = word(10);
        for (int block = getGroupId(0); block * GROUP < n; block += getNumGroups(0)) {
            int i = block * GROUP + item();
            if (i < n) {
                int c = i % channels;
                float value = heap[word(4) + c] * normalised(2, c, heap[x + i]) + heap[word(5) + c];
                if (residual >= 0) {
                    value += heap[residual + i];
                }
                if (relu != 0) {
                    value = max(value, 0f);
                }
                heap[y + i] = value;
            }
            localBarrier();
        }
    }

    /**
     * dx = gamma / deviation (through - (shift + normal scale) / rows), the second part only in training. Words x, the norm's mean, variance,
     * gamma and beta, relu, y or -1, dy, dx, residual's gradient or -1, shift, scale, n, channels, training; numbers epsilon, 1 / rows.
     */
    void batchNormGradient() {
        int x = word(1);
        int relu = word(6);
        int y = word(7);
        int dy = word(8);
        int dx = word(9);
        int residual = word(10);
        int shift = word(11);
        int scale = word(12);
        int n = word(13);
        int channels = word(14);
        int training = word(15);
        float share = number(1);
        for (int block = getGroupId(0); block * GROUP < n; block += getNumGroups(0)) {
            int i = block * GROUP + item();
            if (i < n) {
                int c = i % channels;
                float normal = normalised(2, c, heap[x + i]);
                float through = open(relu, 2, c, y, i, normal, heap[dy + i]);
                float part = through;
                if (training != 0) {
                    part = through - (heap[shift + c] + normal * heap[scale + c]) * share;
                }
                heap[dx + i] = part * heap[word(4) + c] / sqrt(heap[word(3) + c] + number(0));
                if (residual >= 0) {
                    heap[residual + i] = through;
                }
            }
            localBarrier();
        }
    }
}
