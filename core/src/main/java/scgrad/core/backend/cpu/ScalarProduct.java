package scgrad.core.backend.cpu;

import java.util.Arrays;

/** The innermost product without the vector module: a loop over 16 columns that C2 vectorises by itself. */
final class ScalarProduct implements ProductTile {
    @Override
    public int rows() {
        return 1;
    }

    @Override
    public int columns() {
        return Tiles.COLUMNS;
    }

    @Override
    public void product(
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
            float[] c,
            int[] cOffsets,
            int cShift,
            boolean accumulate) {
        int row = aOffsets[first] + aShift;
        int out = cOffsets[first] + cShift;
        if (!accumulate) {
            Arrays.fill(c, out, out + Tiles.COLUMNS, 0);
        }
        for (int run = 0; run < runs; run++) {
            for (int p = 0; p < depth; p++) {
                add(a[row + run * runPitch + p], panel, panelOffset + (run * depth + p) * Tiles.COLUMNS, c, out);
            }
        }
    }

    /** c[0 .. 15] += x * b[0 .. 15]. */
    static void add(float x, float[] b, int bOffset, float[] c, int cOffset) {
        for (int j = 0; j < Tiles.COLUMNS; j++) {
            c[cOffset + j] = Math.fma(x, b[bOffset + j], c[cOffset + j]);
        }
    }
}
