package scgrad.core.backend.opencl;

/**
 * Many numbers become one, in an order that depends on the geometry alone: no atomics, the same bits every run.
 *
 * <p>x is {@code [outer, rows, inner]} and the rows go. The rows are cut into chunks, one work-group each; a group is {@code lanes} columns wide
 * (a power of two) and 256 / lanes rows high, its work-items sum every so many-th row, and a tree in local memory sums those. The results
 * {@code [outer, chunks, inner]} are reduced again until there is one chunk.
 */
abstract class ReductionKernels extends MovementKernels {
    static final int REDUCE = 300;
    static final int STATISTICS = 301;
    static final int MERGE_STATISTICS = 302;
    static final int NORM_SUMS = 303;
    static final int LOG_SOFTMAX = 304;
    static final int LOG_SOFTMAX_GRADIENT = 305;
    static final int ARG_MAX = 306;

    static final int SUM = 0;

    void reduction(int code) {
        if (code == REDUCE) {
            reduce();
            return;
        }
        if (code == STATISTICS) {
            statistics();
            return;
        }
        if (code == MERGE_STATISTICS) {
            mergeStatistics();
            return;
        }
        if (code == NORM_SUMS) {
            normSums();
            return;
        }
        if (code == LOG_SOFTMAX) {
            logSoftmax();
            return;
        }
        if (code == LOG_SOFTMAX_GRADIENT) {
            logSoftmaxGradient();
            return;
        }
        if (code == ARG_MAX) {
            argMax();
            return;
        }
    }

    float combine(int function, float a, float b) {
        float y = max(a, b);
        if (function == SUM) {
            y = a + b;
        }
        return y;
    }

    /** The tree: afterwards the first {@code lanes} of {@code left} hold each column's result. */
    void combineRows(int function, int lanes) {
        int t = item();
        localBarrier();
        for (int span = GROUP / 2; span >= lanes; span = span / 2) {
            if (t < span) {
                left[t] = combine(function, left[t], left[t + span]);
            }
            localBarrier();
        }
    }

    /** Words function, x, y, outer, rows, inner, lanes, chunks, rows of a chunk, the column from which on results go to z, z. */
    void reduce() {
        int function = word(1);
        int x = word(2);
        int y = word(3);
        int outer = word(4);
        int rows = word(5);
        int inner = word(6);
        int lanes = word(7);
        int chunks = word(8);
        int chunkRows = word(9);
        int split = word(10);
        int z = word(11);
        int t = item();
        int high = GROUP / lanes;
        int tiles = (inner + lanes - 1) / lanes;
        for (int block = getGroupId(0); block < outer * chunks * tiles; block += getNumGroups(0)) {
            int tile = block % tiles;
            int slice = block / tiles;
            int chunk = slice % chunks;
            int column = tile * lanes + t % lanes;
            int first = chunk * chunkRows;
            int end = min(first + chunkRows, rows);
            int start = x + (slice / chunks) * rows * inner + column;
            float result = 0f;
            if (function != SUM) {
                result = -3.4028235e38f;
            }
            if (column < inner) {
                for (int row = first + t / lanes; row < end; row += high) {
                    result = combine(function, result, heap[start + row * inner]);
                }
            }
            left[t] = result;
            combineRows(function, lanes);
            if (t < lanes && column < inner) {
                int to = y + slice * inner + column;
                if (column >= split) {
                    to = z + column - split;
                }
                heap[to] = left[t];
            }
            localBarrier();
        }
    }

