package scgrad.scnet;

import java.util.List;
import scgrad.core.Tensor;
import scgrad.nn.BatchNorm2d;
import scgrad.nn.Conv2d;

/**
 * Selective kernels (Li, Wang, Hu, Yang, CVPR 2019, section 3.1): a 3x3 convolution and one dilated by 2, the 5x5 of the paper, each with
 * normalisation and ReLU; an attention over both weighs them channel by channel.
 */
final class SelectiveKernel extends Unit {
    static final Options DEFAULTS = Options.of("reduction", "16");
    private static final int LEAST_HIDDEN = 32;

    private final Conv2d near;
    private final BatchNorm2d nearNorm;
    private final Conv2d far;
    private final BatchNorm2d farNorm;
    private final BranchAttention attention;

    SelectiveKernel(Site site, Options options) {
        super(site);
        Conv2d.Options same = Conv2d.Options.same(3).stride(site.stride()).groups(site.groups());
        near = child("conv3", new Conv2d(site.backend(), site.in(), site.out(), same.dilation(site.dilation())));
        nearNorm = child("bn3", new BatchNorm2d(site.backend(), site.out()));
        far = child("conv5", new Conv2d(site.backend(), site.in(), site.out(), same.dilation(2 * site.dilation())));
        farNorm = child("bn5", new BatchNorm2d(site.backend(), site.out()));
        int hidden = Math.max(LEAST_HIDDEN, site.out() / options.integer("reduction"));
        attention = child("attention", new BranchAttention(site.backend(), 2, site.out(), hidden, false));
    }

    @Override
    protected Tensor forward(Tensor x) {
        return attention.choose(List.of(nearNorm.relu(near, x), farNorm.relu(far, x)));
    }
}
