package scgrad.core.backend.cpu;

import java.util.Arrays;

/** The innermost sum of outer products without the vector module. */
final class ScalarOuter implements OuterTile {
    @Override
    public int rows() {
        return 1;
    }

    @Override
    public int columns() {
        return Tiles.COLUMNS;
    }

    @Override
    public void outer(
            int depth,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            int bPitch,
            float[] c,
            int cOffset,
            boolean accumulate) {
        if (!accumulate) {
            Arrays.fill(c, cOffset, cOffset + Tiles.COLUMNS, 0);
        }
        for (int p = 0; p < depth; p++) {
            ScalarProduct.add(a[aOffset + p * Tiles.COLUMNS], b, bOffset + p * Tiles.COLUMNS, c, cOffset);
        }
    }
}
