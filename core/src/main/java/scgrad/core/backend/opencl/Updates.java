package scgrad.core.backend.opencl;

import java.util.Arrays;

/**
 * An optimizer's updates of many parameters as one command: networks have hundreds of parameters, most of them smaller than what calling the
 * device takes. Updates of different parameters that follow each other with the same numbers are gathered until any other command is asked for.
 */
final class Updates {
    /** Rows take half of a launch's words at most. */
    private static final int MOST = DeviceQueue.COMMANDS * DeviceMemory.WORDS / 2 / ElementwiseKernels.UPDATE;

    private final DeviceQueue queue;
    private final int[] rows = new int[MOST * ElementwiseKernels.UPDATE];
    private int count;
    private int blocks;
    private int code;
    private int flag;
    private double[] numbers;

    Updates(DeviceQueue queue) {
        this.queue = queue;
    }

    /** @param places of the parameter, its gradient and the optimizer's memory of it, {@code length} numbers each */
    void add(int kernel, int kernelFlag, double[] kernelNumbers, int length, int... places) {
        boolean same = kernel == code && kernelFlag == flag && Arrays.equals(kernelNumbers, numbers);
        if (count == MOST || count > 0 && !same || holds(places[0])) {
            queue.settle();
        }
        if (count == 0) {
            code = kernel;
            flag = kernelFlag;
            numbers = kernelNumbers;
            queue.unsettled(this::ask);
        }
        int at = count * ElementwiseKernels.UPDATE;
        rows[at] = blocks;
        rows[at + 1] = length;
        System.arraycopy(places, 0, rows, at + 2, places.length);
        count++;
        blocks += (length + DeviceMemory.GROUP - 1) / DeviceMemory.GROUP;
    }

    private boolean holds(int parameter) {
        for (int i = 0; i < count; i++) {
            if (rows[i * ElementwiseKernels.UPDATE + 2] == parameter) {
                return true;
            }
        }
        return false;
    }

    private void ask() {
        int place = queue.rows(rows, count * ElementwiseKernels.UPDATE);
        queue.add(code, place, count, blocks, flag).with(numbers);
        count = 0;
        blocks = 0;
    }
}