    /**
     * Mean and sum of squared distances from it, per channel and chunk of rows; the chunk is read twice, the second time from the cache.
     * Words x, mean, squares, rows, channels, lanes, chunks, rows of a chunk.
     */
    void statistics() {
        int x = word(1);
        int mean = word(2);
        int squares = word(3);
        int rows = word(4);
        int channels = word(5);
        int lanes = word(6);
        int chunks = word(7);
        int chunkRows = word(8);
        int t = item();
        int high = GROUP / lanes;
        int tiles = (channels + lanes - 1) / lanes;
        for (int block = getGroupId(0); block < chunks * tiles; block += getNumGroups(0)) {
            int column = (block % tiles) * lanes + t % lanes;
            int chunk = block / tiles;
            int first = chunk * chunkRows;
            int end = min(first + chunkRows, rows);
            float sum = 0f;
            if (column < channels) {
                for (int row = first + t / lanes; row < end; row += high) {
                    sum += heap[x + row * channels + column];
                }
            }
            left[t] = sum;
            combineRows(SUM, lanes);
            float centre = left[t % lanes] / (end - first);
            localBarrier();
            float square = 0f;
            if (column < channels) {
                for (int row = first + t / lanes; row < end; row += high) {
                    float distance = heap[x + row * channels + column] - centre;
                    square += distance * distance;
                }
            }
            left[t] = square;
            combineRows(SUM, lanes);
            if (t < lanes && column < channels) {
                heap[mean + chunk * channels + column] = centre;
                heap[squares + chunk * channels + column] = left[t];
            }
            localBarrier();
        }
    }

    /**
     * The chunks' statistics become one (Chan, Golub and LeVeque, 1979): a work-item merges every so many-th chunk of a channel, a tree in
     * local memory merges those. Words mean and squares of the chunks, mean, variance, rows, channels, lanes, chunks, rows of a chunk.
     */
    void mergeStatistics() {
        int means = word(1);
        int squares = word(2);
        int mean = word(3);
        int variance = word(4);
        int rows = word(5);
        int channels = word(6);
        int lanes = word(7);
        int chunks = word(8);
        int chunkRows = word(9);
        int t = item();
        int high = GROUP / lanes;
        int tiles = (channels + lanes - 1) / lanes;
        for (int tile = getGroupId(0); tile < tiles; tile += getNumGroups(0)) {
            int column = tile * lanes + t % lanes;
            left[t] = 0f;
            left[GROUP + t] = 0f;
            right[t] = 0f;
            if (column < channels) {
                for (int chunk = t / lanes; chunk < chunks; chunk += high) {
                    int at = chunk * channels + column;
                    merge(t, heap[means + at], heap[squares + at], min(chunkRows, rows - chunk * chunkRows));
                }
            }
            localBarrier();
            for (int span = GROUP / 2; span >= lanes; span = span / 2) {
                if (t < span) {
                    merge(t, left[t + span], left[GROUP + t + span], right[t + span]);
                }
                localBarrier();
            }
            if (t < lanes && column < channels) {
                heap[mean + column] = left[t];
                heap[variance + column] = left[GROUP + t] / rows;
            }
            localBarrier();
        }
    }

    /** Into item t's mean, squares and number of rows, in {@code left} and {@code right}, those of {@code more} rows. */
    void merge(int t, float mean, float square, float more) {
        float seen = right[t];
        float share = more / max(seen + more, 1f);
        float distance = mean - left[t];
        left[t] += distance * share;
        left[GROUP + t] += square + distance * distance * seen * share;
        right[t] = seen + more;
    }

    /** gamma (x - mean) / sqrt(variance + epsilon) without gamma, of channel c; the norm is four places from word {@code norm} on. */
    float normalised(int norm, int c, float x) {
        return (x - heap[word(norm) + c]) / sqrt(heap[word(norm + 1) + c] + number(0));
    }

    /** The upstream gradient where the ReLU behind a norm was open; y is the norm's output, or -1: then norm(x) says it. */
    float open(int relu, int norm, int c, int y, int i, float normal, float upstream) {
        float through = upstream;
        if (relu != 0) {
            float value = heap[word(norm + 2) + c] * normal + heap[word(norm + 3) + c];
            if (y >= 0) {
                value = heap[y + i];
            }
            if (value <= 0f) {
                through = 0f;
            }
        }
        return through;
    }

