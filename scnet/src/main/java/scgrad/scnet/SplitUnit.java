package scgrad.scnet;

import java.util.List;
import scgrad.core.Tensor;
import scgrad.nn.BatchNorm2d;
import scgrad.nn.Conv2d;
import scgrad.nn.Sequential;

/**
 * A whole self-calibrated convolution: one half of the channels goes through a plain k1, the other is calibrated; the output is [k1's,
 * calibrated's]. In the place of a 3x3 convolution the halves are slices of x, as in the paper's equations; in a bottleneck they are two 1x1
 * reductions, as in the official code (keys {@code conv1_a, bn1_a, conv1_b, bn1_b, k1, scconv}).
 */
final class SplitUnit extends Unit {
    private final Halves halves;
    private final Conv2d k1;
    private final BatchNorm2d k1Norm;
    private final SelfCalibrated calibrated;

    /** How x becomes the two inputs: k1's and the calibrated part's. */
    private interface Halves {
        Tensor[] of(Tensor x);
    }

    /** The paper's form: x [N, H, W, in] is sliced; where the channels are odd the calibrated half has one more. */
    static SplitUnit sliced(Site site, SelfCalibrated.Design design) {
        if (site.in() < 2 || site.out() < 2) {
            throw new IllegalArgumentException("self-calibrated convolution: " + site.in() + " to " + site.out()
                    + " channels cannot be split in two; at least 2 are needed");
        }
        int plain = site.in() / 2;
        return new SplitUnit(site, design, plain, site.in() - plain, site.out() / 2, false);
    }

    /** The official code's bottleneck: each half has its own 1x1 reduction to half of the width. */
    static SplitUnit reduced(Site site, SelfCalibrated.Design design) {
        int half = site.out() / 2;
        return new SplitUnit(site, design, half, site.out() - half, half, true);
    }

    private SplitUnit(
            Site site, SelfCalibrated.Design design, int plainIn, int calibratedIn, int plainOut, boolean reduce) {
        super(site);
        halves = reduce ? reductions(site, plainIn, calibratedIn) : slices(plainIn, site.in());
        Conv2d.Options options = Conv2d.Options.same(3)
                .stride(site.stride())
                .dilation(site.dilation())
                .groups(site.groups());
        k1 = new Conv2d(site.backend(), plainIn, plainOut, options);
        k1Norm = new BatchNorm2d(site.backend(), plainOut);
        child("k1", new Sequential(site.backend(), k1, k1Norm));
        calibrated = child("scconv", new SelfCalibrated(site.channels(calibratedIn, site.out() - plainOut), design));
    }

    private static Halves slices(int plain, int in) {
        return x -> new Tensor[] {x.slice(-1, 0, plain), x.slice(-1, plain, in)};
    }

    private Halves reductions(Site site, int plain, int other) {
        Conv2d convA = child("conv1_a", new Conv2d(site.backend(), site.in(), plain, Conv2d.Options.same(1)));
        BatchNorm2d normA = child("bn1_a", new BatchNorm2d(site.backend(), plain));
        Conv2d convB = child("conv1_b", new Conv2d(site.backend(), site.in(), other, Conv2d.Options.same(1)));
        BatchNorm2d normB = child("bn1_b", new BatchNorm2d(site.backend(), other));
        return x -> BatchNorm2d.reluEach(List.of(convA, convB), List.of(normA, normB), x);
    }

    @Override
    protected Tensor forward(Tensor x) {
        Tensor[] inputs = halves.of(x);
        return Tensor.concat(-1, k1Norm.apply(k1, inputs[0]), calibrated.apply(inputs[1]));
    }

    @Override
    public Tensor activated(Tensor x, Tensor residual) {
        if (residual != null) {
            return super.activated(x, residual);
        }
        Tensor[] inputs = halves.of(x);
        return Tensor.concat(-1, k1Norm.relu(k1, inputs[0]), calibrated.activated(inputs[1], null));
    }
}
