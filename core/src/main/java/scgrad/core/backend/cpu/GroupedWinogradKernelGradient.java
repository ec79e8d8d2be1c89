package scgrad.core.backend.cpu;

import java.util.Arrays;

/**
 * The gradient of the kernel where {@link GroupedWinograd} runs the forward pass: {@code dg = G' [(A dy A') . (B' d B)] G} for each channel of a
 * group, both transformed line by line, sums over a strip's tiles in registers.
 *
 * <p>Rows of tiles fall into a number of teams that depends on the geometry alone; each team sums into its own copy, and the copies are added in
 * order.
 */
final class GroupedWinogradKernelGradient {
    private static final int SLICE = GroupLoops.SLICE;
    private static final int PATCH = AdjointTransforms.PATCH;
    private static final int ROTATIONS = GroupTransforms.ROTATIONS;
    private static final int MOST_TEAMS = 16;
    private static final int TAPS = 9;

    private final Threads threads;
    private final AdjointTransforms kernels;
    private final GroupTransforms transforms;
    private final GroupLoops loops;
    private final Scratch scratch;
    private final BufferPool pool;

    GroupedWinogradKernelGradient(
            Threads threads, AdjointTransforms kernels, GroupLoops loops, Scratch scratch, BufferPool pool) {
        this.threads = threads;
        this.kernels = kernels;
        this.transforms = loops.transforms();
        this.loops = loops;
        this.scratch = scratch;
        this.pool = pool;
    }

    void run(Gather g, float[] x, float[] dy, float[] dw) {
        int slices = Panels.count(g.targetChannels());
        int size = GroupTransforms.kernelLength(g.depth());
        int tileRows = GroupStrip.tileRows(g);
        int rows = g.batch() * tileRows;
        int teams = Math.min(MOST_TEAMS, rows);
        int share = Math.clamp((long) teams * slices / GroupedWinograd.items(threads), 1, slices);
        int shares = Math.ceilDiv(slices, share);
        float[] sums = pool.take((long) teams * slices * size);
        threads.run(teams * shares, (item, worker) -> {
            int team = item / shares;
            int firstSlice = item % shares * share;
            int endSlice = Math.min(firstSlice + share, slices);
            int sum = CacheLine.FIRST + team * slices * size;
            Arrays.fill(sums, sum + firstSlice * size, sum + endSlice * size, 0);
            float[] lines = scratch.floats(worker, GroupedConvolution.BAND, GroupStrip.linesLength(g));
            float[] upstream = scratch.floats(worker, GroupedConvolution.OUTPUT, GroupStrip.linesLength(g));
            int first = (int) ((long) rows * team / teams);
            for (int row = first; row < (int) ((long) rows * (team + 1) / teams); row++) {
                int image = row / tileRows;
                int tileRow = row % tileRows;
                if (shares == 1) {
                    GroupStrip.prefetchSource(g, image, tileRow, row == first || tileRow == 0, x);
                    GroupStrip.prefetchTarget(g, image, tileRow, dy);
                }
                GroupStrip.each(g, image, tileRow, strip -> {
                    for (int slice = firstSlice; slice < endSlice; slice++) {
                        strip.inputs(loops, transforms, slice, x, lines);
                        strip.upstream(loops, transforms, slice, dy, upstream);
                        add(strip, lines, upstream, sums, sum + slice * size);
                    }
                });
            }
        });
        threads.run(slices, (slice, worker) -> addTeams(g, slice, slices, teams, sums, dw, worker));
        pool.give(sums);
    }

    /** One slice of a strip, to sums that lie as a kernel. */
    private void add(GroupStrip strip, float[] lines, float[] upstream, float[] sums, int sum) {
        int perGroup = strip.g().depth();
        int at = sum;
        for (int rotation = 0; rotation < perGroup; rotation += ROTATIONS) {
            if (rotation > 0) {
                transforms.rotate(PATCH * strip.pitch() / SLICE, perGroup, lines, CacheLine.FIRST);
            }
            for (int i = 0; i < PATCH; i++) {
                int line = CacheLine.FIRST + i * strip.pitch();
                transforms.lineGradient(strip.tiles(), perGroup, lines, line, upstream, line, sums, at);
                at += GroupTransforms.KERNEL_LINE;
            }
        }
    }

    /** Adds the teams' sums of a slice in order, and transforms them to its part of dw. */
    private void addTeams(Gather g, int slice, int slices, int teams, float[] sums, float[] dw, int worker) {
        int size = GroupTransforms.kernelLength(g.depth());
        int first = CacheLine.FIRST + slice * size;
        for (int team = 1; team < teams; team++) {
            int from = first + team * slices * size;
            for (int i = 0; i < size; i++) {
                sums[first + i] += sums[from + i];
            }
        }
        float[] work = scratch.floats(worker, GroupedConvolution.BAND, kernels.work());
        float[] taps = scratch.floats(worker, GroupedConvolution.OUTPUT, TAPS * SLICE);
        for (int rotation = 0; rotation < g.depth(); rotation++) {
            int from = first + GroupTransforms.kernelOffset(rotation);
            kernels.kernelGradient(sums, from, ROTATIONS * SLICE, SLICE, taps, CacheLine.FIRST, SLICE, work);
            for (int tap = 0; tap < TAPS; tap++) {
                for (int i = 0; i < SLICE; i++) {
                    int k = slice * SLICE + i;
                    int c = (k + rotation) % g.depth();
                    dw[CacheLine.FIRST + (tap * g.depth() + c) * g.targetChannels() + k] =
                            taps[CacheLine.FIRST + tap * SLICE + i];
                }
            }
        }
    }
}
