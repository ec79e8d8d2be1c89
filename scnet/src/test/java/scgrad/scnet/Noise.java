package scgrad.scnet;

import scgrad.core.Rng;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.Shape;

/** Images of normal noise, the same for a seed. */
final class Noise {
    private Noise() {}

    static Tensor images(Backend backend, long seed, int count, int side, int channels) {
        Rng rng = Rng.of(seed).stream("images");
        double[] values = new double[count * side * side * channels];
        for (int i = 0; i < values.length; i++) {
            values[i] = rng.nextGaussian();
        }
        return Tensor.of(backend, Shape.of(count, side, side, channels), values);
    }
}
