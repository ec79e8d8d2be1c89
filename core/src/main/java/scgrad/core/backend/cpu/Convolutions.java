package scgrad.core.backend.cpu;

import java.util.Arrays;
import java.util.List;
import scgrad.core.array.Binary;
import scgrad.core.array.ConvGeometry;

/**
 * Chooses how a convolution and its two gradients are computed, by its geometry alone, so that neither threads nor what ran before change
 * a bit of the result.
 */
final class Convolutions {
    private final PointwiseConvolution pointwise;
    private final DirectConvolution direct;
    private final WinogradConvolution winograd;
    private final WinogradConvolution stridedWinograd;
    private final KernelGradient kernelGradient;
    private final WinogradKernelGradient winogradKernelGradient;
    private final ScatteredInputGradient scattered;
    private final StemConvolution stem;
    private final GroupedConvolution grouped;
    private final GroupedWinograd groupedWinograd;
    private final GroupedKernelGradient groupedKernelGradient;
    private final GroupedWinogradKernelGradient groupedWinogradKernelGradient;
    private final PointwiseGradients pointwiseGradients;
    private final WinogradGradients winogradGradients;
    private final PointwiseBatchNorm pointwiseBatchNorm;
    private final BufferPool pool;
    private final Threads threads;
    private final Tiles tiles;
    private final Loops loops;

