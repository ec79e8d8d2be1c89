package scgrad.core.array;

/**
 * Which inputs each output of a pooling sees along one axis: output {@code i} takes inputs {@code start[i] .. end[i]-1} and an average
 * divides by {@code divisor[i]} (a window's divisor is the product over its two axes). One description serves average, max, adaptive
 * and global pooling.
 */
public record Windows(int inputs, int[] start, int[] end, int[] divisor) {

    public int outputs() {
        return start.length;
    }

    /**
     * Sliding windows, with PyTorch's rules: {@code ceil} lets the last window hang over, but never start in the padding behind the
     * input; {@code countPadding} makes an average divide by padded positions too.
     */
    public static Windows sliding(int inputs, int kernel, int stride, int padding, boolean ceil, boolean countPadding) {
        if (kernel < 1 || stride < 1 || padding < 0 || padding * 2 > kernel) {
            throw new IllegalArgumentException("pool2d: kernel " + kernel + " and stride " + stride
                    + " must be at least 1, padding " + padding + " between 0 and half the kernel");
        }
        int span = inputs + 2 * padding - kernel;
        if (span < 0 && !(ceil && span + stride > 0)) {
            throw new IllegalArgumentException("pool2d: a map of size " + inputs + " with padding " + padding
                    + " is smaller than the kernel " + kernel);
        }
        int outputs = Math.floorDiv(span + (ceil ? stride - 1 : 0), stride) + 1;
        if (ceil && (outputs - 1) * stride >= inputs + padding) {
            outputs--;
        }
        Windows windows = new Windows(inputs, new int[outputs], new int[outputs], new int[outputs]);
        for (int i = 0; i < outputs; i++) {
            int from = i * stride - padding;
            int to = Math.min(from + kernel, inputs + padding);
            windows.start[i] = Math.max(from, 0);
            windows.end[i] = Math.min(to, inputs);
            windows.divisor[i] = countPadding ? to - from : windows.end[i] - windows.start[i];
        }
        return windows;
    }

    /** Windows that divide the axis into any number of parts, as even as can be; they overlap where it does not divide. */
    public static Windows adaptive(int inputs, int outputs) {
        if (inputs < 1 || outputs < 1) {
            throw new IllegalArgumentException(
                    "adaptivePool2d: sizes must be at least 1, got " + inputs + " to " + outputs);
        }
        Windows windows = new Windows(inputs, new int[outputs], new int[outputs], new int[outputs]);
        for (int i = 0; i < outputs; i++) {
            windows.start[i] = (int) ((long) i * inputs / outputs);
            windows.end[i] = (int) (((long) (i + 1) * inputs + outputs - 1) / outputs);
            windows.divisor[i] = windows.end[i] - windows.start[i];
        }
        return windows;
    }
}
