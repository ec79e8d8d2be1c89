package scgrad.core.backend.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static scgrad.core.backend.cpu.VectorFunctions.atLeast;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The transforms for a stride of 1 with vectors along channels. A two-dimensional transform is the one-dimensional one over columns into working
 * memory (in the first-level cache), then over rows: no method keeps more than ten vectors, so nothing spills with 16 registers.
 *
 * <p>Vectors are loaded by the API's own methods, without a shorter one of this class between: behind 18,000 nodes C2 inlines only the former
 * (NodeCountInliningCutoff), and a loop that gets its vectors from a call finds each in an object of its own. Such a call was left in 9 of
 * 20 processes, as they happened to compile.
 */
final class VectorTransforms implements AdjointTransforms {
    static final VectorSpecies<Float> SPECIES =
            FloatVector.SPECIES_PREFERRED.length() > PADDED ? FloatVector.SPECIES_512 : FloatVector.SPECIES_PREFERRED;
    static final int LANES = SPECIES.length();
    private static final int FIRST = CacheLine.FIRST;

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
        int c = 0;
        for (; c + LANES <= channels; c += LANES) {
            int to = vOffset + c / PADDED * slicePitch + c % PADDED;
            inputVector(d, offset + c, rowPitch, pixelPitch, v, to, vPitch, work);
        }
        if (c < channels) {
            int to = vOffset + c / PADDED * slicePitch + c % PADDED;
            loadTail(d, offset + c, rowPitch, pixelPitch, PATCH, channels - c, work);
            inputVector(work, FIRST, PATCH * LANES, LANES, v, to, vPitch, work);
        }
    }

    /** The channels of one vector; d may be the working memory. */
    private static void inputVector(
            float[] d, int from, int rowPitch, int pixelPitch, float[] v, int to, int vPitch, float[] work) {
        inputColumns(d, from, rowPitch, pixelPitch, work);
        inputRows(work, v, to, vPitch);
    }

    private static void inputColumns(float[] d, int from, int rowPitch, int pixelPitch, float[] work) {
        for (int j = 0; j < PATCH; j++) {
            inputLine(d, from + j * pixelPitch, rowPitch, work, FIRST + j * LANES, PATCH * LANES);
        }
    }

    private static void inputRows(float[] work, float[] v, int to, int pitch) {
        for (int i = 0; i < PATCH; i++) {
            inputLine(work, FIRST + i * PATCH * LANES, LANES, v, to + i * PATCH * pitch, pitch);
        }
    }

    /** size x size pixels, zero from {@code channels} on. */
    static void loadTail(float[] in, int from, int rowPitch, int pixelPitch, int size, int channels, float[] work) {
        VectorMask<Float> mask = SPECIES.indexInRange(0, channels);
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                fromArray(SPECIES, in, from + i * rowPitch + j * pixelPitch, mask)
                        .intoArray(work, FIRST + (i * size + j) * LANES);
            }
        }
    }

    /** One line times B': 4 d0 - 5 d2 + d4; (d4 - 4 d2) +- (d3 - 4 d1); (d4 - d2) +- 2 (d3 - d1); 4 d1 - 5 d3 + d5. */
    static void inputLine(float[] in, int from, int pitch, float[] out, int to, int outPitch) {
        FloatVector d1 = fromArray(SPECIES, in, from + pitch);
        FloatVector d2 = fromArray(SPECIES, in, from + 2 * pitch);
        FloatVector d3 = fromArray(SPECIES, in, from + 3 * pitch);
        FloatVector d4 = fromArray(SPECIES, in, from + 4 * pitch);
        FloatVector four = broadcast(SPECIES, 4);
        FloatVector inner = d4.sub(d2);
        FloatVector step = d3.sub(d1);
        FloatVector even = d2.fma(broadcast(SPECIES, -4), d4);
        FloatVector odd = d1.fma(broadcast(SPECIES, -4), d3);
        // 4 (d0 - d2) + (d4 - d2)
        fromArray(SPECIES, in, from).sub(d2).fma(four, inner).intoArray(out, to);
        even.add(odd).intoArray(out, to + outPitch);
        even.sub(odd).intoArray(out, to + 2 * outPitch);
        step.fma(broadcast(SPECIES, 2), inner).intoArray(out, to + 3 * outPitch);
        step.fma(broadcast(SPECIES, -2), inner).intoArray(out, to + 4 * outPitch);
        // 4 (d1 - d3) + (d5 - d3)
        step.fma(
                        broadcast(SPECIES, -4),
                        fromArray(SPECIES, in, from + 5 * pitch).sub(d3))
                .intoArray(out, to + 5 * outPitch);
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
        for (int k = 0; k < filters; k += LANES) {
            int source = offset + k / PADDED * slicePitch + k % PADDED;
            int to = yOffset + k;
            boolean whole = columns >= TILE - 1 && k + LANES <= filters;
            outputColumns(m, source, mPitch, work);
            if (whole && epilogue == null) {
                outputRows(work, y, to, rowPitch, pixelPitch, rows, columns);
                continue;
            }
            for (int i = 0; i < rows; i++) {
                int from = FIRST + i * PATCH * LANES;
                if (whole) {
                    finishLine(work, from, y, to + i * rowPitch, pixelPitch, columns, epilogue, channel + k);
                } else {
                    partialLine(
                            work, from, y, to + i * rowPitch, pixelPitch, columns, filters - k, epilogue, channel + k);
                }
            }
        }
    }

    private static void outputColumns(float[] m, int from, int pitch, float[] work) {
        for (int j = 0; j < PATCH; j++) {
            outputLine(m, from + j * pitch, PATCH * pitch, work, FIRST + j * LANES, PATCH * LANES, true);
        }
    }

    /** Rows of three or four columns. */
    private static void outputRows(
            float[] work, float[] y, int to, int rowPitch, int pixelPitch, int rows, int columns) {
        for (int i = 0; i < rows; i++) {
            outputLine(work, FIRST + i * PATCH * LANES, LANES, y, to + i * rowPitch, pixelPitch, columns == TILE);
        }
    }

    /** A line of three or four outputs with what follows them. */
    private static void finishLine(
            float[] work, int from, float[] y, int to, int pitch, int columns, Epilogue epilogue, int channel) {
        FloatVector shift = fromArray(SPECIES, epilogue.shift(), channel);
        float[] residual = epilogue.residual();
        float floor = epilogue.relu() ? 0 : Float.NEGATIVE_INFINITY;
        FloatVector m1 = fromArray(SPECIES, work, from + LANES);
        FloatVector m2 = fromArray(SPECIES, work, from + 2 * LANES);
        FloatVector m3 = fromArray(SPECIES, work, from + 3 * LANES);
        FloatVector m4 = fromArray(SPECIES, work, from + 4 * LANES);
        FloatVector near = m1.add(m2);
        FloatVector nearOdd = m1.sub(m2);
        FloatVector far = m3.add(m4);
        FloatVector farOdd = m3.sub(m4);
        FloatVector y0 = fromArray(SPECIES, work, from).add(near).add(far).add(shift);
        FloatVector y1 = farOdd.fma(broadcast(SPECIES, 2), nearOdd).add(shift);
        FloatVector y2 = far.fma(broadcast(SPECIES, 4), near).add(shift);
        if (residual != null) {
            y0 = y0.add(fromArray(SPECIES, residual, to));
            y1 = y1.add(fromArray(SPECIES, residual, to + pitch));
            y2 = y2.add(fromArray(SPECIES, residual, to + 2 * pitch));
        }
        atLeast(y0, floor).intoArray(y, to);
        atLeast(y1, floor).intoArray(y, to + pitch);
        atLeast(y2, floor).intoArray(y, to + 2 * pitch);
        if (columns < TILE) {
            return;
        }
        FloatVector y3 = farOdd.fma(broadcast(SPECIES, 8), nearOdd)
                .add(fromArray(SPECIES, work, from + 5 * LANES))
                .add(shift);
        if (residual != null) {
            y3 = y3.add(fromArray(SPECIES, residual, to + 3 * pitch));
        }
        atLeast(y3, floor).intoArray(y, to + 3 * pitch);
    }

    /** A line of which only some columns or channels exist; the epilogue may be null. */
    private static void partialLine(
            float[] work,
            int from,
            float[] y,
            int to,
            int pitch,
            int columns,
            int filters,
            Epilogue epilogue,
            int channel) {
        int line = FIRST + TILE * PATCH * LANES;
        outputLine(work, from, LANES, work, line, LANES, true);
        finish(work, line, y, to, pitch, columns, filters, epilogue, channel);
    }

    /** Stores the columns and channels of a line that exist, with what follows them; the epilogue may be null. */
    static void finish(
            float[] work,
            int line,
            float[] y,
            int to,
            int pitch,
            int columns,
            int filters,
            Epilogue epilogue,
            int channel) {
        VectorMask<Float> mask = SPECIES.indexInRange(0, filters);
        for (int j = 0; j < columns; j++) {
            FloatVector value = fromArray(SPECIES, work, line + j * LANES);
            if (epilogue != null) {
                value = value.add(fromArray(SPECIES, epilogue.shift(), channel));
                if (epilogue.residual() != null) {
                    value = value.add(fromArray(SPECIES, epilogue.residual(), to + j * pitch, mask));
                }
                value = atLeast(value, epilogue.relu() ? 0 : Float.NEGATIVE_INFINITY);
            }
            value.intoArray(y, to + j * pitch, mask);
        }
    }

    /** One line times A': m0 + (m1 + m2) + (m3 + m4); (m1 - m2) + 2 (m3 - m4); (m1 + m2) + 4 (m3 + m4); (m1 - m2) + 8 (m3 - m4) + m5. */
    static void outputLine(float[] in, int from, int pitch, float[] out, int to, int outPitch, boolean last) {
        FloatVector m1 = fromArray(SPECIES, in, from + pitch);
        FloatVector m2 = fromArray(SPECIES, in, from + 2 * pitch);
        FloatVector m3 = fromArray(SPECIES, in, from + 3 * pitch);
        FloatVector m4 = fromArray(SPECIES, in, from + 4 * pitch);
        FloatVector near = m1.add(m2);
        FloatVector nearOdd = m1.sub(m2);
        FloatVector far = m3.add(m4);
        FloatVector farOdd = m3.sub(m4);
        fromArray(SPECIES, in, from).add(near).add(far).intoArray(out, to);
        farOdd.fma(broadcast(SPECIES, 2), nearOdd).intoArray(out, to + outPitch);
        far.fma(broadcast(SPECIES, 4), near).intoArray(out, to + 2 * outPitch);
        if (last) {
            farOdd.fma(broadcast(SPECIES, 8), nearOdd)
                    .add(fromArray(SPECIES, in, from + 5 * pitch))
                    .intoArray(out, to + 3 * outPitch);
        }
    }

    @Override
    public void kernelRow(
            int row, float[] g, int offset, int tapPitch, int count, float[] u, int uOffset, int uPitch, float[] work) {
        for (int c = 0; c < count; c += LANES) {
            kernelColumns(ScalarTransforms.G[row], g, offset + c, tapPitch, work);
            kernelLine(work, u, uOffset + c, uPitch);
        }
    }

    /** A row of G g, with the row of G. */
    static void kernelColumns(float[] row, float[] g, int from, int tapPitch, float[] out) {
        for (int s = 0; s < 3; s++) {
            int tap = from + s * tapPitch;
            FloatVector first = fromArray(SPECIES, g, tap).mul(row[0]);
            FloatVector second = fromArray(SPECIES, g, tap + 3 * tapPitch).fma(broadcast(SPECIES, row[1]), first);
            fromArray(SPECIES, g, tap + 6 * tapPitch)
                    .fma(broadcast(SPECIES, row[2]), second)
                    .intoArray(out, FIRST + s * LANES);
        }
    }

    /** One line times G: g0 / 4; -(g0 + g2) / 6 -+ g1 / 6; (g0 + 4 g2) / 24 +- g1 / 12; g2. */
    private static void kernelLine(float[] in, float[] out, int to, int outPitch) {
        FloatVector g0 = fromArray(SPECIES, in, FIRST);
        FloatVector g1 = fromArray(SPECIES, in, FIRST + LANES);
        FloatVector g2 = fromArray(SPECIES, in, FIRST + 2 * LANES);
        FloatVector sixth = g0.add(g2).mul(-1f / 6);
        FloatVector far = g2.fma(broadcast(SPECIES, 4), g0).mul(1f / 24);
        g0.mul(0.25f).intoArray(out, to);
        g1.fma(broadcast(SPECIES, -1f / 6), sixth).intoArray(out, to + outPitch);
        g1.fma(broadcast(SPECIES, 1f / 6), sixth).intoArray(out, to + 2 * outPitch);
        g1.fma(broadcast(SPECIES, 1f / 12), far).intoArray(out, to + 3 * outPitch);
        g1.fma(broadcast(SPECIES, -1f / 12), far).intoArray(out, to + 4 * outPitch);
        g2.intoArray(out, to + 5 * outPitch);
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
        for (int k = 0; k < filters; k += LANES) {
            int to = offset + k / Tiles.COLUMNS * panelPitch + k % Tiles.COLUMNS;
            if (k + LANES <= filters) {
                for (int j = 0; j < TILE; j++) {
                    upstreamLine(dy, dyOffset + k + j * pixelPitch, rowPitch, work, FIRST + j * LANES, TILE * LANES);
                }
            } else {
                loadTail(dy, dyOffset + k, rowPitch, pixelPitch, TILE, filters - k, work);
                for (int j = 0; j < TILE; j++) {
                    upstreamLine(work, FIRST + j * LANES, TILE * LANES, work, FIRST + j * LANES, TILE * LANES);
                }
            }
            for (int i = 0; i < PATCH; i++) {
                upstreamLine(work, FIRST + i * TILE * LANES, LANES, z, to + i * PATCH * pitch, pitch);
            }
        }
    }

    /** One line times A: y0; (y0 + y2) +- (y1 + y3); (y0 + 4 y2) +- 2 (y1 + 4 y3); y3. */
    static void upstreamLine(float[] in, int from, int pitch, float[] out, int to, int outPitch) {
        FloatVector y0 = fromArray(SPECIES, in, from);
        FloatVector y1 = fromArray(SPECIES, in, from + pitch);
        FloatVector y2 = fromArray(SPECIES, in, from + 2 * pitch);
        FloatVector y3 = fromArray(SPECIES, in, from + 3 * pitch);
        FloatVector near = y0.add(y2);
        FloatVector nearOdd = y1.add(y3);
        FloatVector far = y2.fma(broadcast(SPECIES, 4), y0);
        FloatVector farOdd = y3.fma(broadcast(SPECIES, 4), y1);
        y0.intoArray(out, to);
        near.add(nearOdd).intoArray(out, to + outPitch);
        near.sub(nearOdd).intoArray(out, to + 2 * outPitch);
        farOdd.fma(broadcast(SPECIES, 2), far).intoArray(out, to + 3 * outPitch);
        farOdd.fma(broadcast(SPECIES, -2), far).intoArray(out, to + 4 * outPitch);
        y3.intoArray(out, to + 5 * outPitch);
    }

    @Override
    public void kernelGradient(
            float[] m, int offset, int mPitch, int count, float[] dg, int dgOffset, int tapPitch, float[] work) {
        for (int c = 0; c < count; c += LANES) {
            for (int j = 0; j < PATCH; j++) {
                kernelGradientLine(m, offset + c + j * mPitch, PATCH * mPitch, work, FIRST + j * LANES, PATCH * LANES);
            }
            for (int r = 0; r < 3; r++) {
                kernelGradientLine(
                        work, FIRST + r * PATCH * LANES, LANES, dg, dgOffset + c + r * 3 * tapPitch, tapPitch);
            }
        }
    }

    /** One line times G': m0 / 4 - (m1 + m2) / 6 + (m3 + m4) / 24; (m2 - m1) / 6 + (m3 - m4) / 12; -(m1 + m2) / 6 + (m3 + m4) / 6 + m5. */
    private static void kernelGradientLine(float[] in, int from, int pitch, float[] out, int to, int outPitch) {
        FloatVector m1 = fromArray(SPECIES, in, from + pitch);
        FloatVector m2 = fromArray(SPECIES, in, from + 2 * pitch);
        FloatVector m3 = fromArray(SPECIES, in, from + 3 * pitch);
        FloatVector m4 = fromArray(SPECIES, in, from + 4 * pitch);
        FloatVector near = m1.add(m2).mul(-1f / 6);
        FloatVector far = m3.add(m4);
        fromArray(SPECIES, in, from)
                .fma(broadcast(SPECIES, 0.25f), far.fma(broadcast(SPECIES, 1f / 24), near))
                .intoArray(out, to);
        m2.sub(m1).fma(broadcast(SPECIES, 1f / 6), m3.sub(m4).mul(1f / 12)).intoArray(out, to + outPitch);
        far.fma(broadcast(SPECIES, 1f / 6), near)
                .add(fromArray(SPECIES, in, from + 5 * pitch))
                .intoArray(out, to + 2 * outPitch);
    }
}
