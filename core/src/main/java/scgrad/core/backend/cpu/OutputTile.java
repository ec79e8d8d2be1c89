package scgrad.core.backend.cpu;

/** A tile that also finishes outputs, where one call makes them complete. */
interface OutputTile extends ProductTile {
    /**
     * y[r] = max(a b + shift, floor), with the bits of {@link #product} and {@link Epilogue#finish}.
     *
     * @param shiftFrom which of the shifts the first column takes
     * @param targets where each row's outputs begin in y, less {@code channel}
     */
    void output(
            int runs,
            int runPitch,
            int depth,
            float[] a,
            int[] aOffsets,
            int aShift,
            int first,
            float[] panel,
            int panelOffset,
            int panelPitch,
            float[] shifts,
            int shiftFrom,
            float floor,
            float[] y,
            int[] targets,
            int channel);

    /**
     * The same for blocks side by side, as {@link #products}, and with a residual.
     *
     * @param residual null for none; laid out as y, and may be y
     */
    void outputs(
            int blocks,
            int depth,
            float[] a,
            int[] aOffsets,
            int aShift,
            int first,
            float[] panel,
            int panelOffset,
            int panelPitch,
            float[] shifts,
            int shiftFrom,
            float floor,
            float[] residual,
            float[] y,
            int[] targets,
            int channel);
}
