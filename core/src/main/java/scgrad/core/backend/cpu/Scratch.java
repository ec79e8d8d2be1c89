package scgrad.core.backend.cpu;

/** Working memory of each worker, kept from call to call; a slot is one purpose. */
final class Scratch {
    /**
     * The first float of an array that a cache line begins with, where the JVM aligns objects to lines ({@code -XX:ObjectAlignmentInBytes=64}, as
     * the launcher does): 16 bytes of header and 12 floats. What is stored from there on in whole vectors crosses no line, which an Intel core
     * takes twice as long for: Winograd's transforms take half the time on an Emerald Rapids. A Zen 5 gained little or nothing by aligned arrays.
     */
    static final int FIRST = 12;

    private final float[][][] floats;
    private final int[][][] ints;

    Scratch(int workers, int slots) {
        floats = new float[workers][slots][0];
        ints = new int[workers][slots][0];
    }

    /** At least {@code length} floats from {@link #FIRST} on, values undefined. */
    float[] floats(int worker, int slot, int length) {
        if (floats[worker][slot].length < FIRST + length) {
            floats[worker][slot] = new float[FIRST + length + length / 8];
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
