package scgrad.scnet;

import java.util.function.Function;
import scgrad.core.Tensor;
import scgrad.nn.BatchNorm2d;
import scgrad.nn.Conv2d;

/** The usual first two thirds of a bottleneck: 1x1 reduction, normalisation, ReLU, then a unit at the bottleneck's width. */
final class ReducedUnit extends Unit {
    private final Conv2d reduce;
    private final BatchNorm2d norm;
    private final Unit unit;

    ReducedUnit(Site site, Function<Site, Unit> inner) {
        super(site);
        reduce = child("conv1", new Conv2d(site.backend(), site.in(), site.out(), Conv2d.Options.same(1)));
        norm = child("bn1", new BatchNorm2d(site.backend(), site.out()));
        Unit built = inner.apply(site.channels(site.out(), site.out()));
        unit = child(built instanceof PlainUnit ? "" : "unit" + site.place(), built);
    }

    @Override
    protected Tensor forward(Tensor x) {
        return unit.apply(norm.relu(reduce, x));
    }

    @Override
    public Tensor activated(Tensor x, Tensor residual) {
        return unit.activated(norm.relu(reduce, x), residual);
    }
}
