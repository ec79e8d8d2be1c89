package scgrad.scnet;

import scgrad.core.array.Backend;
import scgrad.core.array.Shape;

/**
 * Where a convolution unit stands: what it must turn into what.
 *
 * @param in input channels
 * @param out output channels
 * @param stride how much smaller the map becomes
 * @param dilation of the 3x3 kernels; padding follows
 * @param groups of the 3x3 kernels
 * @param place 1 or 2 in a basic block, 2 in a bottleneck: the number in plain convolutions' names
 */
public record Site(Backend backend, int in, int out, int stride, int dilation, int groups, int place) {

    /** An ordinary place: no dilation, no groups. */
    public static Site of(Backend backend, int in, int out, int stride) {
        return new Site(backend, in, out, stride, 1, 1, 1);
    }

    /** What a unit must make of a map {@code x [N, H, W, in]}: {@code [N, H/stride, W/stride, out]}, rounded up. */
    static Shape output(Shape x, int stride, int out) {
        return Shape.of(x.size(0), (x.size(1) + stride - 1) / stride, (x.size(2) + stride - 1) / stride, out);
    }

    /** The same place with other channels. */
    public Site channels(int newIn, int newOut) {
        return new Site(backend, newIn, newOut, stride, dilation, groups, place);
    }

    /** The same place with another stride. */
    public Site strided(int other) {
        return new Site(backend, in, out, other, dilation, groups, place);
    }
}
