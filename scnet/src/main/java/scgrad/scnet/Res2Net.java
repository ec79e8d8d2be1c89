package scgrad.scnet;

import java.util.ArrayList;
import java.util.List;
import scgrad.core.Tensor;
import scgrad.nn.BatchNorm2d;
import scgrad.nn.Conv2d;

/**
 * Res2Net's hierarchy (Gao et al., TPAMI 2021, equation 1): the channels are split into {@code scale} parts; each part but the last is
 * convolved, and what comes out is added to the next part before its own convolution, so that later parts see further. As in the authors'
 * code nothing is added where the map or the channels change, and the last part is then pooled (or convolved, where the channels change).
 * The scale is the greatest that divides the channels and is not above the option.
 */
final class Res2Net extends Unit {
    static final Options DEFAULTS = Options.of("scale", "4");

    private final int scale;
    private final int stride;
    private final boolean hierarchical;
    private final List<Conv2d> convolutions = new ArrayList<>();
    private final List<BatchNorm2d> norms = new ArrayList<>();

    Res2Net(Site site, Options options) {
        super(site);
        scale = scale(site, options.integer("scale"));
        stride = site.stride();
        hierarchical = site.in() == site.out() && stride == 1;
        int convolved = site.in() == site.out() && scale > 1 ? scale - 1 : scale;
        Conv2d.Options same =
                Conv2d.Options.same(3).stride(stride).dilation(site.dilation()).groups(site.groups());
        for (int part = 0; part < convolved; part++) {
            Conv2d convolution = new Conv2d(site.backend(), site.in() / scale, site.out() / scale, same);
            convolutions.add(child("convs." + part, convolution));
            norms.add(child("bns." + part, new BatchNorm2d(site.backend(), site.out() / scale)));
        }
    }

    private static int scale(Site site, int asked) {
        if (asked < 1) {
            throw new IllegalArgumentException("Res2Net: scale " + asked + " must be at least 1");
        }
        int scale = asked;
        while (site.in() % (scale * site.groups()) != 0 || site.out() % (scale * site.groups()) != 0) {
            scale--;
        }
        return scale;
    }

    @Override
    protected Tensor forward(Tensor x) {
        int width = x.shape().channels() / scale;
        Tensor[] parts = new Tensor[scale];
        for (int i = 0; i < scale; i++) {
            Tensor part = x.slice(-1, i * width, (i + 1) * width);
            if (i == convolutions.size()) {
                parts[i] = stride > 1 ? part.averagePool(3, stride, 1, false, true) : part;
            } else {
                Tensor input = hierarchical && i > 0 ? part.add(parts[i - 1]) : part;
                parts[i] = norms.get(i).relu(convolutions.get(i), input);
            }
        }
        return Tensor.concat(-1, parts);
    }
}
