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
    private final GroupedConvolution grouped;
    private final GroupedKernelGradient groupedKernelGradient;
    private final BufferPool pool;
    private final Threads threads;

    Convolutions(
            Threads threads,
            Tiles tiles,
            Transforms transforms,
            GroupLoops groupLoops,
            Scratch scratch,
            BufferPool pool) {
        this.pool = pool;
        this.threads = threads;
        this.direct = new DirectConvolution(threads, tiles, scratch);
        this.winograd = new WinogradConvolution(threads, tiles, transforms, scratch, pool);
        this.winogradKernelGradient = new WinogradKernelGradient(threads, tiles, transforms, scratch, pool);
        this.grouped = new GroupedConvolution(threads, groupLoops, scratch, pool);
        this.groupedKernelGradient = new GroupedKernelGradient(threads, groupLoops, scratch, pool);
        this.kernelGradient = new KernelGradient(threads, tiles, scratch, pool);
    }

    /**
     * Whether vectors run along the channels of all groups: a panel of 16 columns would be half empty or worse. Groups of 16 are faster that
     * way only in blocks of taps.
     */
    private static boolean alongGroups(ConvGeometry g, int outputs) {
        boolean blocks = g.kernelHeight() == 3
                && g.kernelWidth() == 3
                && g.stride() == 1
                && g.dilation() == 1
                && g.channels() == g.filters();
        return g.groups() > 1 && (outputs <= 8 || outputs == 16 && blocks);
    }

    /** @param epilogue null for none */
    void forward(ConvGeometry g, float[] x, float[] w, Epilogue epilogue, float[] y) {
        if (alongGroups(g, g.filtersPerGroup())) {
            grouped.run(GroupLayout.of(Gather.forward(g, 0)), x, GroupKernel.forward(g, w), y);
            finish(g, epilogue, y);
            return;
        }
        for (int group = 0; group < g.groups(); group++) {
            Gather gather = Gather.forward(g, group);
            float[] packed = pool.take(Panels.length(gather.kernelRows(), gather.filters()));
            direct.packForward(g, group, w, packed);
            run(gather, x, packed, epilogue, y);
            pool.give(packed);
        }
    }

    void inputGradient(ConvGeometry g, float[] dy, float[] w, float[] dx) {
        boolean reached = alongGroups(g, g.channelsPerGroup())
                && g.stride() <= Math.min(g.kernelHeight(), g.kernelWidth())
                && g.dilation() == 1;
        if (g.stride() > 1 && !reached) {
            // a stride beyond the kernel leaves pixels that no tap reaches
            java.util.Arrays.fill(dx, 0, g.inputShape().length(), 0);
        }
        for (int i = 0; i < Math.min(g.stride(), g.height()); i++) {
            for (int j = 0; j < Math.min(g.stride(), g.width()); j++) {
                Gather.Phase row = Gather.Phase.of(g, g.kernelHeight(), i);
                Gather.Phase column = Gather.Phase.of(g, g.kernelWidth(), j);
                if (row.taps() == 0 || column.taps() == 0) {
                    continue;
                }
                if (alongGroups(g, g.channelsPerGroup())) {
                    GroupLayout layout = GroupLayout.of(Gather.inputGradient(g, 0, row, column));
                    grouped.run(layout, dy, GroupKernel.inputGradient(g, row, column, w), dx);
                    continue;
                }
                for (int group = 0; group < g.groups(); group++) {
                    Gather gather = Gather.inputGradient(g, group, row, column);
                    float[] packed = pool.take(Panels.length(gather.kernelRows(), gather.filters()));
                    direct.packInputGradient(g, group, row, column, w, packed);
                    run(gather, dy, packed, null, dx);
                    pool.give(packed);
                }
            }
        }
    }

    private void run(Gather gather, float[] source, float[] packed, Epilogue epilogue, float[] target) {
        if (WinogradChoice.pays(gather)) {
            winograd.run(gather, source, packed, epilogue, target);
        } else {
            direct.run(gather, source, packed, epilogue, target);
        }
    }

    /** The epilogue as a pass of its own, behind kernels that do not take it. */
    private void finish(ConvGeometry g, Epilogue epilogue, float[] y) {
        if (epilogue != null) {
            int row = g.outWidth() * g.filters();
            threads.run(g.batch() * g.outHeight(), (item, worker) -> {
                for (int pixel = item * row; pixel < (item + 1) * row; pixel += g.filters()) {
                    epilogue.apply(y, pixel, 0, g.filters());
                }
            });
        }
    }

    void kernelGradient(ConvGeometry g, float[] x, float[] dy, float[] dw) {
        if (alongGroups(g, g.filtersPerGroup())) {
            groupedKernelGradient.run(GroupLayout.of(Gather.forward(g, 0)), x, dy, dw);
            return;
        }
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
