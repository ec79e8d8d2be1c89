package scgrad.scnet;

import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.nn.Linear;
import scgrad.nn.Module;

/** Channel attention: x * sigmoid(w2 relu(w1 mean(x))) (Hu, Shen, Sun, CVPR 2018), x [N, H, W, C]. */
final class SqueezeExcitation extends Module {
    private final Linear squeeze;
    private final Linear excite;

    SqueezeExcitation(Backend backend, int channels, Options options) {
        super(backend);
        int hidden = Math.max(1, channels / options.integer("reduction"));
        squeeze = child("fc1", new Linear(backend, channels, hidden));
        excite = child("fc2", new Linear(backend, hidden, channels));
    }

    @Override
    protected Tensor forward(Tensor x) {
        Tensor gate = excite.apply(squeeze.apply(x.globalAveragePool()).relu()).sigmoid();
        return x.mul(gate.reshape(x.shape().size(0), 1, 1, x.shape().channels()));
    }
}
