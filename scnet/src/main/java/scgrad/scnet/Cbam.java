package scgrad.scnet;

import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.nn.BatchNorm2d;
import scgrad.nn.Conv2d;
import scgrad.nn.Linear;
import scgrad.nn.Module;

/**
 * Convolutional block attention (Woo, Park, Lee, Kweon, ECCV 2018, equations 2 and 3), x [N, H, W, C]: first channels,
 * {@code x' = x * sigmoid(mlp(mean(x)) + mlp(max(x)))} over the map, then places, {@code x' * sigmoid(norm(conv7x7([max(x'), mean(x')])))} over
 * the channels. The normalisation is in the authors' code.
 */
final class Cbam extends Module {
    private static final int KERNEL = 7;

    private final Linear squeeze;
    private final Linear excite;
    private final Conv2d spatial;
    private final BatchNorm2d norm;

    Cbam(Backend backend, int channels, Options options) {
        super(backend);
        int hidden = Math.max(1, channels / options.integer("reduction"));
        squeeze = child("fc1", new Linear(backend, channels, hidden));
        excite = child("fc2", new Linear(backend, hidden, channels));
        spatial = child("spatial", new Conv2d(backend, 2, 1, Conv2d.Options.same(KERNEL)));
        norm = child("bn", new BatchNorm2d(backend, 1));
    }

    @Override
    protected Tensor forward(Tensor x) {
        Tensor mean = perceptron(x.globalAveragePool());
        Tensor max = perceptron(x.max(1, 2));
        Tensor channels = mean.add(max).sigmoid();
        Tensor refined =
                x.mul(channels.reshape(x.shape().size(0), 1, 1, x.shape().channels()));
        Tensor places = Tensor.concat(-1, refined.maxKeep(3), refined.meanKeep(3));
        return refined.mul(norm.apply(spatial, places).sigmoid());
    }

    private Tensor perceptron(Tensor pooled) {
        return excite.apply(squeeze.apply(pooled).relu());
    }
}
