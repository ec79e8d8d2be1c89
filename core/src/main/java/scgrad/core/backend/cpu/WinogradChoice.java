package scgrad.core.backend.cpu;

/**
 * Whether Winograd's transforms pay for a geometry: a pure function of it. The system property {@code scgrad.winograd=off} turns them off.
 *
 * <p>The model counts nanoseconds of one core. Measured for 8 to 512 channels, maps of 1 to 28 pixels, batches of 1 and 16, it tells the
 * times of both ways to about 15 %: products run at 105 GFLOP/s in tiles of 6 rows; a kernel's transform takes 8 ns per channel and
 * filter (40 where the transformed kernel leaves the third-level cache), packing it 2 ns; a tile's transforms take 11 ns per channel, 20
 * where channels are not aligned. Measured gain at batch 16: 2.9 for 256 channels at 28x28, 2.5 for 64 at 28x28, 2.0 for 128 at 7x7, 1.6
 * for 16 at 28x28; direct products win below 8x8 at batch 1, where transforming the kernel costs more than the image.
 *
 * <p>With a stride of 2 the transforms of a kernel and of a tile cost more for their size: on two Emerald Rapids cores 64
 * channels of 128 images of 32x32 take 8.3 ms by Winograd and 9.9 by direct products, 128 of 8 images of 56x56 5.9 and 6.9, 512 of 14x14 9.4 and 10.5,
 * but 128 of 28x28 2.04 and 1.75, 256 of 14x14 2.9 and 2.15.
 */
final class WinogradChoice {
    private static final boolean ON = !"off".equals(System.getProperty("scgrad.winograd"));

    private static final double PRODUCT = 2 / 105.0;
    private static final double PACK = 2;
    private static final double KERNEL = 8;
    private static final double LARGE_KERNEL = 40;
    private static final int LARGE = 1 << 17;
    private static final double STRIDED_KERNEL = 40;
    private static final double PANELWISE_STRIDED_KERNEL = 20;
    private static final double TILE = 11;
    private static final double STRIDED_TILE = 13;
    private static final double UNALIGNED_TILE = 20;

    private static final double GROUP_KERNEL = 600;
    private static final double GROUP_ROW = 350;
    private static final double GROUP_TILE = 25;
    private static final double GROUP_PIXEL = 2.7;

    private static final int MOST_RUN = 64;
    private static final int LEAST_PIXELS = 256;

    private WinogradChoice() {}

    static boolean pays(Gather g) {
        return ON && fits(g) && winograd(g) < direct(g);
    }

    /**
     * The same for a gather of all groups ({@link GroupedWinograd}), per slice of 16 channels. Measured on two Zen 5 cores with 16 images: 128 channels of
     * 56x56 in groups of 4 2.1 ms by Winograd and 2.5 directly, 256 of 28x28 in groups of 8 1.6 and 2.1, but 512 of 14x14 0.9 and 0.75 in groups of
     * 4, 1.2 and 1.1 of 8.
     */
    static boolean paysAlongGroups(Gather g) {
        return ON && fitsTaps(g) && fitsGroups(g) && winogradAlongGroups(g) < directAlongGroups(g);
    }

    private static boolean fitsGroups(Gather g) {
        return g.stride() == 1
                && g.depth() == g.filters()
                && (g.depth() == 4 || g.depth() == 8)
                && g.targetChannels() % GroupLoops.SLICE == 0;
    }

    private static double winogradAlongGroups(Gather g) {
        int tileRows = Math.ceilDiv(g.rows(), Transforms.TILE);
        int tiles = Math.ceilDiv(g.columns(), Transforms.TILE);
        return g.depth() * GROUP_KERNEL + g.batch() * tileRows * (GROUP_ROW + tiles * g.depth() * GROUP_TILE);
    }

    private static double directAlongGroups(Gather g) {
        return g.pixels() * g.depth() * GROUP_PIXEL;
    }

    /**
     * Whether {@link StemConvolution} takes a gather: wherever it fits, but for maps of a few pixels, which cost less than the kernel's transform. So few channels
     * that a row of taps is one short run.
     */
    static boolean paysAlongColumns(Gather g) {
        return ON
                && g.tapRows() == 7
                && g.stride() == 2
                && g.step() == 1
                && g.targetStride() == 1
                && g.originColumn() <= 0
                && g.depth() == g.sourceChannels()
                && g.tapColumns() * g.depth() <= MOST_RUN
                && g.filters() == g.targetChannels()
                && g.filters() % Tiles.COLUMNS == 0
                && g.pixels() >= LEAST_PIXELS;
    }

    private static boolean fitsTaps(Gather g) {
        return g.tapRows() == 3 && g.tapColumns() == 3 && g.step() == 1 && g.targetStride() == 1;
    }

    private static boolean fits(Gather g) {
        return fitsTaps(g) && g.stride() <= 2 && g.depth() == g.sourceChannels() && g.filters() == g.targetChannels();
    }

    private static double winograd(Gather g) {
        TileGrid grid = TileGrid.of(g);
        double patch = Transforms.patch(g.stride());
        double pairs = (double) g.depth() * Transforms.padded(g.filters());
        boolean aligned = g.depth() % Transforms.PADDED == 0 && g.filters() % Transforms.PADDED == 0;
        double channels = Transforms.padded(g.depth()) + Transforms.padded(g.filters());
        double tile = !aligned ? UNALIGNED_TILE : g.stride() == 1 ? TILE : STRIDED_TILE;
        return pairs * kernel(g, pairs)
                + pairs * rows(grid) * PRODUCT
                + grid.count() * channels * tile * (patch * patch / Transforms.PLANES);
    }

    /** Of a weight's transform. */
    private static double kernel(Gather g, double pairs) {
        boolean panelwise = WinogradConvolution.panelwise(g);
        if (g.stride() > 1) {
            return panelwise ? PANELWISE_STRIDED_KERNEL : STRIDED_KERNEL;
        }
        return pairs > LARGE && !panelwise ? LARGE_KERNEL : KERNEL;
    }

    /** Rows of all planes' products. */
    private static double rows(TileGrid grid) {
        Gather g = grid.g();
        int finite = Transforms.points(g.stride()) - 1;
        long rows = (long) g.batch() * grid.tileRows();
        long wholeRows = (long) g.batch() * grid.wholeRows();
        if (g.stride() > 1) {
            return (double) (finite * rows + wholeRows + (long) g.batch() * g.rows())
                    * (finite * grid.tileColumns() + grid.wholeColumns() + g.columns());
        }
        return finite * finite * sixes(rows * grid.tileColumns())
                + finite * sixes(wholeRows * grid.tileColumns())
                + finite * sixes(rows * grid.wholeColumns())
                + sixes(wholeRows * grid.wholeColumns());
    }

    private static double direct(Gather g) {
        double pairs = (double) g.depth() * Transforms.padded(g.filters());
        return pairs * PACK + pairs * sixes(g.pixels()) * 9 * PRODUCT;
    }

    private static long sixes(long rows) {
        return (rows + 5) / 6 * 6;
    }
}
