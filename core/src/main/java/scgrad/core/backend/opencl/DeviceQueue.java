package scgrad.core.backend.opencl;

import com.aparapi.Range;
import com.aparapi.device.Device;
import com.aparapi.device.OpenCLDevice;
import java.util.Arrays;
import scgrad.core.array.ConvGeometry;
import scgrad.core.array.Traffic;

/**
 * Hands commands to the device, in order. They wait until {@link #COMMANDS} are there or a result is asked for; then one launch runs all of
 * them, a pass each, and Aparapi sets up its arguments once instead of once a command (measured on PoCL: 37 us a pass, 60 to 100 us a
 * launch). Aparapi waits for each pass, which cannot be turned off.
 */
final class DeviceQueue {
    static final int COMMANDS = 256;
    /** Floats of the small mailbox, for scalars and labels, and of the large one; a mailbox always moves whole. */
    static final int LETTER = 2 * 1024;

    static final int PARCEL = 512 * 1024;
    static final int TABLES = 64 * 1024;
    /** Work-groups a compute unit: PoCL runs one at a time, a GPU several. */
    private static final int GROUPS_OF_CPU = 4;

    private static final int GROUPS_OF_GPU = 8;
    /** How many of them an NVIDIA GPU's unit runs at a time: the products take half of its registers. */
    private static final int AT_ONCE_OF_GPU = 2;
    /**
     * What words are that a command does not use: PoCL's compiler moves divisions out of the branches that guard them, and each division by
     * zero then costs a signal of 55 us.
     */
    private static final int UNUSED = 1;

    private final Device device;
    private final DeviceKernels kernels;
    private final Range range;
    private final int atOnce;
    private final DeviceTables tables;
    /** Asks for a command that is still being gathered, or null. */
    private Runnable unsettled;

    private int waiting;
    /** Commands fill the words from the front, rows of gathered ones from the back, as far as here. */
    private int rows;

    private int letterUsed;
    private int parcelUsed;
    private long commands;
    private long launches;
    private long commandBytes;
    private long bytesIn;
    private long bytesOut;

    DeviceQueue(Device device, DeviceKernels kernels) {
        this.device = device;
        this.kernels = kernels;
        kernels.runOn(device);
        this.tables = new DeviceTables(kernels.tables);
        boolean processor = device.getType() == Device.TYPE.CPU;
        if (device instanceof OpenCLDevice openCl) {
            // a device with memory of its own keeps the heap there; else the host's array itself is the heap
            openCl.setSharedMemory(processor);
        }
        int groups = Aparapi.units(device) * (processor ? GROUPS_OF_CPU : GROUPS_OF_GPU);
        this.atOnce = Aparapi.units(device) * (processor ? 1 : AT_ONCE_OF_GPU);
        this.range = device.createRange2D(
                groups * DeviceMemory.SIDE, DeviceMemory.SIDE, DeviceMemory.SIDE, DeviceMemory.SIDE);
        this.rows = kernels.words.length;
        Arrays.fill(kernels.words, UNUSED);
        add(ElementwiseKernels.FILL, 0, 1).with(MovementKernels.CANARY);
        flush();
    }

    /** Work-groups that run at a time. */
    int atOnce() {
        return atOnce;
    }

    /** Tables for the commands to come. */
    DeviceTables tables() {
        if (tables.crowded()) {
            flush();
            tables.clear();
        }
        return tables;
    }

    /** What asks for a gathered command, before the next command or launch; see {@link Updates}. */
    void unsettled(Runnable ask) {
        unsettled = ask;
    }

    /** Asks for what is gathered. */
    void settle() {
        if (unsettled != null) {
            Runnable ask = unsettled;
            unsettled = null;
            ask.run();
        }
    }

    private boolean full() {
        return (waiting + 1) * DeviceMemory.WORDS > rows;
    }

    /** Where in the words the first {@code length} of these numbers lie for the command that comes next. */
    int rows(int[] numbers, int length) {
        if ((waiting + 1) * DeviceMemory.WORDS > rows - length) {
            flush();
        }
        rows -= length;
        System.arraycopy(numbers, 0, kernels.words, rows, length);
        return rows;
    }

