package scgrad.scnet;

/**
 * A kind of convolution that a network can be built of: one class and one line in {@link ConvUnits}, or a service of this type on the class
 * path. What is registered is checked, counted, listed and studied by the same code for all.
 */
public interface ConvUnit extends Registered {
    /** Builds it in the place of a 3x3 convolution with its normalisation. */
    Unit build(Site site, Options options);

    /**
     * Builds it in the place of a bottleneck's 1x1 reduction and 3x3 convolution. {@code site.out()} is the bottleneck's width; the result
     * has that many channels.
     */
    default Unit buildBottleneck(Site site, Options options) {
        return new ReducedUnit(site, inner -> build(inner, options));
    }

    /** The key prefix of the unit in its block; plain convolutions have none, as in PyTorch. */
    default String key(Site site) {
        return "unit" + site.place();
    }

    /** The same for {@link #buildBottleneck}. */
    default String bottleneckKey() {
        return "";
    }
}
