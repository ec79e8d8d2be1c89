package scgrad.scnet;

import java.util.ArrayList;
import java.util.List;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.Resampling;
import scgrad.nn.Activation;
import scgrad.nn.BatchNorm2d;
import scgrad.nn.Conv2d;
import scgrad.nn.Module;
import scgrad.nn.Sequential;

/**
 * Gather and excite (Hu, Shen, Albanie, Sun, Vedaldi, NeurIPS 2018, section 3), x [N, H, W, C]: depthwise 3x3 convolutions of stride 2 gather
 * {@code extent} = 2, 4, 8, ... pixels, and x is gated by the sigmoid of that, spread back over its places. Extent 0 gathers the whole map by
 * its mean, without parameters. (The paper's ResNet-50 of 31.2M parameters gathers by one depthwise kernel as large as the map, which ties
 * the network to one image size.)
 */
final class GatherExcite extends Module {
    private final Sequential gather;

    GatherExcite(Backend backend, int channels, Options options) {
        super(backend);
        int extent = options.integer("extent");
        if (extent < 0 || extent == 1 || Integer.bitCount(extent) > 1) {
            throw new IllegalArgumentException(
                    "gather and excite: extent " + extent + " must be 2, 4, 8, ..., or 0 for the whole map");
        }
        List<Module> steps = new ArrayList<>();
        for (int reached = 1; reached < extent; reached *= 2) {
            if (reached > 1) {
                steps.add(new Activation(backend, "ReLU", Tensor::relu));
            }
            steps.add(new Conv2d(
                    backend,
                    channels,
                    channels,
                    Conv2d.Options.same(3).stride(2).groups(channels)));
            steps.add(new BatchNorm2d(backend, channels));
        }
        gather = extent == 0 ? null : child("gather", new Sequential(backend, steps));
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (gather == null) {
            return x.mul(x.adaptiveAveragePool(1, 1).sigmoid());
        }
        return x.mul(gather.apply(x)
                .sigmoid()
                .interpolate(
                        Resampling.Mode.NEAREST, x.shape().size(1), x.shape().size(2)));
    }
}
