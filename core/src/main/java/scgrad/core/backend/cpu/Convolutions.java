package scgrad.core.backend.cpu;

import java.util.function.Consumer;
import scgrad.core.array.ConvGeometry;

/**
 * Chooses how a convolution and its two gradients are computed, by its geometry alone, so that neither threads nor what ran before change
 * a bit of the result.
 */
final class Convolutions {
    private final PointwiseConvolution pointwise;
    private final DirectConvolution direct;
    private final WinogradConvolution winograd;
    private final KernelGradient kernelGradient;
    private final WinogradKernelGradient winogradKernelGradient;
    private final GroupedConvolution grouped;
    private final BufferPool pool;
    private final Threads threads;

    Convolutions(
            Threads threads,
            PointwiseConvolution pointwise,
            Tiles tiles,
            Transforms transforms,
            Loops loops,
            GroupLoops groupLoops,
            Scratch scratch,
            BufferPool pool) {
        this.pool = pool;
        this.threads = threads;
        this.pointwise = pointwise;
        this.direct = new DirectConvolution(threads, tiles, scratch);
        this.winograd = new WinogradConvolution(threads, tiles, transforms, scratch, pool);
        this.winogradKernelGradient = new WinogradKernelGradient(threads, tiles, transforms, scratch, pool);
        this.grouped = new GroupedConvolution(threads, groupLoops, scratch, pool);
        this.kernelGradient = new KernelGradient(threads, tiles, loops, scratch, pool);
    }

    /** Whether vectors run along the channels of all groups: a panel of 16 columns would be half empty or worse. */
    private static boolean alongGroups(ConvGeometry g, int outputs) {
        return g.groups() > 1 && outputs <= 8;
    }

    /** Whether a kernel of this geometry can be kept prepared: one of many small groups is quickly packed. */
    static boolean preparable(ConvGeometry g) {
        return !alongGroups(g, g.filtersPerGroup());
    }

    /**
     * The kernel of each group as the forward pass takes it: packed, or transformed where Winograd pays.
     *
     * @param shift of the epilogue that the pass will have; null for none
     */
    float[][] prepare(ConvGeometry g, float[] w, float[] shift) {
        float[][] kernels = new float[g.groups()][];
        for (int group = 0; group < g.groups(); group++) {
            int of = group;
            Gather gather = Gather.forward(g, group);
            kernels[group] = PointwiseConvolution.fits(gather)
                    ? pointwise(gather, w, group * g.filtersPerGroup(), g.filters(), 1, shift)
                    : prepare(gather, packed -> direct.packForward(g, of, w, packed));
        }
        return kernels;
    }

    private float[] pointwise(Gather gather, float[] w, int offset, int rowStride, int columnStride, float[] shift) {
        float[] packed = pool.take(PointwiseConvolution.packedLength(gather, shift != null));
        pointwise.pack(gather, w, offset, rowStride, columnStride, shift, packed);
        return packed;
    }

    private float[] prepare(Gather gather, Consumer<float[]> pack) {
        float[] packed = pool.take(Panels.length(gather.kernelRows(), gather.filters()));
        pack.accept(packed);
        if (!WinogradChoice.pays(gather)) {
            return packed;
        }
        float[] transformed = pool.take(WinogradConvolution.kernelLength(gather));
        winograd.transform(gather, packed, transformed);
        pool.give(packed);
        return transformed;
    }

    private void run(Gather gather, float[] source, float[] kernel, Epilogue epilogue, float[] target) {
        if (PointwiseConvolution.fits(gather)) {
            pointwise.run(gather, source, kernel, epilogue, target);
        } else if (WinogradChoice.pays(gather)) {
            winograd.run(gather, source, kernel, epilogue, target);
        } else {
            direct.run(gather, source, kernel, epilogue, target);
        }
    }

    /** The forward pass with a prepared kernel; the epilogue may be null. */
    void forward(ConvGeometry g, float[] x, float[][] kernels, Epilogue epilogue, float[] y) {
        for (int group = 0; group < g.groups(); group++) {
            run(Gather.forward(g, group), x, kernels[group], epilogue, y);
        }
    }

    /** @param epilogue null for none */
    void forward(ConvGeometry g, float[] x, float[] w, Epilogue epilogue, float[] y) {
        if (preparable(g)) {
            float[][] kernels = prepare(g, w, epilogue == null ? null : epilogue.shift());
            forward(g, x, kernels, epilogue, y);
            for (float[] kernel : kernels) {
                pool.give(kernel);
            }
            return;
        }
        Gather gather = Gather.forward(g, 0);
        float[] packed = pool.take(GroupedConvolution.packedLength(gather));
        GroupedConvolution.pack(
                gather,
                (r, s, c, k) -> w[((r * g.kernelWidth() + s) * g.channelsPerGroup() + c) * g.filters() + k],
                packed);
        grouped.run(gather, x, packed, y);
        pool.give(packed);
        finish(g, epilogue, y);
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
                if (row.taps() == 0 || column.taps() == 0) {
                    continue;
                }
                if (alongGroups(g, g.channelsPerGroup())) {
                    groupedInputGradient(g, row, column, dy, w, dx);
                    continue;
                }
                for (int group = 0; group < g.groups(); group++) {
                    Gather gather = Gather.inputGradient(g, group, row, column);
                    int of = group;
                    int tap = row.lastTap() * g.kernelWidth() + column.lastTap();
                    int offset = tap * g.channelsPerGroup() * g.filters() + group * g.filtersPerGroup();
                    float[] kernel = PointwiseConvolution.fits(gather)
                            ? pointwise(gather, w, offset, 1, g.filters(), null)
                            : prepare(gather, packed -> direct.packInputGradient(g, of, row, column, w, packed));
                    run(gather, dy, kernel, null, dx);
                    pool.give(kernel);
                }
            }
        }
    }

    private void groupedInputGradient(
            ConvGeometry g, Gather.Phase row, Gather.Phase column, float[] dy, float[] w, float[] dx) {
        Gather gather = Gather.inputGradient(g, 0, row, column);
        float[] packed = pool.take(GroupedConvolution.packedLength(gather));
        GroupedConvolution.pack(
                gather,
                (r, s, c, k) -> {
                    // here c is a filter of the group and k a channel of the input
                    int tap = (row.lastTap() - r * row.tapStep()) * g.kernelWidth()
                            + column.lastTap()
                            - s * column.tapStep();
                    int filter = k / g.channelsPerGroup() * g.filtersPerGroup() + c;
                    return w[(tap * g.channelsPerGroup() + k % g.channelsPerGroup()) * g.filters() + filter];
                },
                packed);
        grouped.run(gather, dy, packed, dx);
        pool.give(packed);
    }

    /** The epilogue as a pass of its own, behind kernels that do not take it. */
    private void finish(ConvGeometry g, Epilogue epilogue, float[] y) {
        if (epilogue != null) {
            int row = g.outWidth() * g.filters();
            threads.run(g.batch() * g.outHeight(), (item, worker) -> {
                for (int pixel = item * row; pixel < (item + 1) * row; pixel += g.filters()) {
                    epilogue.finish(pixel, 0, g.filters(), y);
                }
            });
        }
    }

    void kernelGradient(ConvGeometry g, float[] x, float[] dy, float[] dw) {
        if (alongGroups(g, g.filtersPerGroup())) {
            grouped.kernelGradient(Gather.forward(g, 0), x, dy, dw);
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
