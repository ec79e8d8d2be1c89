package scgrad.core.backend.cpu;

/**
 * The transforms of Winograd's minimal filtering for 3x3 kernels (Lavin and Gray, CVPR 2016), along contiguous channels. With d a patch of the
 * source, g a kernel and y the 4x4 outputs they give,
 *
 * <pre>  y = A' [(G g G') . (B' d B)] A</pre>
 *
 * where . multiplies element by element, per channel and filter. Which of the 36 elements of G g G' belongs to which of the patch's is
 * {@link TiledPlaneProducts}' concern: where the stride is 1 they are as many, see {@link AdjointTransforms}; for a stride of 2 see
 * {@link VectorStridedTransforms}.
 *
 * <p>A plane is one of the kernel's 36 elements, {@code 6 * row + column}; a position one of the patch's, {@code patch() * row + column}.
 * Both have channels up to a multiple of {@link #PADDED}, the widest vector; those beyond the last are undefined.
 */
interface Transforms {
    /** Outputs per tile and axis. */
    int TILE = 4;
    /** Elements of a transformed kernel along an axis. */
    int KERNEL = 6;

    int PLANES = KERNEL * KERNEL;

    int PADDED = 16;

    /** The next multiple of {@link #PADDED}. */
    static int padded(int channels) {
        return (channels + PADDED - 1) / PADDED * PADDED;
    }

    /** Source pixels per patch and axis. */
    static int patch(int stride) {
        return (TILE - 1) * stride + 3;
    }

    /**
     * Elements of a transformed kernel along an axis that are values at an interpolation point, the last of them at infinity: all, or where the stride
     * is 2 all but one, which meets the odd pixels.
     */
    static int points(int stride) {
        return stride == 1 ? KERNEL : KERNEL - 1;
    }

    /** Between the pixels of a patch that neighbouring outputs read first: 1 or 2. */
    int stride();

    default int patch() {
        return patch(stride());
    }

    /** Pixels of a patch, and so many numbers of it once it is transformed. */
    default int positions() {
        return patch() * patch();
    }

    /** Floats of working memory. */
    default int work() {
        return positions() * PADDED;
    }

    /**
     * B' d B of one patch: pixel (i, j) begins at {@code offset + i * rowPitch + j * pixelPitch}; channels c ..
     * c + 15 of position e at {@code vOffset + e * vPitch + c / 16 * slicePitch}.
     */
    void input(
            float[] d,
            int offset,
            int rowPitch,
            int pixelPitch,
            int channels,
            float[] v,
            int vOffset,
            int vPitch,
            int slicePitch,
            float[] work);

    /**
     * A' m A, of which {@code rows x columns} outputs are stored; m lies as in {@link #input}.
     *
     * @param epilogue for channels from {@code channel} on; null for none
     */
    void output(
            float[] m,
            int offset,
            int mPitch,
            int slicePitch,
            float[] y,
            int yOffset,
            int rowPitch,
            int pixelPitch,
            int filters,
            int rows,
            int columns,
            Epilogue epilogue,
            int channel,
            float[] work);

    /**
     * A row of G g G', its 6 elements, of {@code count} (a multiple of 16) kernels: tap t begins at {@code offset + t * tapPitch}, element j
     * of the row at {@code uOffset + j * uPitch}.
     */
    void kernelRow(
            int row, float[] g, int offset, int tapPitch, int count, float[] u, int uOffset, int uPitch, float[] work);
}
