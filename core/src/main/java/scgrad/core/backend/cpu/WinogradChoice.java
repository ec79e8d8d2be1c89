package scgrad.core.backend.cpu;

/**
 * Whether Winograd's transforms pay for a geometry: a pure function of it. The system property {@code scgrad.winograd=off} turns them off.
 *
 * <p>The model counts nanoseconds of one core. Measured for 8 to 512 channels, maps of 1 to 28 pixels, batches of 1 and 16, it tells the
 * times of both ways to about 15 %: products run at 105 GFLOP/s in tiles of 6 rows; a kernel's transform takes 8 ns per channel and
 * filter (40 where the transformed kernel leaves the third-level cache), packing it 2 ns; a tile's transforms take 11 ns per channel, 20
 * where channels are not aligned. Measured gain at batch 16: 2.9 for 256 channels at 28x28, 2.5 for 64 at 28x28, 2.0 for 128 at 7x7, 1.6
 * for 16 at 28x28; direct products win below 8x8 at batch 1, where transforming the kernel costs more than the image.
 */
final class WinogradChoice {
    private static final boolean ON = !"off".equals(System.getProperty("scgrad.winograd"));

    private static final double PRODUCT = 2 / 105.0;
    private static final double PACK = 2;
    private static final double KERNEL = 8;
    private static final double LARGE_KERNEL = 40;
    private static final int LARGE = 1 << 17;
    private static final double TILE = 11;
    private static final double UNALIGNED_TILE = 20;

    private WinogradChoice() {}

    static boolean pays(Gather g) {
        return ON && fits(g) && winograd(g) < direct(g);
    }

    private static boolean fits(Gather g) {
        return g.tapRows() == 3
                && g.tapColumns() == 3
                && g.step() == 1
                && g.stride() <= 2
                && g.targetStride() == 1
                && g.depth() == g.sourceChannels()
                && g.filters() == g.targetChannels();
    }

    private static double winograd(Gather g) {
        TileGrid grid = TileGrid.of(g);
        double patch = Transforms.patch(g.stride());
        double pairs = (double) g.depth() * Transforms.padded(g.filters());
        boolean aligned = g.depth() % Transforms.PADDED == 0 && g.filters() % Transforms.PADDED == 0;
        double channels = Transforms.padded(g.depth()) + Transforms.padded(g.filters());
        return pairs * (pairs > LARGE && !WinogradConvolution.keptPacked(g) ? LARGE_KERNEL : KERNEL)
                + pairs * rows(grid) * PRODUCT
                + grid.count() * channels * (aligned ? TILE : UNALIGNED_TILE) * (patch * patch / Transforms.PLANES);
    }

    /** Rows of all planes' products. */
    private static double rows(TileGrid grid) {
        Gather g = grid.g();
        return g.stride() == 1
                ? sixes(grid.count()) * Transforms.PLANES
                : (double) g.batch()
                        * (Transforms.EVEN * grid.tileRows() + g.rows())
                        * (Transforms.EVEN * grid.tileColumns() + g.columns());
    }

    private static double direct(Gather g) {
        double pairs = (double) g.depth() * Transforms.padded(g.filters());
        return pairs * PACK + pairs * sixes(g.pixels()) * 9 * PRODUCT;
    }

    private static long sixes(long rows) {
        return (rows + 5) / 6 * 6;
    }
}
