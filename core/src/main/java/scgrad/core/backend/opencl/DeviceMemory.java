package scgrad.core.backend.opencl;

import com.aparapi.Kernel;

/**
 * What every kernel sees: the memory of the device, the command that it runs and its place in the work-group.
 *
 * <p>A launch runs many commands, one after another; Aparapi calls each a pass. Command number {@code getPassId()} owns {@link #WORDS} ints
 * and {@link #NUMBERS} floats; word 0 is the command's code. Every command runs on the same range, whatever its size: {@link #GROUP}
 * work-items in each of a fixed number of work-groups, which share the work out in blocks,
 *
 * <pre>{@code
 * for (int block = getGroupId(0); block * GROUP < count; block += getNumGroups(0)) {
 *     int i = block * GROUP + item();
 *     ...
 *     localBarrier();
 * }
 * }</pre>
 *
 * The barrier is for devices that run a work-group as a loop on one core (PoCL): it makes neighbours run after each other, so that the loop
 * reads memory in order and is vectorized. Nothing depends on the number of work-groups but the speed.
 *
 * <p>Kernels are what Aparapi can translate: ints for booleans, no {@code switch}, no {@code break}. Families of kernels are classes that extend
 * each other, because Aparapi translates one class with what it inherits, and two kernel objects cannot share memory.
 */
abstract class DeviceMemory extends Kernel {
    /** Work-items of a work-group, side by side and in all. */
    static final int SIDE = 16;

    static final int GROUP = SIDE * SIDE;

    /** Ints and floats of a command. */
    static final int WORDS = 32;

    static final int NUMBERS = 8;

    /** The steps of a product's depth that lie in local memory at a time, and the rows of its tallest tile and of its largest. */
    static final int DEPTH = 16;

    static final int TALL = 256;

    static final int HIGH = 128;

    /** Never assigned again: the buffer on the device belongs to this very array. */
    float[] heap;

    int[] words;
    float[] numbers;

    /** What describes geometries: windows, samples, strides. Written when a new geometry is seen. */
    int[] tables;

    /** What goes in or out: a few numbers, and many. */
    float[] letter;

    float[] parcel;

    /** {@link ProductKernels}' operands, and the partial results of {@link ReductionKernels}. */
    @Local
    float[] left = new float[(TALL + 1) * DEPTH];

    @Local
    float[] right = new float[(TALL / 4 + 1) * DEPTH];

    /** Where the rows and the steps of an implicit product lie: an image or a channel, and how far down and across. */
    @Local
    int[] rowPlace = new int[TALL];

    @Local
    int[] rowDown = new int[TALL];

    @Local
    int[] rowAcross = new int[TALL];

    @Local
    int[] stepPlace = new int[DEPTH];

    @Local
    int[] stepDown = new int[DEPTH];

    @Local
    int[] stepAcross = new int[DEPTH];

    /** The command's word. */
    int word(int index) {
        return words[getPassId() * WORDS + index];
    }

    /** The command's number. */
    float number(int index) {
        return numbers[getPassId() * NUMBERS + index];
    }

    /** The work-item's place in its group, 0 to {@link #GROUP} - 1. */
    int item() {
        return getLocalId(1) * SIDE + getLocalId(0);
    }
}
