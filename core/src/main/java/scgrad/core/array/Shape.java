package scgrad.core.array;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The sizes of an array's axes, row-major: the last axis is contiguous. Immutable; the empty shape is a scalar. */
public final class Shape {
    private final int[] sizes;
    private final long count;

    private Shape(int[] sizes) {
        long product = 1;
        for (int size : sizes) {
            if (size < 0) {
                throw new IllegalArgumentException("shape " + Arrays.toString(sizes) + ": a size cannot be negative");
            }
            product = Math.multiplyExact(product, (long) size);
        }
        this.sizes = sizes;
        this.count = product;
    }

    public static Shape of(int... sizes) {
        return new Shape(sizes.clone());
    }

    /** The number of axes. */
    public int rank() {
        return sizes.length;
    }

    /** The size of an axis; negative axes count from the end. */
    public int size(int axis) {
        return sizes[axis(axis)];
    }

    /** The number of elements. */
    public long count() {
        return count;
    }

    /** The number of elements where it must fit one Java array. */
    public int length() {
        if (count > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "shape " + this + " has " + count + " elements, more than one array holds");
        }
        return (int) count;
    }

    public int[] sizes() {
        return sizes.clone();
    }

    /** The axis counted from the front. */
    public int axis(int axis) {
        int index = axis < 0 ? axis + sizes.length : axis;
        if (index < 0 || index >= sizes.length) {
            throw new IllegalArgumentException("shape " + this + " has no axis " + axis);
        }
        return index;
    }

    /** The last size: the channels of an image. */
    public int channels() {
        return size(-1);
    }

    /** How many rows of {@link #channels} there are. */
    public int rows() {
        return channels() == 0 ? 0 : (int) (count / channels());
    }

    /** How far apart neighbours along each axis lie. */
    public int[] strides() {
        int[] strides = new int[sizes.length];
        int stride = 1;
        for (int axis = sizes.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= sizes[axis];
        }
        return strides;
    }

    /** The same shape with one size changed. */
    public Shape with(int axis, int size) {
        int[] changed = sizes.clone();
        changed[axis(axis)] = size;
        return new Shape(changed);
    }

    /** What two operands give together: sizes are aligned at the last axis; a size of 1 stretches. */
    public static Shape broadcast(String operation, Shape a, Shape b) {
        int rank = Math.max(a.rank(), b.rank());
        int[] sizes = new int[rank];
        for (int i = 1; i <= rank; i++) {
            int x = i <= a.rank() ? a.size(-i) : 1;
            int y = i <= b.rank() ? b.size(-i) : 1;
            if (x != y && x != 1 && y != 1) {
                throw new IllegalArgumentException(operation + ": shapes " + a + " and " + b
                        + " do not broadcast: sizes " + x + " and " + y + " at axis -" + i);
            }
            sizes[rank - i] = x == 1 ? y : x;
        }
        return new Shape(sizes);
    }

    /** Whether each axis is reduced; no axes means all. */
    public boolean[] mask(int... axes) {
        boolean[] mask = new boolean[sizes.length];
        for (int axis : axes) {
            mask[axis(axis)] = true;
        }
        if (axes.length == 0) {
            Arrays.fill(mask, true);
        }
        return mask;
    }

    /** This shape after a reduction: the masked sizes become 1, or go. */
    public Shape reduced(boolean[] mask, boolean keep) {
        int[] kept = new int[sizes.length];
        int rank = 0;
        for (int axis = 0; axis < sizes.length; axis++) {
            if (!mask[axis]) {
                kept[rank++] = sizes[axis];
            } else if (keep) {
                kept[rank++] = 1;
            }
        }
        return new Shape(Arrays.copyOf(kept, rank));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(sizes, shape.sizes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(sizes);
    }

    @Override
    public String toString() {
        return Arrays.stream(sizes).mapToObj(Integer::toString).collect(Collectors.joining(", ", "[", "]"));
    }
}
