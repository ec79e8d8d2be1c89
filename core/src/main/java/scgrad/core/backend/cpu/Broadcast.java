package scgrad.core.backend.cpu;

import scgrad.core.array.Binary;
import scgrad.core.array.Index;
import scgrad.core.array.NDArray;

/**
 * Functions of two numbers with broadcasting. Neighbouring axes along which neither operand starts or stops being stretched are merged; the
 * last two axes then are rows of {@code count} numbers, and those before them only compute addresses. Several rows make a line for the one
 * loop there is; an operand that is stretched along them is written out to a line in the first-level cache first.
 */
final class Broadcast {
    // slots of scratch memory: a line of either operand
    private static final int LEFT = 12;
    private static final int RIGHT = 13;

    /** Numbers of a work item. */
    private static final int ITEM = 16 * 1024;

    /** Numbers of a line, where an operand is stretched. */
    private static final int LINE = 512;

    private final Threads threads;
    private final Loops loops;
    private final Scratch scratch;

    Broadcast(Threads threads, Loops loops, Scratch scratch) {
        this.threads = threads;
        this.loops = loops;
        this.scratch = scratch;
    }

    /** One operand: its strides along the merged axes. */
    private record Operand(float[] data, int[] strides, int outer, int slot) {
        /** Whether it lies in memory like the result. */
        boolean plain(int count) {
            return strides[outer] == count && (count == 1 || strides[outer + 1] == 1);
        }

        /** Whether all rows are the same. */
        boolean repeats() {
            return strides[outer] == 0;
        }

        int start(int[] sizes, int index) {
            int at = CacheLine.FIRST;
            int rest = index;
            for (int axis = outer - 1; axis >= 0; axis--) {
                at += rest % sizes[axis] * strides[axis];
                rest /= sizes[axis];
            }
            return at;
        }

        /** Writes rows of {@code count} numbers out. */
        void spread(int at, int rows, int count, float[] line) {
            boolean one = count == 1 || strides[outer + 1] == 0;
            for (int r = 0; r < rows; r++) {
                int from = at + r * strides[outer];
                int to = r * count;
                if (one) {
                    float value = data[from];
                    for (int i = to; i < to + count; i++) {
                        line[i] = value;
                    }
                } else {
                    System.arraycopy(data, from, line, to, count);
                }
            }
        }
    }

    void run(Binary f, NDArray a, NDArray b, NDArray y) {
        int rank = y.shape().rank();
        int[] sizes = new int[rank + 2];
        int[] as = new int[rank + 2];
        int[] bs = new int[rank + 2];
        int[] aStrides = Index.broadcastStrides(a.shape(), y.shape());
        int[] bStrides = Index.broadcastStrides(b.shape(), y.shape());
        int axes = 0;
        for (int axis = 0; axis < rank; axis++) {
            int size = y.shape().size(axis);
            if (size == 1) {
                continue;
            }
            if (axes > 0 && as[axes - 1] == aStrides[axis] * size && bs[axes - 1] == bStrides[axis] * size) {
                sizes[axes - 1] *= size;
                as[axes - 1] = aStrides[axis];
                bs[axes - 1] = bStrides[axis];
            } else {
                sizes[axes] = size;
                as[axes] = aStrides[axis];
                bs[axes] = bStrides[axis];
                axes++;
            }
        }
        // a single axis is as many rows of one number
        int outer = Math.max(axes - 2, 0);
        int rows = axes == 0 ? 1 : sizes[outer];
        int count = axes < 2 ? 1 : sizes[outer + 1];
        Operand left = new Operand(CpuBackend.data(a), as, outer, LEFT);
        Operand right = new Operand(CpuBackend.data(b), bs, outer, RIGHT);
        float[] to = CpuBackend.data(y);
        int group = Math.max(ITEM / count, 1);
        int groups = (rows + group - 1) / group;
        boolean plain = left.plain(count) && right.plain(count);
        int fold = plain ? group : Math.max(Math.min(LINE / count, rows), 1);
        threads.run(y.shape().length() / (rows * count) * groups, (item, worker) -> {
            int image = item / groups;
            int row = item % groups * group;
            int end = Math.min(row + group, rows);
            lines(
                    f,
                    left,
                    left.start(sizes, image),
                    right,
                    right.start(sizes, image),
                    row,
                    end,
                    fold,
                    count,
                    worker,
                    to,
                    CacheLine.FIRST + image * rows * count);
        });
    }

    private void lines(
            Binary f,
            Operand left,
            int leftStart,
            Operand right,
            int rightStart,
            int row,
            int end,
            int fold,
            int count,
            int worker,
            float[] y,
            int yStart) {
        boolean leftPlain = left.plain(count);
        boolean rightPlain = right.plain(count);
        float[] a = leftPlain ? left.data() : scratch.floats(worker, left.slot(), fold * count);
        float[] b = rightPlain ? right.data() : scratch.floats(worker, right.slot(), fold * count);
        if (left.repeats()) {
            left.spread(leftStart, fold, count, a);
        }
        if (right.repeats()) {
            right.spread(rightStart, fold, count, b);
        }
        for (int r = row; r < end; r += fold) {
            int rows = Math.min(fold, end - r);
            if (!leftPlain && !left.repeats()) {
                left.spread(leftStart + r, rows, count, a);
            }
            if (!rightPlain && !right.repeats()) {
                right.spread(rightStart + r, rows, count, b);
            }
            loops.binary(
                    f,
                    a,
                    leftPlain ? leftStart + r * count : 0,
                    b,
                    rightPlain ? rightStart + r * count : 0,
                    y,
                    yStart + r * count,
                    rows * count);
        }
    }
}