    /** Asks for a command with its words from number 1 on; see the kernel of its code. */
    DeviceQueue add(int code, int... words) {
        settle();
        if (full()) {
            flush();
        }
        int at = waiting * DeviceMemory.WORDS;
        kernels.words[at] = code;
        System.arraycopy(words, 0, kernels.words, at + 1, words.length);
        waiting++;
        return this;
    }

    /** The numbers of the last command. */
    DeviceQueue with(double... numbers) {
        for (int i = 0; i < numbers.length; i++) {
            kernels.numbers[(waiting - 1) * DeviceMemory.NUMBERS + i] = (float) numbers[i];
        }
        return this;
    }

    /** The geometry of the last command. */
    DeviceQueue on(ConvGeometry g) {
        int[] geometry = {
            g.height(),
            g.width(),
            g.channels(),
            g.kernelHeight(),
            g.kernelWidth(),
            g.filters(),
            g.stride(),
            g.padding(),
            g.dilation(),
            g.outHeight(),
            g.outWidth()
        };
        int at = (waiting - 1) * DeviceMemory.WORDS + ProductKernels.GEOMETRY;
        System.arraycopy(geometry, 0, kernels.words, at, geometry.length);
        return this;
    }

    /** Runs what waits, and returns when it is done. */
    void flush() {
        settle();
        if (waiting == 0) {
            return;
        }
        kernels.put(kernels.words);
        kernels.put(kernels.numbers);
        commandBytes += 4L * (kernels.words.length + kernels.numbers.length);
        if (tables.takeChanged()) {
            kernels.put(kernels.tables);
            commandBytes += 4L * kernels.tables.length;
        }
        if (letterUsed > 0) {
            put(kernels.letter);
        }
        if (parcelUsed > 0) {
            put(kernels.parcel);
        }
        int passes = waiting;
        int firstRow = rows;
        waiting = 0;
        rows = kernels.words.length;
        letterUsed = 0;
        parcelUsed = 0;
        Aparapi.run(device, kernels, () -> kernels.execute(range, passes));
        commands += passes;
        launches++;
        Arrays.fill(kernels.words, 0, passes * DeviceMemory.WORDS, UNUSED);
        Arrays.fill(kernels.words, firstRow, kernels.words.length, UNUSED);
    }

    private void put(float[] array) {
        kernels.put(array);
        bytesIn += 4L * array.length;
    }

    /** Numbers of the host, the first {@code length}, to a place in the heap. */
    void receive(float[] from, int length, int to) {
        settle();
        boolean large = length > LETTER;
        float[] mailbox = large ? kernels.parcel : kernels.letter;
        for (int done = 0; done < length; ) {
            int used = large ? parcelUsed : letterUsed;
            int part = Math.min(length - done, mailbox.length);
            if (used + part > mailbox.length || full()) {
                flush();
                used = 0;
            }
            System.arraycopy(from, done, mailbox, used, part);
            if (large) {
                parcelUsed = used + part;
            } else {
                letterUsed = used + part;
            }
            add(MovementKernels.RECEIVE, to + done, part, used, large ? 1 : 0);
            done += part;
        }
    }

    /** Numbers of the heap to the host. */
    void send(int from, int length, float[] to) {
        boolean large = length + 1 > LETTER;
        float[] mailbox = large ? kernels.parcel : kernels.letter;
        for (int done = 0; done < length; ) {
            int part = Math.min(length - done, mailbox.length - 1);
            add(MovementKernels.SEND, from + done, part, large ? 1 : 0);
            flush();
            Aparapi.run(device, kernels, () -> kernels.get(mailbox));
            bytesOut += 4L * mailbox.length;
            if (mailbox[0] != MovementKernels.CANARY) {
                throw new IllegalStateException("the memory on OpenCL device " + Aparapi.name(device)
                        + " was lost: the device was reset, or the collector moved the heap's host array; go on from"
                        + " the last checkpoint with --resume");
            }
            System.arraycopy(mailbox, 1, to, done, part);
            done += part;
        }
    }

    Traffic traffic() {
        return new Traffic(commands, launches, commandBytes, bytesIn, bytesOut);
    }
}
