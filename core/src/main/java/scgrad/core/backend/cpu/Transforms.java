package scgrad.core.backend.cpu;

/**
 * The transforms of Winograd's minimal filtering F(4x4, 3x3) (Lavin and Gray, CVPR 2016), along contiguous channels. With d a 6x6 patch
 * of the source, g a 3x3 kernel and y the 4x4 outputs they give,
 *
 * <pre>  y = A' [(G g G') . (B' d B)] A</pre>
 *
 * where . multiplies element by element: 36 products for 144 multiplications, per channel and filter. Because the form is bilinear, its
 * adjoint is the gradient of the kernel with the same matrices:
 *
 * <pre>  dg = G' [(A dy A') . (B' d B)] G</pre>
 *
 * <p>The interpolation points are 0, 1, -1, 2, -2 and infinity. Measured against float64 with normal inputs the relative error (L2) is
 * about 2e-6 (14x14, 128 to 128 channels: 2.1e-6 of y, 2.2e-6 of dx), that of a direct sum 2e-7 to 5e-7.
 *
 * <p>A plane is one of the 36 positions, {@code 6 * row + column}. Working memory has at least {@link #WORK} floats. Planes have
 * channels up to a multiple of {@link #PADDED}, the widest vector; those beyond the last are undefined.
 */
interface Transforms {
    /** Outputs per tile and axis. */
    int TILE = 4;
    /** Source pixels per tile and axis. */
    int PATCH = 6;

    int PLANES = PATCH * PATCH;
    int PADDED = 16;

    int WORK = PLANES * PADDED;

    /** The next multiple of {@link #PADDED}. */
    static int padded(int channels) {
        return (channels + PADDED - 1) / PADDED * PADDED;
    }

    /**
     * B' d B of one patch: pixel (i, j) begins at {@code offset + i * rowPitch + j * pixelPitch}; channels c ..
     * c + 15 of plane e at {@code vOffset + e * vPitch + c / 16 * slicePitch}.
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

    /** G g G' of {@code count} (a multiple of 16) kernels: tap t begins at {@code offset + t * tapPitch}. */
    void kernel(float[] g, int offset, int tapPitch, int count, float[] u, int uOffset, int uPitch, float[] work);

    /** A dy A' of one tile, the adjoint of {@link #output}: panel k / 16 of plane e begins at {@code offset + e * pitch + k / 16 * panelPitch}. */
    void upstream(
            float[] dy,
            int dyOffset,
            int rowPitch,
            int pixelPitch,
            int filters,
            float[] z,
            int offset,
            int pitch,
            int panelPitch,
            float[] work);

    /** G' m G of {@code count} (a multiple of 16) kernels, the adjoint of {@link #kernel}. */
    void kernelGradient(
            float[] m, int offset, int mPitch, int count, float[] dg, int dgOffset, int tapPitch, float[] work);
}
