package scgrad.scnet;

import scgrad.core.array.Backend;

/**
 * Where a convolution unit stands: what it must turn into what.
 *
 * @param in input channels
 * @param out output channels
 * @param stride how much smaller the map becomes
 * @param dilation of the 3x3 kernels; padding follows
 * @param groups of the 3x3 kernels
 * @param place 1 or 2 in a basic block, 2 in a bottleneck: the number in plain convolutions' names
 * @param averageDown ResNet-D's and ResNeSt's way to stride: a 3x3 average pooling behind the convolution instead of a strided one
 */
public record Site(
        Backend backend, int in, int out, int stride, int dilation, int groups, int place, boolean averageDown) {

    /** An ordinary place: no dilation, no groups. */
    public static Site of(Backend backend, int in, int out, int stride) {
        return new Site(backend, in, out, stride, 1, 1, 1, false);
    }

    /** The stride that the convolution itself takes. */
    int convolutionStride() {
        return averageDown ? 1 : stride;
    }
}
