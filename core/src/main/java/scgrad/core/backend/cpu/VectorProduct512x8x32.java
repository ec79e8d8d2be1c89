package scgrad.core.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * 8 x 32 with 512-bit vectors: two neighbouring panels, 16 accumulators, five loads for eight products where one panel takes nine; 8 x 16
 * would be slow because 8 chains of latency 4 only just fill two units.
 *
 * <p>C2 checks all addresses before a loop: 10 checks a row of a and two panels, which take as long as 8 steps. {@link VectorBlocks512x8x32} makes
 * those of a once for all blocks, and three steps at a time.
 */
final class VectorProduct512x8x32 implements OutputTile {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_512;
    private static final int LANES = 16;

    @Override
    public int rows() {
        return 8;
    }

    @Override
    public int columns() {
        return 32;
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
        int a0 = aOffsets[first + 0] + aShift;
        int a1 = aOffsets[first + 1] + aShift;
        int a2 = aOffsets[first + 2] + aShift;
        int a3 = aOffsets[first + 3] + aShift;
        int a4 = aOffsets[first + 4] + aShift;
        int a5 = aOffsets[first + 5] + aShift;
        int a6 = aOffsets[first + 6] + aShift;
        int a7 = aOffsets[first + 7] + aShift;
        int o0 = cOffsets[first + 0] + cShift;
        int o1 = cOffsets[first + 1] + cShift;
        int o2 = cOffsets[first + 2] + cShift;
        int o3 = cOffsets[first + 3] + cShift;
        int o4 = cOffsets[first + 4] + cShift;
        int o5 = cOffsets[first + 5] + cShift;
        int o6 = cOffsets[first + 6] + cShift;
        int o7 = cOffsets[first + 7] + cShift;
        FloatVector c00 = FloatVector.zero(SPECIES);
        FloatVector c01 = FloatVector.zero(SPECIES);
        FloatVector c10 = FloatVector.zero(SPECIES);
        FloatVector c11 = FloatVector.zero(SPECIES);
        FloatVector c20 = FloatVector.zero(SPECIES);
        FloatVector c21 = FloatVector.zero(SPECIES);
        FloatVector c30 = FloatVector.zero(SPECIES);
        FloatVector c31 = FloatVector.zero(SPECIES);
        FloatVector c40 = FloatVector.zero(SPECIES);
        FloatVector c41 = FloatVector.zero(SPECIES);
        FloatVector c50 = FloatVector.zero(SPECIES);
        FloatVector c51 = FloatVector.zero(SPECIES);
        FloatVector c60 = FloatVector.zero(SPECIES);
        FloatVector c61 = FloatVector.zero(SPECIES);
        FloatVector c70 = FloatVector.zero(SPECIES);
        FloatVector c71 = FloatVector.zero(SPECIES);
        if (accumulate) {
            c00 = FloatVector.fromArray(SPECIES, c, o0);
            c01 = FloatVector.fromArray(SPECIES, c, o0 + LANES);
            c10 = FloatVector.fromArray(SPECIES, c, o1);
            c11 = FloatVector.fromArray(SPECIES, c, o1 + LANES);
            c20 = FloatVector.fromArray(SPECIES, c, o2);
            c21 = FloatVector.fromArray(SPECIES, c, o2 + LANES);
            c30 = FloatVector.fromArray(SPECIES, c, o3);
            c31 = FloatVector.fromArray(SPECIES, c, o3 + LANES);
            c40 = FloatVector.fromArray(SPECIES, c, o4);
            c41 = FloatVector.fromArray(SPECIES, c, o4 + LANES);
            c50 = FloatVector.fromArray(SPECIES, c, o5);
            c51 = FloatVector.fromArray(SPECIES, c, o5 + LANES);
            c60 = FloatVector.fromArray(SPECIES, c, o6);
            c61 = FloatVector.fromArray(SPECIES, c, o6 + LANES);
            c70 = FloatVector.fromArray(SPECIES, c, o7);
            c71 = FloatVector.fromArray(SPECIES, c, o7 + LANES);
        }
        for (int run = 0; run < runs; run++) {
            for (int p = 0; p < depth; p++) {
                FloatVector b0 = FloatVector.fromArray(SPECIES, panel, panelOffset + p * Tiles.COLUMNS);
                FloatVector b1 = FloatVector.fromArray(SPECIES, panel, panelOffset + panelPitch + p * Tiles.COLUMNS);
                FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + p]);
                c00 = x0.fma(b0, c00);
                c01 = x0.fma(b1, c01);
                FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + p]);
                c10 = x1.fma(b0, c10);
                c11 = x1.fma(b1, c11);
                FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + p]);
                c20 = x2.fma(b0, c20);
                c21 = x2.fma(b1, c21);
                FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + p]);
                c30 = x3.fma(b0, c30);
                c31 = x3.fma(b1, c31);
                FloatVector x4 = FloatVector.broadcast(SPECIES, a[a4 + p]);
                c40 = x4.fma(b0, c40);
                c41 = x4.fma(b1, c41);
                FloatVector x5 = FloatVector.broadcast(SPECIES, a[a5 + p]);
                c50 = x5.fma(b0, c50);
                c51 = x5.fma(b1, c51);
                FloatVector x6 = FloatVector.broadcast(SPECIES, a[a6 + p]);
                c60 = x6.fma(b0, c60);
                c61 = x6.fma(b1, c61);
                FloatVector x7 = FloatVector.broadcast(SPECIES, a[a7 + p]);
                c70 = x7.fma(b0, c70);
                c71 = x7.fma(b1, c71);
            }
            panelOffset += depth * Tiles.COLUMNS;
            a0 += runPitch;
            a1 += runPitch;
            a2 += runPitch;
            a3 += runPitch;
            a4 += runPitch;
            a5 += runPitch;
            a6 += runPitch;
            a7 += runPitch;
        }
        c00.intoArray(c, o0);
        c01.intoArray(c, o0 + LANES);
        c10.intoArray(c, o1);
        c11.intoArray(c, o1 + LANES);
        c20.intoArray(c, o2);
        c21.intoArray(c, o2 + LANES);
        c30.intoArray(c, o3);
        c31.intoArray(c, o3 + LANES);
        c40.intoArray(c, o4);
        c41.intoArray(c, o4 + LANES);
        c50.intoArray(c, o5);
        c51.intoArray(c, o5 + LANES);
        c60.intoArray(c, o6);
        c61.intoArray(c, o6 + LANES);
        c70.intoArray(c, o7);
        c71.intoArray(c, o7 + LANES);
    }

    @Override
    public void products(
            int blocks,
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
        if (accumulate) {
            VectorBlocks512x8x32.add(
                    blocks, depth, a, aOffsets, aShift, first, panel, panelOffset, panelPitch, c, cOffsets, cShift);
        } else {
            VectorBlocks512x8x32.set(
                    blocks, depth, a, aOffsets, aShift, first, panel, panelOffset, panelPitch, c, cOffsets, cShift);
        }
    }

    @Override
    public void output(
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
            float[] shifts,
            int shiftFrom,
            float floor,
            float[] y,
            int[] targets,
            int channel) {
        VectorBlocks512x8x32.output(
                runs,
                runPitch,
                depth,
                a,
                aOffsets,
                aShift,
                first,
                panel,
                panelOffset,
                panelPitch,
                y,
                targets,
                channel,
                shifts,
                shiftFrom,
                floor);
    }

    @Override
    public void outputs(
            int blocks,
            int depth,
            float[] a,
            int[] aOffsets,
            int aShift,
            int first,
            float[] panel,
            int panelOffset,
            int panelPitch,
            float[] shifts,
            int shiftFrom,
            float floor,
            float[] residual,
            float[] y,
            int[] targets,
            int channel) {
        if (residual == null) {
            VectorBlocks512x8x32.outputs(
                    blocks,
                    depth,
                    a,
                    aOffsets,
                    aShift,
                    first,
                    panel,
                    panelOffset,
                    panelPitch,
                    y,
                    targets,
                    channel,
                    shifts,
                    shiftFrom,
                    floor);
        } else {
            VectorBlocks512x8x32.joined(
                    blocks,
                    depth,
                    a,
                    aOffsets,
                    aShift,
                    first,
                    panel,
                    panelOffset,
                    panelPitch,
                    y,
                    targets,
                    channel,
                    shifts,
                    shiftFrom,
                    floor,
                    residual);
        }
    }
}
