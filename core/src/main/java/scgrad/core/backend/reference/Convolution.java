package scgrad.core.backend.reference;

import scgrad.core.array.ConvGeometry;

/**
 * Convolution as one walk over output pixels, groups and taps; forward and both gradients differ only in which of the three factors is summed
 * into. Layouts: x [N, H, W, C], w [KH, KW, C/groups, K], y [N, OH, OW, K].
 */
final class Convolution {
    /** One tap of one output pixel and group: where its channels begin in x, its C/groups x K/groups weights in w, its filters in y. */
    private interface Tap {
        void at(int x, int w, int y);
    }

    private Convolution() {}

    /** y[k] += x[c] w[c, k]. */
    static void forward(ConvGeometry g, double[] x, double[] w, double[] y) {
        eachTap(g, (xi, wi, yi) -> {
            for (int c = 0; c < g.channelsPerGroup(); c++) {
                for (int k = 0; k < g.filtersPerGroup(); k++) {
                    y[yi + k] += x[xi + c] * w[wi + c * g.filters() + k];
                }
            }
        });
    }

    /** dx[c] += dy[k] w[c, k]. */
    static void inputGradient(ConvGeometry g, double[] dy, double[] w, double[] dx) {
        eachTap(g, (xi, wi, yi) -> {
            for (int c = 0; c < g.channelsPerGroup(); c++) {
                for (int k = 0; k < g.filtersPerGroup(); k++) {
                    dx[xi + c] += dy[yi + k] * w[wi + c * g.filters() + k];
                }
            }
        });
    }

    /** dw[c, k] += x[c] dy[k]. */
    static void kernelGradient(ConvGeometry g, double[] x, double[] dy, double[] dw) {
        eachTap(g, (xi, wi, yi) -> {
            for (int c = 0; c < g.channelsPerGroup(); c++) {
                for (int k = 0; k < g.filtersPerGroup(); k++) {
                    dw[wi + c * g.filters() + k] += x[xi + c] * dy[yi + k];
                }
            }
        });
    }

    private static void eachTap(ConvGeometry g, Tap tap) {
        for (int n = 0; n < g.batch(); n++) {
            for (int oh = 0; oh < g.outHeight(); oh++) {
                for (int ow = 0; ow < g.outWidth(); ow++) {
                    for (int kh = 0; kh < g.kernelHeight(); kh++) {
                        for (int kw = 0; kw < g.kernelWidth(); kw++) {
                            int h = oh * g.stride() - g.padding() + kh * g.dilation();
                            int w = ow * g.stride() - g.padding() + kw * g.dilation();
                            if (h >= 0 && h < g.height() && w >= 0 && w < g.width()) {
                                eachGroup(
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

    private static void eachGroup(ConvGeometry g, Tap tap, int x, int w, int y) {
        for (int group = 0; group < g.groups(); group++) {
            tap.at(x + group * g.channelsPerGroup(), w + group * g.filtersPerGroup(), y + group * g.filtersPerGroup());
        }
    }
}
