package scgrad.scnet;

import scgrad.core.Tensor;
import scgrad.nn.BatchNorm2d;
import scgrad.nn.Conv2d;

/** The plain 3x3 convolution with batch normalisation: the baseline. */
final class PlainUnit extends Unit {
    private final Conv2d convolution;
    private final BatchNorm2d norm;

    PlainUnit(Site site) {
        super(site);
        Conv2d.Options options = Conv2d.Options.same(3)
                .stride(site.stride())
                .dilation(site.dilation())
                .groups(site.groups());
        convolution = child("conv" + site.place(), new Conv2d(site.backend(), site.in(), site.out(), options));
        norm = child("bn" + site.place(), new BatchNorm2d(site.backend(), site.out()));
    }

    @Override
    protected Tensor forward(Tensor x) {
        return norm.apply(convolution, x);
    }

    @Override
    public Tensor activated(Tensor x, Tensor residual) {
        return residual == null ? norm.relu(convolution, x) : norm.addRelu(convolution, x, residual);
    }
}
