package scgrad.core.array;

/**
 * A convolution z = x * w and the batch norm by z's own statistics behind it, on the way back: what the way forward left, what arrives, and
 * where the gradients go. See {@link Backend#batchNormGradient} for y, dresidual and what may share memory.
 *
 * @param dz memory for the gradient of z; a backend that needs none may leave it
 * @param dw null where nobody asks for it
 */
public record BranchGradient(
        ConvGeometry geometry,
        NDArray w,
        NDArray z,
        ChannelNorm norm,
        boolean relu,
        NDArray y,
        NDArray dy,
        NDArray dz,
        NDArray dw,
        NDArray dgamma,
        NDArray dbeta,
        NDArray dresidual) {}
