package scgrad.core.backend.cpu;

/** Working memory of each worker, kept from call to call; a slot is one purpose. */
final class Scratch {
    private final float[][][] floats;
    private final int[][][] ints;

    Scratch(int workers, int slots) {
        floats = new float[workers][slots][0];
        ints = new int[workers][slots][0];
    }

    /** At least {@code length} floats from {@link CacheLine#FIRST} on, values undefined. */
    float[] floats(int worker, int slot, int length) {
        if (floats[worker][slot].length < CacheLine.FIRST + length) {
            floats[worker][slot] = new float[CacheLine.FIRST + length + length / 8];
        }
        return floats[worker][slot];
    }

    /** At least {@code length} ints, values undefined. */
    int[] ints(int worker, int slot, int length) {
        if (ints[worker][slot].length < length) {
            ints[worker][slot] = new int[length + length / 8];
        }
        return ints[worker][slot];
    }

    /** What all workers keep; it never shrinks. */
    long bytes() {
        long count = 0;
        for (int worker = 0; worker < floats.length; worker++) {
            for (int slot = 0; slot < floats[worker].length; slot++) {
                count += floats[worker][slot].length + ints[worker][slot].length;
            }
        }
        return 4 * count;
    }
}
