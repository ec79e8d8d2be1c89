package scgrad.core.backend.cpu;

/** The innermost products without the vector module: loops over 16 columns that C2 vectorises by itself. */
final class ScalarTiles implements Tiles {
    @Override
    public String name() {
        return "1x16-scalar";
    }

    @Override
    public int rows() {
        return 1;
    }

    @Override
    public int outerRows() {
        return 1;
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
            float[] c,
            int[] cOffsets,
            int cShift,
            boolean accumulate) {
        int row = aOffsets[first] + aShift;
        int out = cOffsets[first] + cShift;
        clear(c, out, accumulate);
        for (int run = 0; run < runs; run++) {
            for (int p = 0; p < depth; p++) {
                accumulate(a[row + run * runPitch + p], panel, panelOffset + (run * depth + p) * COLUMNS, c, out);
            }
        }
    }

    @Override
    public void outer(
            int depth,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            float[] c,
            int cOffset,
            int cPitch,
            boolean accumulate) {
        for (int i = 0; i < outerRows(); i++) {
            clear(c, cOffset + i * cPitch, accumulate);
            for (int p = 0; p < depth; p++) {
                accumulate(a[aOffset + p * COLUMNS + i], b, bOffset + p * COLUMNS, c, cOffset + i * cPitch);
            }
        }
    }

    private static void clear(float[] c, int offset, boolean keep) {
        if (!keep) {
            java.util.Arrays.fill(c, offset, offset + COLUMNS, 0);
        }
    }

    private static void accumulate(float x, float[] b, int bOffset, float[] c, int cOffset) {
        for (int j = 0; j < COLUMNS; j++) {
            c[cOffset + j] = Math.fma(x, b[bOffset + j], c[cOffset + j]);
        }
    }

    @Override
    public void gather(float[] x, int from, int pitch, int rows, float[] a, int aOffset, int aPitch) {
        for (int p = 0; p < rows; p++) {
            System.arraycopy(x, from + p * pitch, a, aOffset + p * aPitch, COLUMNS);
        }
    }
}
