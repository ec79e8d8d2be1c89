package scgrad.core.backend.cpu;

import scgrad.core.array.ConvGeometry;

/**
 * Chooses how a convolution and its two gradients are computed, by its geometry alone, so that neither threads nor what ran before change
 * a bit of the result.
 */
final class Convolutions {
    private final DirectConvolution direct;
    private final WinogradConvolution winograd;
    private final KernelGradient kernelGradient;
    private final WinogradKernelGradient winogradKernelGradient;
    private final BufferPool pool;

    Convolutions(Threads threads, Tiles tiles, Transforms transforms, Scratch scratch, BufferPool pool) {
        this.pool = pool;
        this.direct = new DirectConvolution(threads, tiles, scratch);
        this.winograd = new WinogradConvolution(threads, tiles, transforms, scratch, pool);
        this.winogradKernelGradient = new WinogradKernelGradient(threads, tiles, transforms, scratch, pool);
        this.kernelGradient = new KernelGradient(threads, tiles, scratch, pool);
    }

    void forward(ConvGeometry g, float[] x, float[] w, float[] y) {
        for (int group = 0; group < g.groups(); group++) {
            Gather gather = Gather.forward(g, group);
            float[] packed = pool.take(Panels.length(gather.kernelRows(), gather.filters()));
            direct.packForward(g, group, w, packed);
            run(gather, x, packed, y);
            pool.give(packed);
        }
    }

    void inputGradient(ConvGeometry g, float[] dy, float[] w, float[] dx) {
        if (g.stride() > 1) {
            // a stride beyond the kernel leaves pixels that no tap reaches
            java.util.Arrays.fill(dx, 0, g.inputShape().length(), 0);
        }
        for (int i = 0; i < Math.min(g.stride(), g.height()); i++) {
            for (int j = 0; j < Math.min(g.stride(), g.width()); j++) {
                Gather.Phase row = Gather.Phase.of(g, g.kernelHeight(), i);
                Gather.Phase column = Gather.Phase.of(g, g.kernelWidth(), j);
                for (int group = 0; row.taps() > 0 && column.taps() > 0 && group < g.groups(); group++) {
                    Gather gather = Gather.inputGradient(g, group, row, column);
                    float[] packed = pool.take(Panels.length(gather.kernelRows(), gather.filters()));
                    direct.packInputGradient(g, group, row, column, w, packed);
                    run(gather, dy, packed, dx);
                    pool.give(packed);
                }
            }
        }
    }

    private void run(Gather gather, float[] source, float[] packed, float[] target) {
        if (WinogradChoice.pays(gather)) {
            winograd.run(gather, source, packed, target);
        } else {
            direct.run(gather, source, packed, target);
        }
    }

    void kernelGradient(ConvGeometry g, float[] x, float[] dy, float[] dw) {
        for (int group = 0; group < g.groups(); group++) {
            Gather gather = Gather.forward(g, group);
            if (WinogradChoice.pays(gather)) {
                winogradKernelGradient.run(gather, x, dy, dw);
            } else {
                kernelGradient.run(gather, x, dy, dw);
            }
        }
    }
}
