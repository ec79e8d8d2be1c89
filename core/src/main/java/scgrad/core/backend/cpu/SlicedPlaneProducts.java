package scgrad.core.backend.cpu;

/** Products of planes with {@link VectorSliceProduct512}; V is {@code [36][C / 16][rows][16]}, M {@code [36][K / 16][rows][16]}. */
final class SlicedPlaneProducts implements PlaneProducts {
    private static int padded(int rows) {
        return (rows + VectorSliceProduct512.ROWS - 1) / VectorSliceProduct512.ROWS * VectorSliceProduct512.ROWS;
    }

    @Override
    public int rowPitch(int channels) {
        return SLICE;
    }

    @Override
    public int slicePitch(int rows, int channels) {
        return padded(rows) * SLICE;
    }

    @Override
    public int planePitch(int rows, int channels) {
        return Panels.count(channels) * slicePitch(rows, channels) + GAP;
    }

    @Override
    public void run(
            TileGrid grid,
            int firstKernelRow,
            int endKernelRow,
            int firstTile,
            int rows,
            int firstPanel,
            int endPanel,
            float[] v,
            float[] u,
            int uPlane,
            float[] m,
            int worker) {
        int depth = grid.g().depth();
        int panels = endPanel - firstPanel;
        int slice = slicePitch(rows, depth);
        int vPlane = planePitch(rows, depth);
        int mPlane = planePitch(rows, panels * SLICE);
        int firstPlane = firstKernelRow * Transforms.KERNEL;
        for (int plane = firstPlane; plane < endKernelRow * Transforms.KERNEL; plane++) {
            int a = CacheLine.FIRST + plane * vPlane;
            int b = CacheLine.FIRST + (plane - firstPlane) * uPlane + firstPanel * depth * SLICE;
            int c = CacheLine.FIRST + plane * mPlane;
            plane(depth, rows, panels, v, a, slice, u, b, m, c);
        }
    }

    /** The products of one plane with some panels; slices of V, and those of M, lie {@code vSlice} and {@link #slicePitch} floats apart. */
    void plane(int depth, int rows, int panels, float[] v, int a, int vSlice, float[] u, int b, float[] m, int c) {
        int panelFloats = depth * SLICE;
        int mSlice = slicePitch(rows, panels * SLICE);
        for (int panel = 0; panel < panels; panel += 2) {
            int at = b + panel * panelFloats;
            int to = c + panel * mSlice;
            if (panel + 1 < panels) {
                VectorSliceProduct512.pair(rows, depth, v, a, vSlice, u, at, panelFloats, m, to, mSlice);
            } else {
                int tall = rows / VectorSliceProduct512.TALL * VectorSliceProduct512.TALL;
                VectorSliceProduct512.tall(tall, depth, v, a, vSlice, u, at, m, to);
                if (tall < rows) {
                    int from = tall * SLICE;
                    VectorSliceProduct512.single(rows - tall, depth, v, a + from, vSlice, u, at, m, to + from);
                }
            }
        }
    }
}
