package scgrad.scnet;

import scgrad.core.Tensor;
import scgrad.nn.BatchNorm2d;
import scgrad.nn.Conv2d;

/**
 * Split attention (Zhang et al., ResNeSt, 2020, section 3.1): one grouped 3x3 convolution makes {@code radix} branches of the output's
 * channels, which an attention weighs channel by channel.
 */
final class SplitAttention extends Unit {
    static final Options DEFAULTS = Options.of("radix", "2", "reduction", "4");
    private static final int LEAST_HIDDEN = 32;

    private final Conv2d convolution;
    private final BatchNorm2d norm;
    private final BranchAttention attention;

    SplitAttention(Site site, Options options) {
        super(site);
        int radix = options.integer("radix");
        int groups = radix * site.groups();
        if (radix < 1 || site.in() % groups != 0 || radix * site.out() % groups != 0) {
            throw new IllegalArgumentException("split attention: radix " + radix + " times " + site.groups()
                    + " groups must divide " + site.in() + " input and " + radix * site.out() + " branch channels");
        }
        int wide = radix * site.out();
        Conv2d.Options same = Conv2d.Options.same(3)
                .stride(site.stride())
                .dilation(site.dilation())
                .groups(groups);
        convolution = child("conv", new Conv2d(site.backend(), site.in(), wide, same));
        norm = child("bn0", new BatchNorm2d(site.backend(), wide));
        int hidden = Math.max(LEAST_HIDDEN, wide / options.integer("reduction"));
        attention = child("attention", new BranchAttention(site.backend(), radix, site.out(), hidden, true));
    }

    @Override
    protected Tensor forward(Tensor x) {
        return attention.apply(norm.relu(convolution, x));
    }
}
