package scgrad.core.backend.cpu;

/**
 * A block of a sum of outer products in registers, as gradients of kernels are; see {@link ProductTile} for the form of the loops and the bits.
 *
 * <p>The sums begin with zeros or c without a branch, and their addresses are constants behind one: with a branch, or a pitch between the rows, C2
 * keeps addresses in vector registers, which it reads in the loop by a multiplier's port. Gradients of 1x1 kernels take 10 to 15 % less on an Emerald
 * Rapids core.
 */
interface OuterTile {
    /** Divides 16. */
    int rows();

    /** 8, 16 or 32, as in {@link ProductTile#columns}. */
    int columns();

    /**
     * c[i][0 .. columns - 1] (+)= sum over p of a[p][i] * b[p], for i = 0 .. rows() - 1, where rows of a and b are 16 apart, a second
     * panel of b begins {@code bPitch} behind the first, and the rows of c, {@code columns()} long, lie side by side from {@code cOffset} on.
     */
    void outer(
            int depth,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            int bPitch,
            float[] c,
            int cOffset,
            boolean accumulate);
}
