package example;

import scgrad.core.Tensor;
import scgrad.nn.BatchNorm2d;
import scgrad.nn.Conv2d;
import scgrad.scnet.ConvUnit;
import scgrad.scnet.Options;
import scgrad.scnet.Site;
import scgrad.scnet.Unit;

/**
 * A 3x3 convolution whose output is gated by what its row and its column hold: y * sigmoid(norm(w * (mean over the row + mean over the
 * column))), after the strip pooling of Hou, Zhang, Cheng and Feng (CVPR 2020).
 */
public final class StripUnit implements ConvUnit {
    @Override
    public String name() {
        return "strip";
    }

    @Override
    public String source() {
        return "3x3 convolution gated by strips (after Hou et al., CVPR 2020)";
    }

    @Override
    public Unit build(Site site, Options options) {
        return new Gated(site);
    }

    private static final class Gated extends Unit {
        private final Conv2d convolution;
        private final BatchNorm2d norm;
        private final Conv2d mix;
        private final BatchNorm2d mixNorm;

        private Gated(Site site) {
            super(site);
            Conv2d.Options same = Conv2d.Options.same(3)
                    .stride(site.stride())
                    .dilation(site.dilation())
                    .groups(site.groups());
            convolution = child("conv", new Conv2d(site.backend(), site.in(), site.out(), same));
            norm = child("bn", new BatchNorm2d(site.backend(), site.out()));
            mix = child("mix", new Conv2d(site.backend(), site.out(), site.out(), Conv2d.Options.same(1)));
            mixNorm = child("mix_bn", new BatchNorm2d(site.backend(), site.out()));
        }

        /** x [N, H, W, in] to [N, H/stride, W/stride, out]. */
        @Override
        protected Tensor forward(Tensor x) {
            Tensor y = norm.apply(convolution, x);
            Tensor strips = y.meanKeep(1).add(y.meanKeep(2));
            return y.mul(mixNorm.apply(mix, strips).sigmoid());
        }
    }
}
