package scgrad.core.backend.cpu;

import scgrad.core.array.ConvGeometry;

/**
 * The kernel of a gather of all groups: what output channel k gets from its group's channel c at a tap (r, s), counted as the gather does, is
 * {@code w[first + r * rowStep + s * columnStep + c * depthStep + k / filters * groupStep + k % filters * filterStep]}.
 */
record GroupKernel(float[] w, int first, int rowStep, int columnStep, int depthStep, int groupStep, int filterStep) {
    private static final int SLICE = GroupLoops.SLICE;

    static GroupKernel forward(ConvGeometry g, float[] w) {
        int tap = g.channelsPerGroup() * g.filters();
        return new GroupKernel(w, CacheLine.FIRST, g.kernelWidth() * tap, tap, g.filters(), g.filtersPerGroup(), 1);
    }

    /** For {@link Gather#inputGradient}: taps backwards, and filters are what is summed over. */
    static GroupKernel inputGradient(ConvGeometry g, Gather.Phase row, Gather.Phase column, float[] w) {
        int tap = g.channelsPerGroup() * g.filters();
        return new GroupKernel(
                w,
                CacheLine.FIRST + (row.lastTap() * g.kernelWidth() + column.lastTap()) * tap,
                -row.tapStep() * g.kernelWidth() * tap,
                -column.tapStep() * tap,
                1,
                g.filtersPerGroup(),
                g.filters());
    }

    /** Packs one slice of channels as {@code [c][taps][16]}, zeros where the layout has taps or channels that the kernel lacks. */
    void pack(GroupLayout layout, int slice, float[] packed) {
        pack(layout, slice, false, packed);
    }

    /** The same, but in place of c there is its distance from the output channel's own place in its group, counted around the group. */
    void packRotated(GroupLayout layout, int slice, float[] packed) {
        pack(layout, slice, true, packed);
    }

    private void pack(GroupLayout layout, int slice, boolean rotated, float[] packed) {
        Gather g = layout.g();
        int taps = layout.taps();
        int to = layout.kernel(slice);
        java.util.Arrays.fill(packed, to, to + g.depth() * taps * SLICE, 0);
        for (int i = 0; i < layout.width(slice); i++) {
            int k = slice * SLICE + i;
            int channel = first + k / g.filters() * groupStep + k % g.filters() * filterStep;
            for (int r = 0; r < g.tapRows(); r++) {
                for (int s = 0; s < g.tapColumns(); s++) {
                    int at = channel + r * rowStep + s * columnStep;
                    int tap = to + layout.position(r, s) * SLICE + i;
                    for (int c = 0; c < g.depth(); c++) {
                        int plane = rotated ? Math.floorMod(c - k, g.depth()) : c;
                        packed[tap + plane * taps * SLICE] = w[at + c * depthStep];
                    }
                }
            }
        }
    }
}
