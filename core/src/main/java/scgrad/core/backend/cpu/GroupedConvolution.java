package scgrad.core.backend.cpu;

import java.util.Arrays;

/**
 * Convolutions of many groups with few channels each, depthwise ones included: the forward pass, and the gradient of the input phase by
 * phase.
 *
 * <p>A product per group would leave most columns of a panel empty. Here vectors run along the output channels of all groups: for each c
 * below the channels per group every output channel meets its group's c-th input channel (see {@link GroupLoops}), and then every tap is one
 * multiplication lane by lane. Measured on two Zen 5 cores, 16 images of 56x56 with 128 channels in 32 groups of 4:
 * 2.6 to 3.0 ms forward, of which about half is memory, 3.3 to 3.5 without prefetching; sums that went through memory once per channel of the
 * group took 9.9. Tiles of 8 pixels that read the source where it lies, all sums in registers, took as long as rows through a band. Outputs that the
 * last block of taps stores where they belong, instead of in working memory, and sums that begin with a row of zeros, take 5 to 8 % less on two cores,
 * on one from 6 % less to 5 % more. All slices of a part dealt out to their bands in one pass over its pixels take as long, row by row of outputs 10 % longer.
 *
 * <p>A gather here is one of all groups: {@code depth} input channels per group, {@code filters} output channels per group.
 */
final class GroupedConvolution {
    private static final int SLICE = GroupLoops.SLICE;
    private static final int BLOCK = GroupLoops.BLOCK;

    // slots of scratch memory
    static final int BAND = 10;
    static final int OUTPUT = 11;
    static final int ADDRESSES = 4;
    static final int SHIFTS = 5;

    private final Threads threads;
    private final GroupLoops loops;
    private final Scratch scratch;
    private final BufferPool pool;

    GroupedConvolution(Threads threads, GroupLoops loops, Scratch scratch, BufferPool pool) {
        this.threads = threads;
        this.loops = loops;
        this.scratch = scratch;
        this.pool = pool;
    }

    void run(GroupLayout layout, float[] source, GroupKernel kernel, float[] target) {
        Gather g = layout.g();
        Bands bands = layout.bands();
        int slices = layout.slices();
        int share = layout.slicesPerItem(bands.items());
        int shares = (slices + share - 1) / share;
        boolean shared = loops.shared(g.depth(), g.filters());
        float[] packed = pool.take(layout.packedLength());
        int row = layout.rowPitch(bands.part(g, 0)) + 2 * SLICE;
        float[] zeros = pool.take(row);
        Arrays.fill(zeros, CacheLine.FIRST, CacheLine.FIRST + row, 0);
        threads.run(slices, (slice, worker) -> kernel.pack(layout, slice, packed));
        threads.run(bands.items() * shares, (item, worker) -> {
            Bands.Part part = bands.part(g, item / shares);
            layout.prefetch(part, share, source);
            int first = item % shares * share;
            int planes = shared ? 1 : g.depth();
            float[] band = scratch.floats(worker, BAND, planes * layout.planePitch(part));
            for (int slice = first; slice < Math.min(first + share, slices); slice++) {
                layout.band(loops, part, slice, 0, layout.bandRows(part.rows()), source, band);
                if (layout.blocks()) {
                    convolveBlocks(layout, part, slice, shared, band, packed, zeros, target, worker);
                } else {
                    convolveTaps(layout, part, slice, shared, band, packed, target, worker);
                }
            }
        });
        pool.give(packed);
        pool.give(zeros);
    }

