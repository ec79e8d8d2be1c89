package scgrad.scnet;

import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.Shape;
import scgrad.nn.Initializer;
import scgrad.nn.Module;

/**
 * Efficient channel attention (Wang, Wu, Zhu, Li, Zuo, Hu, CVPR 2020, equations 9 to 12), x [N, H, W, C]: a convolution of {@code kernel}
 * neighbouring channels of mean(x) makes the gate. By default the kernel is the odd number nearest to (log2(C) + 1) / 2.
 */
final class EfficientChannel extends Module {
    private final int kernel;
    private final Tensor weight;

    EfficientChannel(Backend backend, int channels, Options options) {
        super(backend);
        int asked = options.integer("kernel");
        if (asked < 0 || asked > 0 && asked % 2 == 0) {
            throw new IllegalArgumentException(
                    "efficient channel attention: kernel " + asked + " must be odd, or 0 for the size by channels");
        }
        kernel = asked > 0 ? asked : kernelFor(channels);
        weight = parameter("weight", Shape.of(kernel), Initializer.inverseRoot(kernel));
    }

    /** As the authors' code rounds: down, and up to the next odd number. */
    static int kernelFor(int channels) {
        return (int) ((Math.log(channels) / Math.log(2) + 1) / 2) | 1;
    }

    @Override
    protected Tensor forward(Tensor x) {
        int images = x.shape().size(0);
        int channels = x.shape().channels();
        int side = kernel / 2;
        Tensor padded = x.globalAveragePool().pad(new int[] {0, side}, new int[] {0, side});
        Tensor sum = null;
        for (int tap = 0; tap < kernel; tap++) {
            Tensor term = padded.slice(1, tap, tap + channels).mul(weight.slice(0, tap, tap + 1));
            sum = sum == null ? term : sum.add(term);
        }
        return x.mul(sum.sigmoid().reshape(images, 1, 1, channels));
    }
}
