package scgrad.core.array;

/** Walks an array of one shape in the layout of another: the common part of broadcasting, reductions, permutations and boxes. */
public final class Index {
    /** Called for each element with its position in both layouts. */
    public interface Body {
        void at(int first, int second);
    }

    private Index() {}

    /** Strides of {@code shape} seen from {@code onto}: aligned at the last axis, 0 where the axis is missing or stretched. */
    public static int[] broadcastStrides(Shape shape, Shape onto) {
        int[] own = shape.strides();
        int[] strides = new int[onto.rank()];
        for (int i = 1; i <= shape.rank(); i++) {
            strides[onto.rank() - i] = shape.size(-i) == 1 ? 0 : own[shape.rank() - i];
        }
        return strides;
    }

    /** Strides of the result of a reduction seen from its input: 0 along reduced axes. */
    public static int[] reducedStrides(Shape x, boolean[] mask) {
        int[] strides = x.reduced(mask, true).strides();
        for (int axis = 0; axis < strides.length; axis++) {
            if (mask[axis]) {
                strides[axis] = 0;
            }
        }
        return strides;
    }

    /** Visits sizes in row-major order, with positions {@code first + sum(i * firstStrides)} and the like for the second. */
    public static void walk(int[] sizes, int first, int[] firstStrides, int second, int[] secondStrides, Body body) {
        walk(0, sizes, first, firstStrides, second, secondStrides, body);
    }

    private static void walk(
            int axis, int[] sizes, int first, int[] firstStrides, int second, int[] secondStrides, Body body) {
        if (axis == sizes.length) {
            body.at(first, second);
            return;
        }
        for (int i = 0; i < sizes[axis]; i++) {
            walk(
                    axis + 1,
                    sizes,
                    first + i * firstStrides[axis],
                    firstStrides,
                    second + i * secondStrides[axis],
                    secondStrides,
                    body);
        }
    }

    /** The position of a multi-index. */
    public static int offset(int[] index, int[] strides) {
        int offset = 0;
        for (int i = 0; i < index.length; i++) {
            offset += index[i] * strides[i];
        }
        return offset;
    }
}
