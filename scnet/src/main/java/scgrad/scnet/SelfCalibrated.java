package scgrad.scnet;

import scgrad.core.Autograd;
import scgrad.core.Tensor;
import scgrad.core.array.NDArray;
import scgrad.core.array.Resampling;
import scgrad.core.array.Windows;
import scgrad.core.op.Spatial;
import scgrad.nn.Activation;
import scgrad.nn.BatchNorm2d;
import scgrad.nn.Conv2d;
import scgrad.nn.Module;
import scgrad.nn.Pool2d;
import scgrad.nn.Sequential;

/**
 * The calibrated part of a self-calibrated convolution (Liu, Hou, Cheng, Wang, Feng, CVPR 2020, equations 2 to 5):
 *
 * <pre>
 *   x' = up(norm(k2 * pool_r(x)))          context from a smaller map, [N, H, W, in]
 *   y' = norm(k3 * x) . sigmoid(x + x')    the gate; the identity x is added before the sigmoid
 *   y  = norm(k4 * y')                     [N, H/stride, W/stride, out]
 * </pre>
 *
 * As in the official code the stride is in k4 only and k2, k3 keep the channels, so {@code in} and {@code out} may differ. Pooling floors:
 * a map that r does not divide loses its last rows and columns to the context, which is then stretched over the whole map. An axis shorter
 * than r, an error in the official code, is pooled whole.
 */
final class SelfCalibrated extends Unit {
    /**
     * The design choices of the paper's ablation.
     *
     * @param rate r, the pooling's window and stride; 1 does not pool
     * @param up nearest as in the official code and its weights, or bilinear as in the paper
     * @param identity whether x is added before the sigmoid
     * @param calibrate whether there is a gate at all; without it y' = norm(k3 * x)
     * @param split whether only half of the channels is calibrated and the other goes through a plain convolution ({@link SplitUnit})
     */
    record Design(int rate, Pool2d.Kind pool, Resampling.Mode up, boolean identity, boolean calibrate, boolean split) {
        static final Options DEFAULTS = Options.of(
                "rate", "4", "pool", "avg", "up", "nearest", "identity", "true", "calibrate", "true", "split", "true");

        Design {
            if (rate < 1) {
                throw new IllegalArgumentException("self-calibrated convolution: rate " + rate + " must be at least 1");
            }
        }

        static Design of(Options options) {
            return new Design(
                    options.integer("rate"),
                    options.choice("pool", "avg", "max").equals("max") ? Pool2d.Kind.MAX : Pool2d.Kind.AVERAGE,
                    Resampling.Mode.valueOf(options.choice("up", "NEAREST", "BILINEAR")),
                    options.flag("identity"),
                    options.flag("calibrate"),
                    options.flag("split"));
        }
    }

    /** Windows of r x r; an axis shorter than r is one window. */
    private record Cells(int rate) implements Spatial.Layout {
        @Override
        public Windows rows(int height) {
            return height >= rate ? Windows.sliding(height, rate, rate, 0, false, true) : Windows.adaptive(height, 1);
        }

        @Override
        public Windows columns(int width) {
            return rows(width);
        }
    }

    private final Design design;
    private final Sequential k2;
    private final Sequential k3;
    private final Conv2d k4;
    private final BatchNorm2d k4Norm;

    SelfCalibrated(Site site, Design design) {
        super(site);
        this.design = design;
        Conv2d.Options same = Conv2d.Options.same(3).dilation(site.dilation()).groups(site.groups());
        k2 = design.calibrate
                ? child(
                        "k2",
                        new Sequential(
                                site.backend(),
                                new Activation(site.backend(), "Pool", this::pool),
                                new Conv2d(site.backend(), site.in(), site.in(), same),
                                new BatchNorm2d(site.backend(), site.in())))
                : null;
        k3 = child(
                "k3",
                new Sequential(
                        site.backend(),
                        new Conv2d(site.backend(), site.in(), site.in(), same),
                        new BatchNorm2d(site.backend(), site.in())));
        k4 = new Conv2d(site.backend(), site.in(), site.out(), same.stride(site.stride()));
        k4Norm = new BatchNorm2d(site.backend(), site.out());
        child("k4", new Sequential(site.backend(), k4, k4Norm));
    }

    private Tensor pool(Tensor x) {
        if (design.rate == 1) {
            return x;
        }
        Spatial.Layout cells = new Cells(design.rate);
        return Autograd.apply(
                design.pool == Pool2d.Kind.MAX ? new Spatial.MaxPool(cells) : new Spatial.AveragePool(cells), x);
    }

    private Tensor calibrated(Tensor x) {
        Tensor value = k3.apply(x);
        return design.calibrate ? gated(value, x, k2.apply(x)) : value;
    }

    private Tensor gated(Tensor value, Tensor x, Tensor context) {
        return value.calibrationGate(context, design.identity ? x : null, design.up);
    }

    /** What turns x into the gate's context; null without calibration. */
    Module context() {
        return k2;
    }

    /** The gate alone, [N, H, W, in], from x and what {@link #context} makes of it. */
    Tensor gate(Tensor x, Tensor context) {
        return gated(Tensor.constant(NDArray.full(x.backend(), x.shape(), 1)), x, context);
    }

    @Override
    protected Tensor forward(Tensor x) {
        return k4Norm.apply(k4, calibrated(x));
    }

    @Override
    public Tensor activated(Tensor x, Tensor residual) {
        Tensor gated = calibrated(x);
        return residual == null ? k4Norm.relu(k4, gated) : k4Norm.addRelu(k4, gated, residual);
    }
}
