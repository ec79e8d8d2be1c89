package scgrad.core.backend.opencl;

/** Element by element: y, x, a, b and dy are places in the heap, n a count. */
abstract class ElementwiseKernels extends DeviceMemory {
    static final int FILL = 100;
    static final int COPY = 101;
    static final int UNARY = 102;
    static final int UNARY_GRADIENT = 103;
    static final int BINARY = 104;
    static final int BLEND = 105;
    static final int DROPOUT = 106;
    static final int SGD = 107;
    static final int ADAMW = 108;

    /** Words of a parameter's row in an optimizer's step: first block, length, up to four places. */
    static final int UPDATE = 6;

    // The functions in the order of Unary and Binary.
    private static final int NEGATE = 0;
    private static final int EXP = 1;
    private static final int LOG = 2;
    private static final int SQRT = 3;
    private static final int RELU = 4;
    private static final int SIGMOID = 5;
    private static final int TANH = 6;
    private static final int SILU = 7;
    private static final int GELU = 8;
    private static final int HARDSWISH = 9;
    private static final int POWER = 10;
    private static final int SCALE = 11;

    private static final int ADD = 0;
    private static final int SUBTRACT = 1;
    private static final int MULTIPLY = 2;
    private static final int DIVIDE = 3;
    private static final int EQUAL = 4;

    void elementwise(int code) {
        if (code == FILL) {
            fill();
            return;
        }
        if (code == COPY) {
            copy();
            return;
        }
        if (code == UNARY) {
            unary();
            return;
        }
        if (code == UNARY_GRADIENT) {
            unaryGradient();
            return;
        }
        if (code == BINARY) {
            binary();
            return;
        }
        if (code == BLEND) {
            blend();
            return;
        }
        if (code == DROPOUT) {
            dropout();
            return;
        }
        if (code == SGD) {
            sgd();
            return;
        }
        if (code == ADAMW) {
            adamW();
            return;
        }
    }

    /** Words y, n; number value. */
    void fill() {
        int y = word(1);
        int n = word(2);
        float value = number(0);
        for (int block = getGroupId(0); block * GROUP < n; block += getNumGroups(0)) {
            int i = block * GROUP + item();
            if (i < n) {
                heap[y + i] = value;
            }
            localBarrier();
        }
    }

    /** Words x, y, n. */
    void copy() {
        int x = word(1);
        int y = word(2);
        int n = word(3);
        for (int block = getGroupId(0); block * GROUP < n; block += getNumGroups(0)) {
            int i = block * GROUP + item();
            if (i < n) {
                heap[y + i] = heap[x + i];
            }
            localBarrier();
        }
    }

    /** Words function, x, y, n; number parameter. */
    void unary() {
        int function = word(1);
        int x = word(2);
        int y = word(3);
        int n = word(4);
        float parameter = number(0);
        for (int block = getGroupId(0); block * GROUP < n; block += getNumGroups(0)) {
            int i = block * GROUP + item();
            if (i < n) {
                heap[y + i] = value(function, heap[x + i], parameter);
            }
            localBarrier();
        }
    }

    /** Words function, x, y, dy, dx, n; number parameter. Where the derivative comes from y alone, x is y. */
    void unaryGradient() {
        int function = word(1);
        int x = word(2);
        int y = word(3);
        int dy = word(4);
        int dx = word(5);
        int n = word(6);
        float parameter = number(0);
        for (int block = getGroupId(0); block * GROUP < n; block += getNumGroups(0)) {
            int i = block * GROUP + item();
            if (i < n) {
                heap[dx + i] = heap[dy + i] * derivative(function, heap[x + i], heap[y + i], parameter);
            }
            localBarrier();
        }
    }

