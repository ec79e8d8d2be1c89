package scgrad.scnet;

import scgrad.core.Tensor;
import scgrad.nn.Module;

/**
 * A convolution variant in its place: {@code [N, H, W, in]} to {@code [N, H/stride, W/stride, out]}. {@link #forward} ends with the last
 * normalisation; the activation, and a residual before it, come from {@link #activated}, which a unit may do in one pass.
 */
public abstract class Unit extends Module {
    protected Unit(Site site) {
        super(site.backend());
    }

    /** relu(forward(x) + residual); residual may be null. */
    public Tensor activated(Tensor x, Tensor residual) {
        Tensor y = apply(x);
        return (residual == null ? y : y.add(residual)).relu();
    }
}
