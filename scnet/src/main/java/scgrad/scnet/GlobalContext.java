package scgrad.scnet;

import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.Shape;
import scgrad.nn.Conv2d;
import scgrad.nn.Initializer;
import scgrad.nn.Linear;
import scgrad.nn.Module;

/**
 * Global context (Cao, Xu, Lin, Wei, Hu, GCNet, ICCV Workshops 2019, equation 4), x [N, H, W, C]: one attention map over all places pools x,
 * {@code c = sum_j softmax_j(w x_j) x_j}, and a bottleneck of it is added everywhere: {@code x + w2 relu(layernorm(w1 c))}.
 */
final class GlobalContext extends Module {
    private static final double EPSILON = 1e-5;

    private final Conv2d attention;
    private final Linear squeeze;
    private final Tensor scale;
    private final Tensor shift;
    private final Linear expand;

    GlobalContext(Backend backend, int channels, Options options) {
        super(backend);
        int hidden = Math.max(1, channels / options.integer("reduction"));
        attention = child(
                "mask", new Conv2d(backend, channels, 1, Conv2d.Options.same(1).withBias()));
        squeeze = child("fc1", new Linear(backend, channels, hidden));
        scale = parameter("weight", Shape.of(hidden), Initializer.constant(1));
        shift = parameter("bias", Shape.of(hidden), Initializer.constant(0));
        expand = child("fc2", new Linear(backend, hidden, channels));
    }

    @Override
    protected Tensor forward(Tensor x) {
        int images = x.shape().size(0);
        int height = x.shape().size(1);
        int width = x.shape().size(2);
        Tensor places =
                attention.apply(x).reshape(images, height * width).logSoftmax().exp();
        Tensor context = x.mul(places.reshape(images, height, width, 1)).sum(1, 2);
        Tensor added = expand.apply(layerNorm(squeeze.apply(context)).relu());
        return x.add(added.reshape(images, 1, 1, x.shape().channels()));
    }

    /** Over the channels of [N, hidden]. */
    private Tensor layerNorm(Tensor z) {
        Tensor centred = z.sub(z.meanKeep(1));
        Tensor deviation = centred.mul(centred).meanKeep(1).add(EPSILON).sqrt();
        return centred.div(deviation).mul(scale).add(shift);
    }
}
