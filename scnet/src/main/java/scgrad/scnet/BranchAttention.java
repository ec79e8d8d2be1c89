package scgrad.scnet;

import java.util.List;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.nn.BatchNorm2d;
import scgrad.nn.Conv2d;
import scgrad.nn.Module;

/**
 * A soft choice among branches, channel by channel: the mean of their sum goes through a bottleneck, whose softmax over the branches weighs
 * them. It takes {@code [N, H, W, branches * C]} and returns {@code [N, H, W, C]}; selective kernels and split attention share it.
 */
final class BranchAttention extends Module {
    private final int branches;
    private final Conv2d squeeze;
    private final BatchNorm2d norm;
    private final Conv2d excite;

    /** @param bias whether the squeeze has one, as in the ResNeSt code */
    BranchAttention(Backend backend, int branches, int channels, int hidden, boolean bias) {
        super(backend);
        this.branches = branches;
        Conv2d.Options point = Conv2d.Options.same(1);
        squeeze = child("fc1", new Conv2d(backend, channels, hidden, bias ? point.withBias() : point));
        norm = child("bn1", new BatchNorm2d(backend, hidden));
        excite = child("fc2", new Conv2d(backend, hidden, branches * channels, point.withBias()));
    }

    Tensor choose(List<Tensor> parts) {
        return apply(Tensor.concat(-1, parts.toArray(Tensor[]::new)));
    }

    @Override
    protected Tensor forward(Tensor x) {
        int images = x.shape().size(0);
        int channels = x.shape().channels() / branches;
        Tensor sum = null;
        for (int branch = 0; branch < branches; branch++) {
            Tensor part = part(x, branch, channels).adaptiveAveragePool(1, 1);
            sum = sum == null ? part : sum.add(part);
        }
        Tensor logits = excite.apply(norm.relu(squeeze, sum)).reshape(images, branches, channels);
        Tensor weights = logits.permute(0, 2, 1).logSoftmax().exp().permute(0, 2, 1);
        Tensor chosen = null;
        for (int branch = 0; branch < branches; branch++) {
            Tensor weight = weights.slice(1, branch, branch + 1).reshape(images, 1, 1, channels);
            Tensor term = part(x, branch, channels).mul(weight);
            chosen = chosen == null ? term : chosen.add(term);
        }
        return chosen;
    }

    private static Tensor part(Tensor x, int branch, int channels) {
        return x.slice(-1, branch * channels, (branch + 1) * channels);
    }
}
