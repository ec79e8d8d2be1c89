package scgrad.core.backend.cpu;

import java.util.Random;
import scgrad.core.array.Backend;
import scgrad.core.array.ChannelNorm;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;

/** Step memory with normal numbers. */
final class RandomArrays {
    private RandomArrays() {}

    static NDArray normal(Backend backend, Shape shape, Random random) {
        NDArray array = NDArray.allocate(backend, shape);
        float[] values = new float[shape.length()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        backend.upload(values, array);
        return array;
    }

    static ChannelNorm norm(Backend backend, Shape channels, Random random) {
        return new ChannelNorm(
                normal(backend, channels, random),
                NDArray.full(backend, channels, 1.5),
                1e-5,
                normal(backend, channels, random),
                normal(backend, channels, random));
    }
}
