package scgrad.scnet;

import scgrad.core.Tensor;
import scgrad.core.array.Shape;
import scgrad.nn.Module;

/**
 * A convolution variant in its place: {@code [N, H, W, in]} to {@code [N, H/stride, W/stride, out]}. {@link #forward} ends with the last
 * normalisation; the activation, and a residual before it, come from {@link #activated}, which a unit may do in one pass.
 */
public abstract class Unit extends Module {
    private final Site site;

    protected Unit(Site site) {
        super(site.backend());
        this.site = site;
    }

    /** relu(forward(x) + residual); residual may be null. */
    public Tensor activated(Tensor x, Tensor residual) {
        Tensor y = checked(x);
        return (residual == null ? y : y.add(residual)).relu();
    }

    /** {@link #apply}, with an error where the shape is not what its place needs; without it a wrong one may pass by broadcasting. */
    final Tensor checked(Tensor x) {
        Tensor y = apply(x);
        Shape due = Site.output(x.shape(), site.stride(), site.out());
        if (!y.shape().equals(due)) {
            throw new IllegalArgumentException(
                    kind() + ", a unit of " + site.in() + " to " + site.out() + " channels with stride "
                            + site.stride()
                            + ", makes " + y.shape() + " of " + x.shape() + " and must make " + due);
        }
        return y;
    }
}