    float value(int function, float x, float parameter) {
        float y = x + parameter;
        if (function == NEGATE) {
            y = -x;
        }
        if (function == EXP) {
            y = exp(x);
        }
        if (function == LOG) {
            y = log(x);
        }
        if (function == SQRT) {
            y = sqrt(x);
        }
        if (function == RELU) {
            y = max(x, 0f);
        }
        if (function == SIGMOID) {
            y = sigmoid(x);
        }
        if (function == TANH) {
            y = tanh(x);
        }
        if (function == SILU) {
            y = x * sigmoid(x);
        }
        if (function == GELU) {
            y = x * distribution(x);
        }
        if (function == HARDSWISH) {
            y = x * min(max(x + 3f, 0f), 6f) / 6f;
        }
        if (function == POWER) {
            y = pow(x, parameter);
        }
        if (function == SCALE) {
            y = x * parameter;
        }
        return y;
    }

    float derivative(int function, float x, float y, float parameter) {
        float d = 1f;
        if (function == NEGATE) {
            d = -1f;
        }
        if (function == EXP) {
            d = y;
        }
        if (function == LOG) {
            d = 1f / x;
        }
        if (function == SQRT) {
            d = 0.5f / y;
        }
        if (function == RELU) {
            if (y <= 0f) {
                d = 0f;
            }
        }
        if (function == SIGMOID) {
            d = y * (1f - y);
        }
        if (function == TANH) {
            d = 1f - y * y;
        }
        if (function == SILU) {
            float s = sigmoid(x);
            d = s * (1f + x * (1f - s));
        }
        if (function == GELU) {
            d = distribution(x) + x * 0.3989422804f * exp(-0.5f * x * x);
        }
        if (function == HARDSWISH) {
            d = (2f * x + 3f) / 6f;
            if (x <= -3f) {
                d = 0f;
            }
            if (x >= 3f) {
                d = 1f;
            }
        }
        if (function == POWER) {
            d = parameter * pow(x, parameter - 1f);
        }
        if (function == SCALE) {
            d = parameter;
        }
        return d;
    }

    float sigmoid(float x) {
        return 1f / (1f + exp(-x));
    }

    /** The normal distribution function, by erf's rational approximation 7.1.26 of Abramowitz and Stegun (error below 1.5e-7). */
    float distribution(float x) {
        float z = abs(x) * 0.7071067812f;
        float t = 1f / (1f + 0.3275911f * z);
        float series =
                ((((1.061405429f * t - 1.453152027f) * t + 1.421413741f) * t - 0.284496736f) * t + 0.254829592f) * t;
        float tail = 0.5f * series * exp(-z * z);
        float p = tail;
        if (x > 0f) {
            p = 1f - tail;
        }
        return p;
    }

    /**
     * Words function, a, b, y, n, table; the table has the rank, then the sizes of y, and the strides of a and of b, 0 where one is
     * stretched; rank 0 where neither is.
     */
    void binary() {
        int function = word(1);
        int a = word(2);
        int b = word(3);
        int y = word(4);
        int n = word(5);
        int table = word(6);
        int rank = tables[table];
        for (int block = getGroupId(0); block * GROUP < n; block += getNumGroups(0)) {
            int i = block * GROUP + item();
            if (i < n) {
                int first = a;
                int second = b;
                if (rank == 0) {
                    first += i;
                    second += i;
                }
                int rest = i;
                for (int axis = rank; axis > 0; axis--) {
                    int size = tables[table + axis];
                    int outer = rest / size;
                    int at = rest - outer * size;
                    first += at * tables[table + rank + axis];
                    second += at * tables[table + 2 * rank + axis];
                    rest = outer;
                }
                heap[y + i] = pair(function, heap[first], heap[second]);
            }
            localBarrier();
        }
    }

    float pair(int function, float a, float b) {
        float y = 0f;
        if (function == ADD) {
            y = a + b;
        }
        if (function == SUBTRACT) {
            y = a - b;
        }
        if (function == MULTIPLY) {
            y = a * b;
        }
        if (function == DIVIDE) {
            y = a / b;
        }
        if (function == EQUAL) {
            if (a == b) {
                y = 1f;
            }
        }
        return y;
    }

