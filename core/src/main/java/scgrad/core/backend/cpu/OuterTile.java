package scgrad.core.backend.cpu;

/** A block of a sum of outer products in registers, as gradients of kernels are; see {@link ProductTile} for the form of the loops and the bits. */
interface OuterTile {
    /** Divides 16. */
    int rows();

    /** 8, 16 or 32, as in {@link ProductTile#columns}. */
    int columns();

    /**
     * c[i][0 .. columns - 1] (+)= sum over p of a[p][i] * b[p], for i = 0 .. rows() - 1, where rows of a and b are 16 apart; row i of c begins
     * at {@code cOffset + i * cPitch}, a second panel of b {@code bPitch} behind the first.
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
            int cPitch,
            boolean accumulate);
}
