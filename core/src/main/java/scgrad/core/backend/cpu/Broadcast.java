package scgrad.core.backend.cpu;

import java.util.Arrays;
import scgrad.core.array.Binary;
import scgrad.core.array.Index;
import scgrad.core.array.NDArray;

/**
 * Functions of two numbers with broadcasting. Neighbouring axes along which neither operand starts or stops being stretched are merged;
 * then the last axis is one of three plain loops, and the axes before it only compute addresses.
 */
final class Broadcast {
    private static final int CHUNK = 16 * 1024;

    private Broadcast() {}

    static void run(Threads threads, Binary f, NDArray a, NDArray b, NDArray y) {
        int rank = y.shape().rank();
        int[] sizes = new int[rank + 1];
        int[] as = new int[rank + 1];
        int[] bs = new int[rank + 1];
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
        if (axes == 0) {
            sizes[axes++] = 1;
        }
        int last = axes - 1;
        int count = sizes[last];
        int aStep = as[last];
        int bStep = bs[last];
        float[] left = CpuBackend.data(a);
        float[] right = CpuBackend.data(b);
        float[] to = CpuBackend.data(y);
        if (last == 0) {
            threads.run((count + CHUNK - 1) / CHUNK, (item, worker) -> {
                int from = item * CHUNK;
                line(f, left, from * aStep, aStep, right, from * bStep, bStep, to, from, Math.min(CHUNK, count - from));
            });
            return;
        }
        int[] inner = Arrays.copyOfRange(sizes, 1, last);
        int[] innerA = Arrays.copyOfRange(as, 1, last);
        int[] innerB = Arrays.copyOfRange(bs, 1, last);
        int outerLength = y.shape().length() / sizes[0];
        threads.run(sizes[0], (item, worker) -> {
            int[] next = {item * outerLength};
            Index.walk(inner, item * as[0], innerA, item * bs[0], innerB, (i, j) -> {
                line(f, left, i, aStep, right, j, bStep, to, next[0], count);
                next[0] += count;
            });
        });
    }

    /** Steps are 0 or 1. */
    private static void line(
            Binary f,
            float[] a,
            int aFrom,
            int aStep,
            float[] b,
            int bFrom,
            int bStep,
            float[] y,
            int yFrom,
            int count) {
        if (aStep == 1 && bStep == 1) {
            both(f, a, aFrom, b, bFrom, y, yFrom, count);
        } else if (aStep == 1) {
            right(f, a, aFrom, b[bFrom], y, yFrom, count);
        } else {
            for (int i = 0; i < count; i++) {
                y[yFrom + i] = value(f, a[aFrom], b[bFrom + i * bStep]);
            }
        }
    }

    private static float value(Binary f, float a, float b) {
        return switch (f) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / b;
            case EQUAL -> a == b ? 1 : 0;
        };
    }

    // one loop per function, so that C2 vectorises each

    private static void both(Binary f, float[] a, int aFrom, float[] b, int bFrom, float[] y, int yFrom, int count) {
        switch (f) {
            case ADD -> {
                for (int i = 0; i < count; i++) {
                    y[yFrom + i] = a[aFrom + i] + b[bFrom + i];
                }
            }
            case SUBTRACT -> {
                for (int i = 0; i < count; i++) {
                    y[yFrom + i] = a[aFrom + i] - b[bFrom + i];
                }
            }
            case MULTIPLY -> {
                for (int i = 0; i < count; i++) {
                    y[yFrom + i] = a[aFrom + i] * b[bFrom + i];
                }
            }
            default -> {
                for (int i = 0; i < count; i++) {
                    y[yFrom + i] = value(f, a[aFrom + i], b[bFrom + i]);
                }
            }
        }
    }

    private static void right(Binary f, float[] a, int aFrom, float b, float[] y, int yFrom, int count) {
        switch (f) {
            case ADD -> {
                for (int i = 0; i < count; i++) {
                    y[yFrom + i] = a[aFrom + i] + b;
                }
            }
            case MULTIPLY -> {
                for (int i = 0; i < count; i++) {
                    y[yFrom + i] = a[aFrom + i] * b;
                }
            }
            default -> {
                for (int i = 0; i < count; i++) {
                    y[yFrom + i] = value(f, a[aFrom + i], b);
                }
            }
        }
    }
}
