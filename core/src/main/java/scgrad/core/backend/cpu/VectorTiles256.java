package scgrad.core.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What the tiles of 256-bit vectors share. Legend: a rows, b one packed panel row of 16 columns, c the tile in registers, o where its
 * rows are stored, p the depth.
 *
 * <p>The trick of all vector tiles is to give C2 nothing to lose: the addresses are computed from the loop counter, every accumulator is
 * a local of its own, nothing is called, and the methods are too large to be inlined into their callers. That is why the loops are
 * written out once for each width and number of rows: the species must be a constant, and accumulators in an array would live in memory.
 *
 * <p>Measured on a Zen 4 core (256-bit FMA limit 118 GFLOP/s), depth 256: 6 x 16 gives 113 GFLOP/s, 4 x 16 gives 106, 8 x 16 gives 89
 * (C2 spills). Six rows need more than 16 registers. {@link #outer} with 4 x 16 gives 101. {@link TileChoice} measures anew on each machine.
 */
abstract class VectorTiles256 implements Tiles {
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_256;
    static final int LANES = 8;

    @Override
    public String name() {
        return rows() + "x16-256bit";
    }

    @Override
    public int outerRows() {
        return 4;
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
        int o0 = cOffset + 0 * cPitch;
        int o1 = cOffset + 1 * cPitch;
        int o2 = cOffset + 2 * cPitch;
        int o3 = cOffset + 3 * cPitch;
        FloatVector c00 = FloatVector.zero(SPECIES);
        FloatVector c01 = FloatVector.zero(SPECIES);
        FloatVector c10 = FloatVector.zero(SPECIES);
        FloatVector c11 = FloatVector.zero(SPECIES);
        FloatVector c20 = FloatVector.zero(SPECIES);
        FloatVector c21 = FloatVector.zero(SPECIES);
        FloatVector c30 = FloatVector.zero(SPECIES);
        FloatVector c31 = FloatVector.zero(SPECIES);
        if (accumulate) {
            c00 = FloatVector.fromArray(SPECIES, c, o0);
            c01 = FloatVector.fromArray(SPECIES, c, o0 + LANES);
            c10 = FloatVector.fromArray(SPECIES, c, o1);
            c11 = FloatVector.fromArray(SPECIES, c, o1 + LANES);
            c20 = FloatVector.fromArray(SPECIES, c, o2);
            c21 = FloatVector.fromArray(SPECIES, c, o2 + LANES);
            c30 = FloatVector.fromArray(SPECIES, c, o3);
            c31 = FloatVector.fromArray(SPECIES, c, o3 + LANES);
        }
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, b, bOffset + p * COLUMNS);
            FloatVector b1 = FloatVector.fromArray(SPECIES, b, bOffset + p * COLUMNS + LANES);
            FloatVector x0 = FloatVector.broadcast(SPECIES, a[aOffset + p * COLUMNS + 0]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector x1 = FloatVector.broadcast(SPECIES, a[aOffset + p * COLUMNS + 1]);
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            FloatVector x2 = FloatVector.broadcast(SPECIES, a[aOffset + p * COLUMNS + 2]);
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            FloatVector x3 = FloatVector.broadcast(SPECIES, a[aOffset + p * COLUMNS + 3]);
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
        }
        c00.intoArray(c, o0);
        c01.intoArray(c, o0 + LANES);
        c10.intoArray(c, o1);
        c11.intoArray(c, o1 + LANES);
        c20.intoArray(c, o2);
        c21.intoArray(c, o2 + LANES);
        c30.intoArray(c, o3);
        c31.intoArray(c, o3 + LANES);
    }

    @Override
    public void gather(float[] x, int from, int pitch, int rows, float[] a, int aOffset, int aPitch) {
        for (int p = 0; p < rows; p++) {
            FloatVector.fromArray(SPECIES, x, from + p * pitch).intoArray(a, aOffset + p * aPitch);
            FloatVector.fromArray(SPECIES, x, from + p * pitch + LANES).intoArray(a, aOffset + p * aPitch + LANES);
        }
    }
}
