package scgrad.core.array;

/**
 * One of several convolutions that read the same input, and the batch norm behind it.
 *
 * @param norm by given statistics, or null for none
 * @param relu whether a ReLU follows the norm
 */
public record Branch(ConvGeometry geometry, NDArray w, ChannelNorm norm, boolean relu, NDArray y) {}
