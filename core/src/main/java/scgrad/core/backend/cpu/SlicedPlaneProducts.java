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
        Gather g = grid.g();
        int panels = endPanel - firstPanel;
        int slice = slicePitch(rows, g.depth());
        int vPlane = planePitch(rows, g.depth());
        int mPlane = planePitch(rows, panels * SLICE);
        int panelFloats = g.depth() * SLICE;
        int firstPlane = firstKernelRow * Transforms.KERNEL;
        for (int plane = firstPlane; plane < endKernelRow * Transforms.KERNEL; plane++) {
            int a = CacheLine.FIRST + plane * vPlane;
            for (int panel = 0; panel < panels; panel += 2) {
                int b = CacheLine.FIRST + (plane - firstPlane) * uPlane + (firstPanel + panel) * panelFloats;
                int c = CacheLine.FIRST + plane * mPlane + panel * slice;
                if (panel + 1 < panels) {
                    VectorSliceProduct512.pair(rows, g.depth(), v, a, slice, u, b, panelFloats, m, c, slice);
                } else {
                    int tall = rows / VectorSliceProduct512.TALL * VectorSliceProduct512.TALL;
                    VectorSliceProduct512.tall(tall, g.depth(), v, a, slice, u, b, m, c);
                    if (tall < rows) {
                        int from = tall * SLICE;
                        VectorSliceProduct512.single(rows - tall, g.depth(), v, a + from, slice, u, b, m, c + from);
                    }
                }
            }
        }
    }
}
