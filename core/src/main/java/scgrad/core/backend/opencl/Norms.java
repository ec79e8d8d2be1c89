package scgrad.core.backend.opencl;

/** Batch norm as commands; places are in the heap, x is {@code [rows, channels]}. See {@link ReductionKernels} and {@link NormKernels}. */
final class Norms {
    private final DeviceQueue queue;
    private final DeviceHeap heap;
    private final Reductions reductions;

    Norms(DeviceQueue queue, DeviceHeap heap, Reductions reductions) {
        this.queue = queue;
        this.heap = heap;
        this.reductions = reductions;
    }

    /** Statistics and parameters of a norm, as the kernels take them. */
    record Places(int mean, int variance, int gamma, int beta, double epsilon) {}

    void statistics(int x, int rows, int channels, int mean, int variance) {
        Reductions.Chunks chunks = Reductions.Chunks.of(rows);
        int partials = chunks.count() * channels;
        Block partial = heap.take(2L * partials, false);
        int squares = partial.offset() + partials;
        queue.add(
                ReductionKernels.STATISTICS,
                x,
                partial.offset(),
                squares,
                rows,
                channels,
                Reductions.lanes(channels),
                chunks.count(),
                chunks.rows());
        queue.add(
                ReductionKernels.MERGE_STATISTICS,
                partial.offset(),
                squares,
                mean,
                variance,
                rows,
                channels,
                Reductions.lanes(channels),
                chunks.count(),
                chunks.rows());
        heap.give(partial);
    }

    /** @param residual -1 for none */
    void apply(int x, Places norm, int residual, boolean relu, int y, int count, int channels) {
        queue.add(
                        NormKernels.BATCH_NORM,
                        x,
                        norm.mean,
                        norm.variance,
                        norm.gamma,
                        norm.beta,
                        relu ? 1 : 0,
                        residual,
                        y,
                        count,
                        channels)
                .with(norm.epsilon);
    }

    /**
     * @param y -1 where norm(x) says whether the ReLU was open
     * @param dresidual -1 for none
     */
    void gradient(
            int x,
            Places norm,
            boolean relu,
            int y,
            boolean training,
            int dy,
            int dx,
            int dgamma,
            int dbeta,
            int dresidual,
            int rows,
            int channels) {
        Reductions.Chunks chunks = Reductions.Chunks.of(rows);
        int partials = chunks.count() * channels;
        Block partial = heap.take(2L * partials, false);
        queue.add(
                        ReductionKernels.NORM_SUMS,
                        x,
                        norm.mean,
                        norm.variance,
                        norm.gamma,
                        norm.beta,
                        relu ? 1 : 0,
                        y,
                        dy,
                        partial.offset(),
                        rows,
                        channels,
                        Reductions.lanes(channels),
                        chunks.count(),
                        chunks.rows())
                .with(norm.epsilon);
        reductions.pairs(partial.offset(), chunks.count(), channels, dbeta, dgamma);
        heap.give(partial);
        queue.add(
                        NormKernels.BATCH_NORM_GRADIENT,
                        x,
                        norm.mean,
                        norm.variance,
                        norm.gamma,
                        norm.beta,
                        relu ? 1 : 0,
                        y,
                        dy,
                        dx,
                        dresidual,
                        dbeta,
                        dgamma,
                        rows * channels,
                        channels,
                        training ? 1 : 0)
                .with(norm.epsilon, 1.0 / rows);
    }
}
