package scgrad.core.array;

/**
 * All sizes of a 2-d convolution, channels last: input {@code [batch, height, width, channels]}, kernel {@code [kernelHeight,
 * kernelWidth, channels / groups, filters]}, output {@code [batch, outHeight, outWidth, filters]}.
 */
public record ConvGeometry(
        int batch,
        int height,
        int width,
        int channels,
        int kernelHeight,
        int kernelWidth,
        int filters,
        int stride,
        int padding,
        int dilation,
        int groups) {

    public static ConvGeometry of(Shape input, Shape kernel, int stride, int padding, int dilation, int groups) {
        if (input.rank() != 4 || kernel.rank() != 4) {
            throw new IllegalArgumentException(
                    "conv2d: input " + input + " must be [N, H, W, C] and kernel " + kernel + " [KH, KW, C/groups, K]");
        }
        if (stride < 1 || padding < 0 || dilation < 1 || groups < 1) {
            throw new IllegalArgumentException("conv2d: stride " + stride + ", dilation " + dilation + " and groups "
                    + groups + " must be at least 1, padding " + padding + " at least 0");
        }
        if (kernel.size(2) * groups != input.size(3)) {
            throw new IllegalArgumentException("conv2d: input " + input + " has " + input.size(3) + " channels, kernel "
                    + kernel + " with groups=" + groups + " expects " + kernel.size(2) * groups);
        }
        if (kernel.size(3) % groups != 0) {
            throw new IllegalArgumentException("conv2d: kernel " + kernel + " has " + kernel.size(3)
                    + " filters, which groups=" + groups + " does not divide");
        }
        ConvGeometry geometry = new ConvGeometry(
                input.size(0),
                input.size(1),
                input.size(2),
                input.size(3),
                kernel.size(0),
                kernel.size(1),
                kernel.size(3),
                stride,
                padding,
                dilation,
                groups);
        if (geometry.outHeight() < 1 || geometry.outWidth() < 1) {
            throw new IllegalArgumentException("conv2d: input " + input + " with padding " + padding
                    + " is smaller than kernel " + kernel + " with dilation " + dilation);
        }
        return geometry;
    }

    public int outHeight() {
        return outSize(height, kernelHeight);
    }

    public int outWidth() {
        return outSize(width, kernelWidth);
    }

    private int outSize(int size, int kernel) {
        return Math.floorDiv(size + 2 * padding - dilation * (kernel - 1) - 1, stride) + 1;
    }

    public int channelsPerGroup() {
        return channels / groups;
    }

    public int filtersPerGroup() {
        return filters / groups;
    }

    public Shape inputShape() {
        return Shape.of(batch, height, width, channels);
    }

    public Shape kernelShape() {
        return Shape.of(kernelHeight, kernelWidth, channelsPerGroup(), filters);
    }

    public Shape outputShape() {
        return Shape.of(batch, outHeight(), outWidth(), filters);
    }

    /** Multiply-accumulates of one forward pass, borders included. */
    public long multiplyAccumulates() {
        return outputShape().count() * kernelHeight * kernelWidth * channelsPerGroup();
    }
}
