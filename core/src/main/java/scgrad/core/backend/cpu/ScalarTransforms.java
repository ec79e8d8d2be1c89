package scgrad.core.backend.cpu;

/** Winograd's transforms without the vector module: the matrices themselves, applied to one channel at a time. */
final class ScalarTransforms implements AdjointTransforms {
    /** B' [6, 6]. */
    private static final float[][] B = {
        {4, 0, -5, 0, 1, 0},
        {0, -4, -4, 1, 1, 0},
        {0, 4, -4, -1, 1, 0},
        {0, -2, -1, 2, 1, 0},
        {0, 2, -1, -2, 1, 0},
        {0, 4, 0, -5, 0, 1}
    };

    /** G [6, 3]. */
    static final float[][] G = {
        {1f / 4, 0, 0},
        {-1f / 6, -1f / 6, -1f / 6},
        {-1f / 6, 1f / 6, -1f / 6},
        {1f / 24, 1f / 12, 1f / 6},
        {1f / 24, -1f / 12, 1f / 6},
        {0, 0, 1}
    };

    /** A' [4, 6]. */
    private static final float[][] A = {
        {1, 1, 1, 1, 1, 0}, {0, 1, -1, 2, -2, 0}, {0, 1, 1, 4, 4, 0}, {0, 1, -1, 8, -8, 1}
    };

    /** For a stride of 2, where a line's even pixels meet the first tap and the third, and odd ones the second: B' [9, 9]. */
    private static final float[][] STRIDED_B = {
        {2, 0, -1, 0, -2, 0, 1, 0, 0},
        {0, 0, -2, 0, -1, 0, 1, 0, 0},
        {0, 0, 2, 0, -3, 0, 1, 0, 0},
        {0, 0, -1, 0, 0, 0, 1, 0, 0},
        {0, 0, 2, 0, -1, 0, -2, 0, 1},
        {0, 1, 0, 0, 0, 0, 0, 0, 0},
        {0, 0, 0, 1, 0, 0, 0, 0, 0},
        {0, 0, 0, 0, 0, 1, 0, 0, 0},
        {0, 0, 0, 0, 0, 0, 0, 1, 0}
    };

    /** G [6, 3]. */
    static final float[][] STRIDED_G = {
        {1f / 2, 0, 0}, {-1f / 2, 0, -1f / 2}, {-1f / 6, 0, 1f / 6}, {1f / 6, 0, 1f / 3}, {0, 0, 1}, {0, 1, 0}
    };

    /** A' [4, 9]. */
    private static final float[][] STRIDED_A = {
        {1, 1, 1, 1, 0, 1, 0, 0, 0},
        {0, 1, -1, 2, 0, 0, 1, 0, 0},
        {0, 1, 1, 4, 0, 0, 0, 1, 0},
        {0, 1, -1, 8, 1, 0, 0, 0, 1}
    };

    private final int stride;
    private final float[][] b;
    private final float[][] g;
    private final float[][] a;
    private final float[][] gAdjoint;
    private final float[][] aAdjoint;

    /** @param stride 1 or 2 */
    ScalarTransforms(int stride) {
        this.stride = stride;
        b = stride == 1 ? B : STRIDED_B;
        g = stride == 1 ? G : STRIDED_G;
        a = stride == 1 ? A : STRIDED_A;
        gAdjoint = transposed(g);
        aAdjoint = transposed(a);
    }

    @Override
    public int stride() {
        return stride;
    }

    private static float[][] transposed(float[][] matrix) {
        float[][] result = new float[matrix[0].length][matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j < matrix[0].length; j++) {
                result[j][i] = matrix[i][j];
            }
        }
        return result;
    }

    /** out = matrix in matrix', of which rows x columns are stored; in is square. */
    private static void both(
            float[][] matrix,
            float[] in,
            int from,
            int rowPitch,
            int pitch,
            float[] out,
            int to,
            int outRowPitch,
            int outPitch,
            int rows,
            int columns,
            float[] work) {
        int size = matrix[0].length;
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < size; j++) {
                float sum = 0;
                for (int l = 0; l < size; l++) {
                    sum = Math.fma(matrix[i][l], in[from + l * rowPitch + j * pitch], sum);
                }
                work[i * size + j] = sum;
            }
        }
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                float sum = 0;
                for (int l = 0; l < size; l++) {
                    sum = Math.fma(matrix[j][l], work[i * size + l], sum);
                }
                out[to + i * outRowPitch + j * outPitch] = sum;
            }
        }
    }

    @Override
    public void input(
            float[] d,
            int offset,
            int rowPitch,
            int pixelPitch,
            int channels,
            float[] v,
            int vOffset,
            int vPitch,
            int slicePitch,
            float[] work) {
        for (int c = 0; c < channels; c++) {
            int to = vOffset + c / PADDED * slicePitch + c % PADDED;
            both(b, d, offset + c, rowPitch, pixelPitch, v, to, b.length * vPitch, vPitch, b.length, b.length, work);
        }
    }

    @Override
    public void output(
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
            float[] work) {
        for (int k = 0; k < filters; k++) {
            int from = offset + k / PADDED * slicePitch + k % PADDED;
            if (epilogue == null) {
                both(a, m, from, b.length * mPitch, mPitch, y, yOffset + k, rowPitch, pixelPitch, rows, columns, work);
                continue;
            }
            // behind the working memory of both
            both(a, m, from, b.length * mPitch, mPitch, work, PLANES, columns, 1, rows, columns, work);
            for (int pixel = 0; pixel < rows * columns; pixel++) {
                int to = yOffset + k + pixel / columns * rowPitch + pixel % columns * pixelPitch;
                epilogue.finish(work, PLANES + pixel, channel + k, 1, y, to);
            }
        }
    }

    @Override
    public void kernelRow(
            int row, float[] w, int offset, int tapPitch, int count, float[] u, int uOffset, int uPitch, float[] work) {
        for (int c = 0; c < count; c++) {
            for (int s = 0; s < 3; s++) {
                int tap = offset + c + s * tapPitch;
                work[s] = combined(g[row], w[tap], w[tap + 3 * tapPitch], w[tap + 6 * tapPitch]);
            }
            for (int j = 0; j < KERNEL; j++) {
                u[uOffset + c + j * uPitch] = combined(g[j], work[0], work[1], work[2]);
            }
        }
    }

    private static float combined(float[] row, float w0, float w1, float w2) {
        return Math.fma(row[2], w2, Math.fma(row[1], w1, row[0] * w0));
    }

    @Override
    public void upstream(
            float[] dy,
            int dyOffset,
            int rowPitch,
            int pixelPitch,
            int filters,
            float[] z,
            int offset,
            int pitch,
            int panelPitch,
            float[] work) {
        for (int k = 0; k < filters; k++) {
            int to = offset + k / Tiles.COLUMNS * panelPitch + k % Tiles.COLUMNS;
            both(
                    aAdjoint,
                    dy,
                    dyOffset + k,
                    rowPitch,
                    pixelPitch,
                    z,
                    to,
                    b.length * pitch,
                    pitch,
                    b.length,
                    b.length,
                    work);
        }
    }

    @Override
    public void kernelGradient(
            float[] m, int offset, int mPitch, int count, float[] dg, int dgOffset, int tapPitch, float[] work) {
        for (int c = 0; c < count; c++) {
            both(
                    gAdjoint,
                    m,
                    offset + c,
                    g.length * mPitch,
                    mPitch,
                    dg,
                    dgOffset + c,
                    3 * tapPitch,
                    tapPitch,
                    3,
                    3,
                    work);
        }
    }
}
