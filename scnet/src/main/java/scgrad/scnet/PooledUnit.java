package scgrad.scnet;

import java.util.function.Function;
import scgrad.core.Tensor;

/**
 * ResNet-D's and ResNeSt's way to stride around any unit: the unit keeps the map's size, and a 3x3 average pooling behind it takes the stride
 * (He et al., Bag of Tricks, CVPR 2019; the official SCNet code's {@code v1d}).
 */
final class PooledUnit extends Unit {
    private final Unit unit;
    private final int stride;

    PooledUnit(Site site, Function<Site, Unit> inner) {
        super(site);
        stride = site.stride();
        unit = child("", inner.apply(site.strided(1)));
    }

    @Override
    protected Tensor forward(Tensor x) {
        return pooled(unit.apply(x));
    }

    @Override
    public Tensor activated(Tensor x, Tensor residual) {
        Tensor y = pooled(unit.activated(x, null));
        return residual == null ? y : y.add(residual).relu();
    }

    private Tensor pooled(Tensor y) {
        return y.averagePool(3, stride, 1, false, true);
    }
}
