package scgrad.core.backend.reference;

import scgrad.core.array.ConvGeometry;

/** Convolution as one loop nest; forward and both gradients differ only in which of the three factors is summed into. */
final class Convolution {
    /** One multiplication: positions in x [N, H, W, C], w [KH, KW, C/groups, K] and y [N, OH, OW, K]. */
    interface Tap {
        void at(int x, int w, int y);
    }

    private Convolution() {}

    static void eachTap(ConvGeometry g, Tap tap) {
        for (int n = 0; n < g.batch(); n++) {
            for (int oh = 0; oh < g.outHeight(); oh++) {
                for (int ow = 0; ow < g.outWidth(); ow++) {
                    for (int kh = 0; kh < g.kernelHeight(); kh++) {
                        for (int kw = 0; kw < g.kernelWidth(); kw++) {
                            int h = oh * g.stride() - g.padding() + kh * g.dilation();
                            int w = ow * g.stride() - g.padding() + kw * g.dilation();
                            if (h >= 0 && h < g.height() && w >= 0 && w < g.width()) {
                                eachChannel(
                                        g,
                                        tap,
                                        ((n * g.height() + h) * g.width() + w) * g.channels(),
                                        (kh * g.kernelWidth() + kw) * g.channelsPerGroup() * g.filters(),
                                        ((n * g.outHeight() + oh) * g.outWidth() + ow) * g.filters());
                            }
                        }
                    }
                }
            }
        }
    }

    private static void eachChannel(ConvGeometry g, Tap tap, int x, int w, int y) {
        for (int c = 0; c < g.channelsPerGroup(); c++) {
            for (int k = 0; k < g.filters(); k++) {
                int group = k / g.filtersPerGroup();
                tap.at(x + group * g.channelsPerGroup() + c, w + c * g.filters() + k, y + k);
            }
        }
    }
}