    /**
     * Sums over a chunk of rows of the upstream gradient and of it times the normalised input. Words x, the norm's mean, variance, gamma and
     * beta, relu, y, dy, the sums [chunks, 2, channels], rows, channels, lanes, chunks, rows of a chunk; number epsilon.
     */
    void normSums() {
        int x = word(1);
        int relu = word(6);
        int y = word(7);
        int dy = word(8);
        int sums = word(9);
        int rows = word(10);
        int channels = word(11);
        int lanes = word(12);
        int chunks = word(13);
        int chunkRows = word(14);
        int t = item();
        int high = GROUP / lanes;
        int tiles = (channels + lanes - 1) / lanes;
        for (int block = getGroupId(0); block < chunks * tiles; block += getNumGroups(0)) {
            int column = (block % tiles) * lanes + t % lanes;
            int chunk = block / tiles;
            int first = chunk * chunkRows;
            int end = min(first + chunkRows, rows);
            float shift = 0f;
            float scale = 0f;
            if (column < channels) {
                for (int row = first + t / lanes; row < end; row += high) {
                    int i = row * channels + column;
                    float normal = normalised(2, column, heap[x + i]);
                    float through = open(relu, 2, column, y, i, normal, heap[dy + i]);
                    shift += through;
                    scale += through * normal;
                }
            }
            left[t] = shift;
            combineRows(SUM, lanes);
            if (t < lanes && column < channels) {
                heap[sums + 2 * chunk * channels + column] = left[t];
            }
            localBarrier();
            left[t] = scale;
            combineRows(SUM, lanes);
            if (t < lanes && column < channels) {
                heap[sums + (2 * chunk + 1) * channels + column] = left[t];
            }
            localBarrier();
        }
    }

    /** One row a work-group. Words x, y, rows, classes. */
    void logSoftmax() {
        int x = word(1);
        int y = word(2);
        int rows = word(3);
        int classes = word(4);
        int t = item();
        for (int row = getGroupId(0); row < rows; row += getNumGroups(0)) {
            int start = row * classes;
            float largest = -3.4028235e38f;
            for (int k = t; k < classes; k += GROUP) {
                largest = max(largest, heap[x + start + k]);
            }
            left[t] = largest;
            combineRows(SUM + 1, 1);
            float top = left[0];
            localBarrier();
            float sum = 0f;
            for (int k = t; k < classes; k += GROUP) {
                sum += exp(heap[x + start + k] - top);
            }
            left[t] = sum;
            combineRows(SUM, 1);
            float shift = top + log(left[0]);
            for (int k = t; k < classes; k += GROUP) {
                heap[y + start + k] = heap[x + start + k] - shift;
            }
            localBarrier();
        }
    }

    /** One row a work-group. Words y, dy, dx, rows, classes. */
    void logSoftmaxGradient() {
        int y = word(1);
        int dy = word(2);
        int dx = word(3);
        int rows = word(4);
        int classes = word(5);
        int t = item();
        for (int row = getGroupId(0); row < rows; row += getNumGroups(0)) {
            int start = row * classes;
            float sum = 0f;
            for (int k = t; k < classes; k += GROUP) {
                sum += heap[dy + start + k];
            }
            left[t] = sum;
            combineRows(SUM, 1);
            float all = left[0];
            for (int k = t; k < classes; k += GROUP) {
                heap[dx + start + k] = heap[dy + start + k] - exp(heap[y + start + k]) * all;
            }
            localBarrier();
        }
    }

    /** One row a work-group; of equals the first wins, in the tree too. Words x, y, rows, classes. */
    void argMax() {
        int x = word(1);
        int y = word(2);
        int rows = word(3);
        int classes = word(4);
        int t = item();
        for (int row = getGroupId(0); row < rows; row += getNumGroups(0)) {
            int start = x + row * classes;
            int best = min(t, classes - 1);
            for (int k = t; k < classes; k += GROUP) {
                if (heap[start + k] > heap[start + best]) {
                    best = k;
                }
            }
            left[t] = heap[start + best];
            right[t] = best;
            localBarrier();
            for (int span = GROUP / 2; span > 0; span = span / 2) {
                if (t < span) {
                    float other = left[t + span];
                    if (other > left[t] || (other == left[t] && right[t + span] < right[t])) {
                        left[t] = other;
                        right[t] = right[t + span];
                    }
                }
                localBarrier();
            }
            if (t == 0) {
                heap[y + row] = right[0];
            }
            localBarrier();
        }
    }
}
