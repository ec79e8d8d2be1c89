package scgrad.core.backend.cpu;

import scgrad.core.array.ConvGeometry;

/**
 * Both gradients of a 3x3 convolution that a batch norm follows, by Winograd, some images at a time. The gradient that the norm hands back is
 * computed in the second-level cache, where both ways back read it; apart, it is written to memory once and read twice. The sums are the same, bit
 * for bit. 16 channels of 128 images of 32x32 take 4.9 ms on two Emerald Rapids cores instead of 5.4, 32 of 16x16 2.9 instead of 3.2; 64 of 8x8
 * or of 8 images of 28x28 take as long.
 *
 * <p>Its patches are transformed once for both ways: the gradient of x multiplies them with the kernel, and that of the kernel with tiles of x ({@link
 * WinogradKernelGradient#turned}). A step of ResNet-20 on two Zen 5 cores takes 3 to 6 % less by it.
 */
final class WinogradGradients {
    private final Threads threads;
    private final DirectConvolution direct;
    private final WinogradConvolution winograd;
    private final WinogradKernelGradient kernelGradient;
    private final Scratch scratch;
    private final BufferPool pool;

    WinogradGradients(
            Threads threads,
            DirectConvolution direct,
            WinogradConvolution winograd,
            WinogradKernelGradient kernelGradient,
            Scratch scratch,
            BufferPool pool) {
        this.threads = threads;
        this.direct = direct;
        this.winograd = winograd;
        this.kernelGradient = kernelGradient;
        this.scratch = scratch;
        this.pool = pool;
    }

    /** Whether there is a team of {@link WinogradKernelGradient} for each thread, and its blocks are of whole images. */
    boolean fits(ConvGeometry g) {
        Gather forward = Gather.forward(g, 0);
        return g.groups() == 1
                && g.stride() == 1
                && WinogradKernelGradient.turned(g)
                && WinogradChoice.pays(forward)
                && WinogradChoice.pays(WinogradKernelGradient.back(g))
                && WinogradKernelGradient.byImages(TileGrid.of(forward))
                && WinogradKernelGradient.teams(forward) >= Math.max(2, threads.count());
    }

    /** @param epilogue what is added to the gradient of the input, or null */
    void run(ConvGeometry g, float[] x, float[] w, NormInputGradient dy, Epilogue epilogue, float[] dx, float[] dw) {
        Gather back = WinogradKernelGradient.back(g);
        Gather.Phase taps = Gather.Phase.of(g, g.kernelHeight(), 0);
        float[] u = winograd.transform(back, direct.inputGradientPanels(g, 0, taps, taps, w));
        TileGrid grid = TileGrid.of(back);
        int pixels = g.height() * g.width();
        kernelGradient.run(
                g,
                (firstTile, count, firstSlice, endSlice, order, v, z, worker) -> {
                    int image = firstTile / grid.perImage();
                    ConvGeometry some = images(g, count / grid.perImage());
                    int length = some.batch() * pixels * g.filters();
                    int from = CacheLine.FIRST + image * pixels * g.filters();
                    float[] part = scratch.floats(worker, DirectConvolution.BAND, length);
                    dy.prefetch(from, length);
                    dy.compute(from, length, part, CacheLine.FIRST);
                    TileGrid here = TileGrid.of(WinogradKernelGradient.back(some));
                    int to = image * pixels * g.channels();
                    boolean shared = winograd.takesSliced(here);
                    if (!shared) {
                        winograd.runInside(here.g(), part, u, epilogue, dx, to, worker);
                    }
                    int at = CacheLine.FIRST;
                    kernelGradient.patches(here, order, 0, 0, count, count, part, 0, g.filters(), z, at, worker);
                    if (shared) {
                        int plane = WinogradKernelGradient.plane(count, g.filters());
                        winograd.runSliced(here, z, plane, u, epilogue, dx, to, worker);
                    }
                    grid.prefetchTarget(x, firstTile, count, 0);
                    kernelGradient.outputs(grid, order, firstTile, 0, count, count, x, 0, g.channels(), v, at, worker);
                },
                dw);
        pool.give(u);
    }

    /** The same convolution of some images. */
    private static ConvGeometry images(ConvGeometry g, int count) {
        return new ConvGeometry(
                count,
                g.height(),
                g.width(),
                g.channels(),
                g.kernelHeight(),
                g.kernelWidth(),
                g.filters(),
                g.stride(),
                g.padding(),
                g.dilation(),
                g.groups());
    }
}