    Convolutions(
            Threads threads,
            PointwiseConvolution pointwise,
            Tiles tiles,
            AdjointTransforms transforms,
            Transforms stridedTransforms,
            Loops loops,
            GroupLoops groupLoops,
            Scratch scratch,
            BufferPool pool) {
        this.pool = pool;
        this.threads = threads;
        this.tiles = tiles;
        this.loops = loops;
        this.pointwise = pointwise;
        this.direct = new DirectConvolution(threads, tiles, loops, scratch);
        this.winograd = new WinogradConvolution(threads, tiles, transforms, scratch, pool);
        this.stridedWinograd = new WinogradConvolution(threads, tiles, stridedTransforms, scratch, pool);
        this.winogradKernelGradient = new WinogradKernelGradient(threads, tiles, transforms, scratch, pool);
        this.scattered = new ScatteredInputGradient(threads, tiles, loops, scratch, pool);
        this.stem = new StemConvolution(threads, tiles, loops.stem(), scratch, pool);
        this.grouped = new GroupedConvolution(threads, groupLoops, scratch, pool);
        this.groupedWinograd = new GroupedWinograd(threads, transforms, groupLoops, scratch, pool);
        this.groupedKernelGradient = new GroupedKernelGradient(threads, groupLoops, scratch, pool);
        this.groupedWinogradKernelGradient =
                new GroupedWinogradKernelGradient(threads, transforms, groupLoops, scratch, pool);
        this.kernelGradient = new KernelGradient(threads, tiles, loops, scratch, pool);
        this.pointwiseGradients = new PointwiseGradients(threads, pointwise, kernelGradient, loops, scratch, pool);
        this.winogradGradients =
                new WinogradGradients(threads, direct, winograd, winogradKernelGradient, scratch, pool);
        this.pointwiseBatchNorm =
                new PointwiseBatchNorm(threads, pointwise, kernelGradient, loops.norms(), scratch, pool);
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

    private void runGrouped(Gather g, float[] source, GroupKernel kernel, float[] target) {
        if (WinogradChoice.paysAlongGroups(g)) {
            groupedWinograd.run(g, source, kernel, target);
        } else {
            grouped.run(GroupLayout.of(g), source, kernel, target);
        }
    }

    /** Whether a kernel of this geometry can be kept prepared: one of many small groups is quickly packed. */
    static boolean preparable(ConvGeometry g) {
        return !alongGroups(g, g.filtersPerGroup());
    }

    /** The kernel of each group as the forward pass takes it: packed, or transformed where Winograd pays. */
    float[][] prepare(ConvGeometry g, float[] w) {
        float[][] kernels = new float[g.groups()][];
        for (int group = 0; group < g.groups(); group++) {
            kernels[group] = prepare(Gather.forward(g, group), forwardPanels(g, group, w));
        }
        return kernels;
    }

    private KernelPanels forwardPanels(ConvGeometry g, int group, float[] w) {
        Gather gather = Gather.forward(g, group);
        return PointwiseConvolution.fits(gather)
                ? pointwise.panels(gather, w, CacheLine.FIRST + group * g.filtersPerGroup(), g.filters(), 1)
                : direct.forwardPanels(g, group, w);
    }

    /** Whether the kernel of a gather is kept transformed by Winograd, or else packed. */
    static boolean keptTransformed(Gather gather) {
        return WinogradChoice.paysAlongColumns(gather)
                || WinogradChoice.pays(gather) && !WinogradConvolution.panelwise(gather);
    }

    private WinogradConvolution winograd(Gather gather) {
        return gather.stride() == 1 ? winograd : stridedWinograd;
    }

    private float[] prepare(Gather gather, KernelPanels panels) {
        if (WinogradChoice.paysAlongColumns(gather)) {
            return stem.transform(gather, panels);
        }
        if (keptTransformed(gather)) {
            return winograd(gather).transform(gather, panels);
        }
        return inPairs(gather) ? pack(PixelPairs.of(gather), PixelPairs.panels(gather, panels)) : pack(gather, panels);
    }

    private float[] pack(Gather gather, KernelPanels panels) {
        float[] packed = pool.take(Panels.length(gather.kernelRows(), gather.filters()));
        pointwise.pack(gather, panels, packed);
        return packed;
    }

    private boolean inPairs(Gather gather) {
        return tiles.pair() != null
                && PixelPairs.fits(gather)
                && !PointwiseConvolution.fits(gather)
                && !WinogradChoice.pays(gather)
                && !WinogradChoice.paysAlongColumns(gather);
    }

    /** Runs a gather whose kernel is not kept. */
    private void run(Gather gather, float[] source, KernelPanels panels, Epilogue epilogue, float[] target) {
        if (WinogradChoice.pays(gather) && WinogradConvolution.panelwise(gather)) {
            winograd(gather).run(gather, source, panels, epilogue, target);
        } else if (WinogradChoice.pays(gather)) {
            float[] transformed = winograd(gather).transform(gather, panels);
            winograd(gather).run(gather, source, transformed, epilogue, target);
            pool.give(transformed);
        } else {
            float[] packed = prepare(gather, panels);
            run(gather, source, packed, epilogue, target);
            pool.give(packed);
        }
    }

    /** Runs a gather with its prepared kernel. */
    private void run(Gather gather, float[] source, float[] kernel, Epilogue epilogue, float[] target) {
        if (PointwiseConvolution.fits(gather)) {
            pointwise.run(gather, source, kernel, epilogue, target);
        } else if (WinogradChoice.paysAlongColumns(gather)) {
            stem.run(gather, source, kernel, epilogue, target);
        } else if (keptTransformed(gather)) {
            winograd(gather).run(gather, source, kernel, epilogue, target);
        } else if (WinogradChoice.pays(gather)) {
            winograd(gather).run(gather, source, Panels.of(gather, kernel), epilogue, target);
        } else if (inPairs(gather)) {
            direct.run(PixelPairs.of(gather), source, kernel, PixelPairs.epilogue(epilogue), target);
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
            for (int group = 0; group < g.groups(); group++) {
                run(Gather.forward(g, group), x, forwardPanels(g, group, w), epilogue, y);
            }
        } else {
            // the residual is read behind the sums
            boolean inPlace = epilogue != null && epilogue.residual() == y;
            float[] sums = inPlace ? pool.take((long) g.batch() * g.outHeight() * g.outWidth() * g.filters()) : y;
            runGrouped(Gather.forward(g, 0), x, GroupKernel.forward(g, w), sums);
            finish(g, epilogue, sums, y);
            if (inPlace) {
                pool.give(sums);
            }
        }
    }

    /** Whether {@link #forward(float[], List)} takes convolutions of these geometries. */
    static boolean joins(List<ConvGeometry> branches) {
        ConvGeometry first = branches.getFirst();
        return branches.stream()
                .allMatch(g -> g.groups() == 1
                        && g.stride() == first.stride()
                        && g.padding() == first.padding()
                        && PointwiseConvolution.fits(Gather.forward(g, 0)));
    }

    /** Several convolutions of the same input with prepared kernels. */
    void forward(float[] x, List<PointwiseConvolution.Branch> branches) {
        Gather g = branches.getFirst().gather().flat();
        Epilogue first = branches.getFirst().epilogue();
        boolean narrow = branches.stream()
                .allMatch(b -> b.gather().filters() == Tiles.COLUMNS && endsAlike(first, b.epilogue()));
        if (!narrow || g.columns() > 1 || g.batch() > 1) {
            pointwise.runBranches(x, branches);
            return;
        }
        int count = branches.size();
        int panel = g.depth() * Tiles.COLUMNS;
        float[] packed = pool.take((long) count * panel);
        float[] shift = new float[(count + 1) * Tiles.COLUMNS];
        float[][] targets = new float[count][];
        for (int i = 0; i < count; i++) {
            PointwiseConvolution.Branch b = branches.get(i);
            System.arraycopy(b.packed(), Panels.at(0, g.depth()), packed, Panels.at(i, g.depth()), panel);
            if (first != null) {
                System.arraycopy(b.epilogue().shift(), 0, shift, i * Tiles.COLUMNS, Tiles.COLUMNS);
            }
            targets[i] = b.target();
        }
        Gather all = Gather.product(g.rows(), count * Tiles.COLUMNS, g.depth());
        Epilogue epilogue = first == null ? null : new Epilogue(shift, null, first.relu());
        pointwise.runSideBySide(all, x, packed, epilogue, targets);
        pool.give(packed);
    }

    void inputGradient(ConvGeometry g, float[] dy, float[] w, float[] dx, boolean accumulate) {
        if (ScatteredInputGradient.fits(g)) {
            scattered.run(g, dy, w, dx, accumulate);
            return;
        }
        if (accumulate && alongGroups(g, g.channelsPerGroup())) {
            int line = g.width() * g.channels();
            float[] own = pool.take((long) g.batch() * g.height() * line);
            inputGradient(g, dy, w, own, false);
            threads.run(g.batch() * g.height(), (item, worker) -> {
                int at = CacheLine.FIRST + item * line;
                loops.binary(Binary.ADD, dx, at, own, at, dx, at, line);
            });
            pool.give(own);
            return;
        }
        Epilogue epilogue = sum(g, dx, accumulate);
        boolean reached = g.stride() <= Math.min(g.kernelHeight(), g.kernelWidth()) && g.dilation() == 1;
        if (g.stride() > 1 && !reached && !accumulate) {
            // pixels that no tap reaches
            int row = g.width() * g.channels();
            threads.run(g.batch() * g.height(), (item, worker) -> {
                int at = CacheLine.FIRST + item * row;
                Arrays.fill(dx, at, at + row, 0);
            });
        }
        for (int i = 0; i < Math.min(g.stride(), g.height()); i++) {
            for (int j = 0; j < Math.min(g.stride(), g.width()); j++) {
                Gather.Phase row = Gather.Phase.of(g, g.kernelHeight(), i);
                Gather.Phase column = Gather.Phase.of(g, g.kernelWidth(), j);
                if (row.taps() == 0 || column.taps() == 0) {
                    continue;
                }
                if (alongGroups(g, g.channelsPerGroup())) {
                    Gather gather = Gather.inputGradient(g, 0, row, column);
                    runGrouped(gather, dy, GroupKernel.inputGradient(g, row, column, w), dx);
                    continue;
                }
                for (int group = 0; group < g.groups(); group++) {
                    Gather gather = Gather.inputGradient(g, group, row, column);
                    int tap = row.lastTap() * g.kernelWidth() + column.lastTap();
                    int offset =
                            CacheLine.FIRST + tap * g.channelsPerGroup() * g.filters() + group * g.filtersPerGroup();
                    KernelPanels panels = PointwiseConvolution.fits(gather)
                            ? pointwise.panels(gather, w, offset, 1, g.filters())
                            : direct.inputGradientPanels(g, group, row, column, w);
                    run(gather, dy, panels, epilogue, dx);
                }
            }
        }
    }

    private static boolean endsAlike(Epilogue first, Epilogue other) {
        return first == null ? other == null : other != null && other.relu() == first.relu();
    }

    /** Whether {@link #gradients} takes branches of these geometries. */
    boolean joinsGradients(List<ConvGeometry> branches) {
        return pointwiseGradients.fits(branches) || branches.size() == 1 && winogradGradients.fits(branches.getFirst());
    }

    /** Whether {@link #gradients} can zero the gradient of the input where that is not positive. */
    boolean rectifies(List<ConvGeometry> branches) {
        return pointwiseGradients.fits(branches);
    }

    /**
     * Both gradients of convolutions of the same input, a batch norm behind each, in one pass.
     *
     * @param rectify whether the gradient of the input, added to what dx holds, becomes 0 where the input is not positive
     */
    void gradients(
            float[] x, List<PointwiseGradients.Branch> branches, float[] dx, boolean accumulate, boolean rectify) {
        ConvGeometry g = branches.getFirst().geometry();
        Epilogue sum = rectify ? Epilogue.adding(g.channels(), dx, x) : sum(g, dx, accumulate);
        if (pointwiseGradients.fits(
                branches.stream().map(PointwiseGradients.Branch::geometry).toList())) {
            pointwiseGradients.run(x, branches, sum, dx);
        } else {
            PointwiseGradients.Branch only = branches.getFirst();
            winogradGradients.run(g, x, only.w(), only.dy(), sum, dx, only.dw());
        }
    }

    PointwiseBatchNorm pointwiseBatchNorm() {
        return pointwiseBatchNorm;
    }

    /** The epilogue that adds to what dx holds, or none. */
    private Epilogue sum(ConvGeometry g, float[] dx, boolean accumulate) {
        return accumulate ? Epilogue.adding(g.channels(), dx, null) : null;
    }

    /** The epilogue as a pass of its own, behind kernels that do not take it. */
    private void finish(ConvGeometry g, Epilogue epilogue, float[] sums, float[] y) {
        if (epilogue != null) {
            int row = g.outWidth() * g.filters();
            threads.run(g.batch() * g.outHeight(), (item, worker) -> {
                int first = CacheLine.FIRST + item * row;
                for (int pixel = first; pixel < first + row; pixel += g.filters()) {
                    epilogue.finish(sums, pixel, 0, g.filters(), y, pixel);
                }
            });
        }
    }

    void kernelGradient(ConvGeometry g, float[] x, float[] dy, float[] dw) {
        if (alongGroups(g, g.filtersPerGroup())) {
            Gather gather = Gather.forward(g, 0);
            if (WinogradChoice.paysAlongGroups(gather)) {
                groupedWinogradKernelGradient.run(gather, x, dy, dw);
            } else {
                groupedKernelGradient.run(GroupLayout.of(gather), x, dy, dw);
            }
            return;
        }
        for (int group = 0; group < g.groups(); group++) {
            Gather gather = Gather.forward(g, group);
            if (gather.stride() == 1 && WinogradChoice.pays(gather)) {
                winogradKernelGradient.run(g, x, dy, dw);
            } else {
                kernelGradient.run(gather, x, dy, dw);
            }
        }
    }
}
