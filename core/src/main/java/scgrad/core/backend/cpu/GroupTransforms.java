package scgrad.core.backend.cpu;

/**
 * Winograd's filtering F(4x4, 3x3) of a slice of 16 channels in groups of a few, in three passes over a row of tiles. A column of the source,
 * transformed once, serves all tiles that it is part of; what belongs to both axes is never stored:
 *
 * <ol>
 *   <li>{@link #inputs}: B' d along columns, 6 lines of pixels;
 *   <li>{@link #line}: of each line tile by tile the transform along it, the products with the kernel, and the transform back along it;
 *   <li>{@link #outputs}: A' m along columns.
 * </ol>
 *
 * <p>Pixels of lines are {@code [16]}; tile t of a line begins with its 4t-th pixel. The kernel is {@code [6 elements of a line][4 rotations][16]}: by
 * a rotation r each output channel meets the channel of its group that follows it at a distance of r, counted around the group, so that a
 * product's first term needs no permutation. The formulas are those of {@link VectorTransforms}, and all implementations give the same bits.
 */
interface GroupTransforms {
    /** Rotations of one call. */
    int ROTATIONS = 4;
    /** Floats of what one call takes of a kernel. */
    int KERNEL_LINE = Transforms.KERNEL * ROTATIONS * GroupLoops.SLICE;

    /** Floats of a slice's kernel, {@code [perGroup / 4][6 lines][6][4 rotations][16]}. */
    static int kernelLength(int perGroup) {
        return Transforms.PLANES * perGroup * GroupLoops.SLICE;
    }

    /** Where a rotation begins in it; one element follows the other {@code ROTATIONS * 16} floats later. */
    static int kernelOffset(int rotation) {
        return rotation / ROTATIONS * kernelLength(ROTATIONS) + rotation % ROTATIONS * GroupLoops.SLICE;
    }

    /** {@code lines[0 .. 5] = B' x} for each of the pixels of six rows; lines may be x. */
    void inputs(int pixels, float[] x, int from, int rowPitch, int pixelPitch, float[] lines, int to, int linePitch);

    /**
     * One line: {@code sums[4t + i] (+)= A' sum over r = 0 .. 3 of (B' line[4t ..]) rotated by r * u[r]} for {@code tiles} tiles; where they do not
     * accumulate, sums may be the line.
     */
    void line(
            int tiles,
            int perGroup,
            float[] line,
            int from,
            float[] u,
            int uOffset,
            boolean accumulate,
            float[] sums,
            int to);

    /** Rotates each of the pixels by {@link #ROTATIONS}, where groups have more channels. */
    void rotate(int pixels, int perGroup, float[] lines, int from);

    /** The first {@code rows} rows of {@code A' lines} for each of the pixels of six lines, which may be overwritten. */
    void outputs(
            int pixels,
            int rows,
            float[] lines,
            int from,
            int linePitch,
            float[] y,
            int to,
            int rowPitch,
            int pixelPitch);

    /** {@code lines[0 .. 5] = A dy} for each of the pixels of four rows, the adjoint of {@link #outputs}; lines may be dy. */
    void upstream(int pixels, float[] dy, int from, int rowPitch, int pixelPitch, float[] lines, int to, int linePitch);

    /**
     * The adjoint of {@link #line} for the kernel: {@code sums[r] += sum over tiles t of (B' line[4t ..]) rotated by r * (A upstream[4t ..])} for r = 0 .. 3.
     */
    void lineGradient(
            int tiles, int perGroup, float[] line, int from, float[] upstream, int upstreamFrom, float[] sums, int to);
}
