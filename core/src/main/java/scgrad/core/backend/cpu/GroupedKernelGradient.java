package scgrad.core.backend.cpu;

import java.util.Arrays;

/**
 * The gradient of the kernel of a convolution of many groups, laid out as {@link GroupedConvolution}: for each c below the channels per
 * group, the product of every output channel's upstream gradient with its group's c-th input channel, summed over all pixels.
 *
 * <p>Parts fall into a number of teams that depends on the geometry alone; each team sums into its own copy, and the copies are added in
 * order.
 */
final class GroupedKernelGradient {
    private static final int SLICE = GroupLoops.SLICE;
    private static final int BLOCK = GroupLoops.BLOCK;
    private static final int MOST_TEAMS = 16;

    private final Threads threads;
    private final GroupLoops loops;
    private final Scratch scratch;
    private final BufferPool pool;

    GroupedKernelGradient(Threads threads, GroupLoops loops, Scratch scratch, BufferPool pool) {
        this.threads = threads;
        this.loops = loops;
        this.scratch = scratch;
        this.pool = pool;
    }

    void run(GroupLayout layout, float[] x, float[] dy, float[] dw) {
        Gather g = layout.g();
        Bands bands = layout.bands();
        int slices = layout.slices();
        int paddedTaps = GroupLayout.roundUp(layout.taps(), GroupLoops.TAPS);
        int size = g.depth() * paddedTaps * SLICE;
        int teams = Math.min(MOST_TEAMS, bands.items());
        int share = layout.slicesPerItem(teams);
        int shares = (slices + share - 1) / share;
        float[] sums = pool.take((long) teams * slices * size);
        threads.run(teams * shares, (item, worker) -> {
            int team = item / shares;
            int first = item % shares * share;
            int end = Math.min(first + share, slices);
            int sum = CacheLine.FIRST + team * slices * size;
            Arrays.fill(sums, sum + first * size, sum + end * size, 0);
            int to = (int) ((long) bands.items() * (team + 1) / teams);
            for (int i = (int) ((long) bands.items() * team / teams); i < to; i++) {
                Bands.Part part = bands.part(g, i);
                layout.prefetch(part, share, x);
                for (int slice = first; slice < end; slice++) {
                    addPart(layout, part, slice, x, dy, sums, sum + slice * size, worker);
                }
            }
        });
        threads.run(slices, (slice, worker) -> addTeams(layout, slice, paddedTaps, teams, sums, dw));
        pool.give(sums);
    }

    private void addPart(
            GroupLayout layout, Bands.Part part, int slice, float[] x, float[] dy, float[] sums, int sum, int worker) {
        Gather g = layout.g();
        boolean shared = loops.shared(g.depth(), g.filters());
        int planes = shared ? 1 : g.depth();
        float[] band = scratch.floats(worker, GroupedConvolution.BAND, planes * layout.planePitch(part));
        layout.band(loops, part, slice, 0, layout.bandRows(part.rows()), x, band);
        if (layout.blocks()) {
            addBlocks(layout, part, slice, shared, band, dy, sums, sum, worker);
        } else {
            addTaps(layout, part, slice, shared, band, dy, sums, sum, worker);
        }
    }

    private void addBlocks(
            GroupLayout layout,
            Bands.Part part,
            int slice,
            boolean shared,
            float[] band,
            float[] dy,
            float[] sums,
            int sumOffset,
            int worker) {
        Gather g = layout.g();
        int pitch = layout.rowPitch(part);
        int imagePitch = layout.bandColumns() * SLICE;
        int perGroup = shared ? g.depth() : 0;
        int planePitch = shared ? 0 : layout.planePitch(part);
        int sumPitch = GroupLayout.roundUp(layout.taps(), GroupLoops.TAPS) * SLICE;
        float[] upstream = scratch.floats(worker, GroupedConvolution.OUTPUT, BLOCK * pitch);
        for (int row = 0; row < part.rows(); row += BLOCK) {
            int rows = Math.min(BLOCK, part.rows() - row);
            for (int i = 0; i < rows; i++) {
                for (int image = 0; image < part.images(); image++) {
                    int to = CacheLine.FIRST + i * pitch + image * imagePitch;
                    load(g, part.image() + image, part.row() + row + i, slice, layout.width(slice), dy, upstream, to);
                    Arrays.fill(upstream, to + g.columns() * SLICE, to + imagePitch, 0);
                }
            }
            int sum = sumOffset;
            for (int r = 0; r < layout.tapRows(); r += BLOCK) {
                for (int s = 0; s < layout.tapColumns(); s += BLOCK) {
                    int from = CacheLine.FIRST + (row + r) * pitch + s * SLICE;
                    int pixels = rows * (pitch / SLICE) - s;
                    loops.correlate(
                            pixels, g.depth(), perGroup, planePitch, band, from, pitch, upstream, sums, sum, sumPitch);
                    sum += BLOCK * BLOCK * SLICE;
                }
            }
        }
    }

    private void addTaps(
            GroupLayout layout,
            Bands.Part part,
            int slice,
            boolean shared,
            float[] band,
            float[] dy,
            float[] sums,
            int sumOffset,
            int worker) {
        Gather g = layout.g();
        int pixels = part.images() * part.rows() * g.columns();
        int[] addresses = layout.addresses(part, scratch, worker);
        int[] shifts = layout.shifts(part, scratch, worker);
        float[] upstream = scratch.floats(worker, GroupedConvolution.OUTPUT, pixels * SLICE);
        int to = CacheLine.FIRST;
        for (int image = part.image(); image < part.image() + part.images(); image++) {
            for (int row = part.row(); row < part.row() + part.rows(); row++) {
                load(g, image, row, slice, layout.width(slice), dy, upstream, to);
                to += g.columns() * SLICE;
            }
        }
        int sum = sumOffset;
        for (int c = 0; c < g.depth(); c++) {
            int plane = shared ? 0 : c * layout.planePitch(part);
            for (int tap = 0; tap < layout.taps(); tap += GroupLoops.TAPS) {
                loops.correlate(
                        pixels, shared ? g.depth() : 0, c, band, plane, addresses, shifts, tap, upstream, sums, sum);
                sum += GroupLoops.TAPS * SLICE;
            }
        }
    }

    /** One row of the gradient of the output. */
    private void load(Gather g, int image, int row, int slice, int width, float[] dy, float[] upstream, int to) {
        int from = CacheLine.FIRST + (image * g.rows() + row) * g.columns() * g.targetChannels() + slice * SLICE;
        loops.copy(g.columns(), width, dy, from, g.targetChannels(), upstream, to, SLICE);
    }

    private static void addTeams(GroupLayout layout, int slice, int paddedTaps, int teams, float[] sums, float[] dw) {
        Gather g = layout.g();
        int size = g.depth() * paddedTaps * SLICE;
        int teamPitch = layout.slices() * size;
        for (int c = 0; c < g.depth(); c++) {
            for (int r = 0; r < g.tapRows(); r++) {
                for (int s = 0; s < g.tapColumns(); s++) {
                    int in = CacheLine.FIRST + slice * size + (c * paddedTaps + layout.position(r, s)) * SLICE;
                    int tap = (r * g.tapColumns() + s) * g.depth() + c;
                    int out = CacheLine.FIRST + tap * g.targetChannels() + slice * SLICE;
                    for (int k = 0; k < layout.width(slice); k++) {
                        float sum = sums[in + k];
                        for (int team = 1; team < teams; team++) {
                            sum += sums[team * teamPitch + in + k];
                        }
                        dw[out + k] = sum;
                    }
                }
            }
        }
    }
}
