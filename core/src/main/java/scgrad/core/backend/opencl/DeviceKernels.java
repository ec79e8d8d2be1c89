package scgrad.core.backend.opencl;

import com.aparapi.device.Device;

/**
 * The kernel that Aparapi translates, with all families: a command's code is its family's hundred and its number in it, so {@code
 * BATCH_NORM} (400) goes to {@code norm} in {@link NormKernels} and there to {@code batchNorm}.
 */
class DeviceKernels extends GroupedKernels {
    /** A command that does nothing, to measure what a launch costs. */
    static final int NOTHING = 0;

    private Device device;

    /**
     * @param heap numbers in the heap
     * @param commands most commands of a launch
     * @param letter numbers of the small mailbox
     * @param parcel numbers of the large one
     */
    DeviceKernels(int heap, int commands, int tables, int letter, int parcel) {
        this.heap = new float[heap];
        this.words = new int[commands * WORDS];
        this.numbers = new float[commands * NUMBERS];
        this.tables = new int[tables];
        this.letter = new float[letter];
        this.parcel = new float[parcel];
        setExplicit(true);
    }

    /** The device to run on, from the first launch to the last. */
    void runOn(Device chosen) {
        device = chosen;
    }

    /** Without this Aparapi's first device counts as the one that ran, whichever did. */
    @Override
    public boolean isAllowDevice(Device candidate) {
        return device == null || candidate == device;
    }

    @Override
    public void run() {
        int code = word(0);
        int family = code / 100;
        if (family == 1) {
            elementwise(code);
            return;
        }
        if (family == 2) {
            movement(code);
            return;
        }
        if (family == 3) {
            reduction(code);
            return;
        }
        if (family == 4) {
            norm(code);
            return;
        }
        if (family == 5) {
            pooling(code);
            return;
        }
        if (family == 6) {
            product(code);
            return;
        }
        if (family == 7) {
            grouped(code);
            return;
        }
        if (family == 8) {
            large(code);
            return;
        }
    }
}