    /** y = a x + b y. Words x, y, n; numbers a, b. */
    void blend() {
        int x = word(1);
        int y = word(2);
        int n = word(3);
        float a = number(0);
        float b = number(1);
        for (int block = getGroupId(0); block * GROUP < n; block += getNumGroups(0)) {
            int i = block * GROUP + item();
            if (i < n) {
                heap[y + i] = a * heap[x + i] + b * heap[y + i];
            }
            localBarrier();
        }
    }

    /** Words x, y, n and the seed's low and high half; numbers keep, 1 / keep. The bits are SplitMix's, as everywhere. */
    void dropout() {
        int x = word(1);
        int y = word(2);
        int n = word(3);
        long low = word(4);
        long high = word(5);
        long seed = (high << 32) | (low & 0xFFFFFFFFL);
        float keep = number(0);
        float scale = number(1);
        for (int block = getGroupId(0); block * GROUP < n; block += getNumGroups(0)) {
            int i = block * GROUP + item();
            if (i < n) {
                long bits = scramble(seed + i * 0x9E3779B97F4A7C15L);
                float uniform = (bits >>> 40) * 0x1.0p-24f;
                float kept = 0f;
                if (uniform < keep) {
                    kept = heap[x + i] * scale;
                }
                heap[y + i] = kept;
            }
            localBarrier();
        }
    }

    long scramble(long z) {
        long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
        return b ^ (b >>> 31);
    }

    /**
     * The row of the parameter that owns a block, among rows of {@link #UPDATE} words: its first block, its length, its places.
     */
    int update(int rows, int count, int block) {
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high + 1) / 2;
            if (words[rows + middle * UPDATE] <= block) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return rows + low * UPDATE;
    }

    /** Words rows (places w, g, v), parameters, blocks, nesterov; numbers rate, momentum, weight decay. */
    void sgd() {
        int rows = word(1);
        int count = word(2);
        int blocks = word(3);
        int nesterov = word(4);
        float rate = number(0);
        float momentum = number(1);
        float decay = number(2);
        for (int block = getGroupId(0); block < blocks; block += getNumGroups(0)) {
            int row = update(rows, count, block);
            int i = (block - words[row]) * GROUP + item();
            if (i < words[row + 1]) {
                int w = words[row + 2] + i;
                int v = words[row + 4] + i;
                float gradient = heap[words[row + 3] + i] + decay * heap[w];
                float velocity = momentum * heap[v] + gradient;
                heap[v] = velocity;
                float step = velocity;
                if (nesterov != 0) {
                    step = gradient + momentum * velocity;
                }
                heap[w] = heap[w] - rate * step;
            }
            localBarrier();
        }
    }

    /**
     * Words rows (places w, g, m, s), parameters, blocks; numbers beta1, beta2, epsilon, kept weight, rate / correction of m, 1 / correction of
     * s.
     */
    void adamW() {
        int rows = word(1);
        int count = word(2);
        int blocks = word(3);
        float beta1 = number(0);
        float beta2 = number(1);
        float epsilon = number(2);
        float keep = number(3);
        float rate = number(4);
        float correction = number(5);
        for (int block = getGroupId(0); block < blocks; block += getNumGroups(0)) {
            int row = update(rows, count, block);
            int i = (block - words[row]) * GROUP + item();
            if (i < words[row + 1]) {
                int w = words[row + 2] + i;
                int m = words[row + 4] + i;
                int s = words[row + 5] + i;
                float gradient = heap[words[row + 3] + i];
                float first = beta1 * heap[m] + (1f - beta1) * gradient;
                float second = beta2 * heap[s] + (1f - beta2) * gradient * gradient;
                heap[m] = first;
                heap[s] = second;
                heap[w] = heap[w] * keep - rate * first / (sqrt(second * correction) + epsilon);
            }
            localBarrier();
        }
    }
}
