package scgrad.scnet;

import java.util.ArrayList;
import java.util.List;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.nn.Activation;
import scgrad.nn.BatchNorm2d;
import scgrad.nn.Conv2d;
import scgrad.nn.Module;
import scgrad.nn.Pool2d;
import scgrad.nn.Sequential;

/**
 * A residual block, basic or bottleneck, around convolution units: {@code [N, H, W, in]} to {@code [N, H/stride, W/stride, out]}. Keys are
 * torchvision's.
 */
final class Block extends Module {
    private final Unit first;
    private final Unit second;
    private final Conv2d expand;
    private final BatchNorm2d expandNorm;
    private final Module attention;
    private final Module shortcut;

    /**
     * @param stage from 0
     * @param in input channels
     * @param width channels inside
     * @param out output channels
     * @param head whether it is the first block of its stage
     */
    Block(
            Backend backend,
            ResNet.Design design,
            int stage,
            int in,
            int width,
            int out,
            int stride,
            int dilation,
            boolean head) {
        super(backend);
        boolean averageDown = design.averageDown() && (stride > 1 || head);
        ConvUnit unit = design.unit(stage);
        Options options = design.unitOptions();
        if (design.bottleneck()) {
            Site site = new Site(backend, in, width, stride, dilation, design.groups(), 2);
            first = child(unit.bottleneckKey(), ConvUnits.build(unit, options, site, true, averageDown));
            second = null;
            expand = child("conv3", new Conv2d(backend, width, out, Conv2d.Options.same(1)));
            expandNorm = child("bn3", new BatchNorm2d(backend, out));
        } else {
            Site site = new Site(backend, in, width, stride, dilation, design.groups(), 1);
            first = child(unit.key(site), ConvUnits.build(unit, options, site, false, averageDown));
            Site inner = new Site(backend, width, out, 1, dilation, design.groups(), 2);
            second = child(unit.key(inner), ConvUnits.build(unit, options, inner, false, false));
            expand = null;
            expandNorm = null;
        }
        attention = design.attention() == null
                ? null
                : child(design.attention().name(), design.attention().build(backend, out, design.attentionOptions()));
        shortcut = in == out && stride == 1 ? null : child("downsample", shortcut(backend, design, in, out, stride));
    }

    private static Module shortcut(Backend backend, ResNet.Design design, int in, int out, int stride) {
        if (design.shortcut() == ResNet.Shortcut.PAD) {
            int before = (out - in) / 2;
            return new Activation(backend, "ShortcutA", x -> (stride > 1 ? x.averagePool(1, stride) : x)
                    .padChannels(before, out - in - before));
        }
        List<Module> steps = new ArrayList<>();
        if (design.averageDown()) {
            steps.add(new Pool2d(backend, Pool2d.Kind.AVERAGE, stride, stride, 0, true));
        }
        steps.add(new Conv2d(backend, in, out, Conv2d.Options.same(1).stride(design.averageDown() ? 1 : stride)));
        steps.add(new BatchNorm2d(backend, out));
        return new Sequential(backend, steps);
    }

    @Override
    protected Tensor forward(Tensor x) {
        Tensor inner = first.activated(x, null);
        Tensor residual = shortcut == null ? x : giveAway(shortcut.apply(x), x);
        if (attention != null) {
            Tensor y = second == null ? expandNorm.apply(expand, inner) : second.checked(inner);
            return attention.apply(y).add(residual).relu();
        }
        return second == null ? expandNorm.addRelu(expand, inner, residual) : second.activated(inner, residual);
    }
}