    /**
     * Three rows of outputs at a time, or two, which stay in the first-level cache over all channels and blocks. The first block finds zeros before it,
     * the last stores where the outputs belong.
     */
    private void convolveBlocks(
            GroupLayout layout,
            Bands.Part part,
            int slice,
            boolean shared,
            float[] band,
            float[] packed,
            float[] zeros,
            float[] target,
            int worker) {
        Gather g = layout.g();
        int pitch = layout.rowPitch(part);
        int planePitch = layout.planePitch(part);
        int perGroup = shared ? g.depth() : 0;
        boolean whole = part.images() == 1 && layout.width(slice) == SLICE;
        // the loops read two pixels more than they store
        float[] output = scratch.floats(worker, OUTPUT, BLOCK * pitch + 2 * SLICE);
        for (int row = 0; row < part.rows(); ) {
            int left = part.rows() - row;
            int rows = left == 3 || left > 4 ? 3 : 2;
            boolean direct = whole && rows <= left;
            int w = layout.kernel(slice);
            int last = w + (g.depth() * layout.taps() - BLOCK * BLOCK) * SLICE;
            float[] before = zeros;
            for (int c = 0; c < g.depth(); c++) {
                int from = CacheLine.FIRST + (shared ? 0 : c * planePitch) + row * pitch;
                for (int r = 0; r < layout.tapRows(); r += BLOCK) {
                    for (int s = 0; s < layout.tapColumns(); s += BLOCK) {
                        boolean done = direct && w == last;
                        loops.convolve(
                                rows,
                                pitch / SLICE - s,
                                perGroup,
                                c,
                                band,
                                from + r * pitch + s * SLICE,
                                pitch,
                                packed,
                                w,
                                before,
                                before == zeros ? 0 : pitch,
                                done ? target : output,
                                done ? target(g, part.image(), part.row() + row, slice) : CacheLine.FIRST,
                                done ? g.targetStride() * g.targetWidth() * g.targetChannels() : pitch,
                                done ? g.targetStride() * g.targetChannels() : SLICE);
                        before = output;
                        w += BLOCK * BLOCK * SLICE;
                    }
                }
            }
            for (int i = 0; !direct && i < Math.min(rows, left); i++) {
                for (int image = 0; image < part.images(); image++) {
                    int from = CacheLine.FIRST + i * pitch + image * layout.bandColumns() * SLICE;
                    store(layout, part.image() + image, part.row() + row + i, slice, output, from, target);
                }
            }
            row += rows;
        }
    }

    private void convolveTaps(
            GroupLayout layout,
            Bands.Part part,
            int slice,
            boolean shared,
            float[] band,
            float[] packed,
            float[] target,
            int worker) {
        Gather g = layout.g();
        int pixels = GroupLayout.roundUp(part.images() * part.rows() * g.columns(), GroupLoops.STEP);
        float[] output = scratch.floats(worker, OUTPUT, pixels * SLICE);
        loops.convolve(
                pixels,
                g.depth(),
                shared ? g.depth() : 0,
                shared ? 0 : layout.planePitch(part),
                layout.taps(),
                band,
                layout.addresses(part, scratch, worker),
                layout.shifts(part, scratch, worker),
                packed,
                layout.kernel(slice),
                output);
        int from = CacheLine.FIRST;
        for (int image = part.image(); image < part.image() + part.images(); image++) {
            for (int row = part.row(); row < part.row() + part.rows(); row++) {
                store(layout, image, row, slice, output, from, target);
                from += g.columns() * SLICE;
            }
        }
    }

    /** One row of outputs. */
    private void store(GroupLayout layout, int image, int row, int slice, float[] output, int from, float[] target) {
        Gather g = layout.g();
        int to = target(g, image, row, slice);
        int pitch = g.targetStride() * g.targetChannels();
        loops.copy(g.columns(), layout.width(slice), output, from, SLICE, target, to, pitch);
    }

    /** Where a slice of a row of outputs begins in the target. */
    private static int target(Gather g, int image, int row, int slice) {
        int pixel = (image * g.targetHeight() + g.targetRow() + row * g.targetStride()) * g.targetWidth()
                + g.targetColumn();
        return CacheLine.FIRST + pixel * g.targetChannels() + slice * SLICE;
    }
}
