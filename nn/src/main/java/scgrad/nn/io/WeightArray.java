package scgrad.nn.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A named array as a file holds it: row-major shape, element type, values. The values stay as the file's bytes until they are asked for, and
 * every call gives a fresh array. Immutable.
 */
public final class WeightArray {
    private final String name;
    private final int[] shape;
    private final long[] strides;
    private final int count;
    private final long offset;
    private final Storage storage;

    /** A strided view; the caller has checked that every element lies in the storage. */
    WeightArray(String name, int[] shape, long[] strides, int count, long offset, Storage storage) {
        this.name = name;
        this.shape = shape;
        this.strides = strides;
        this.count = count;
        this.offset = offset;
        this.storage = storage;
    }

    /** An F32 array with these values in row-major order. */
    public static WeightArray of(String name, int[] shape, float[] values) {
        ByteBuffer data = littleEndian(values.length, 4);
        data.asFloatBuffer().put(values);
        return ofBytes(name, shape, ElementType.F32, data.array());
    }

    /** An F64 array with these values in row-major order. */
    public static WeightArray of(String name, int[] shape, double[] values) {
        ByteBuffer data = littleEndian(values.length, 8);
        data.asDoubleBuffer().put(values);
        return ofBytes(name, shape, ElementType.F64, data.array());
    }

    /** An I64 array with these values in row-major order. */
    public static WeightArray of(String name, int[] shape, long[] values) {
        ByteBuffer data = littleEndian(values.length, 8);
        data.asLongBuffer().put(values);
        return ofBytes(name, shape, ElementType.I64, data.array());
    }

    /** An array of any type from its little-endian bytes in row-major order. */
    public static WeightArray ofBytes(String name, int[] shape, ElementType type, byte[] littleEndian) {
        long elements = elements(shape);
        if (elements < 0 || elements * type.bytes() != littleEndian.length) {
            throw new IllegalArgumentException("array " + WeightFileException.quoted(name) + ": " + littleEndian.length
                    + " bytes do not fill shape " + Arrays.toString(shape) + " of " + type);
        }
        return contiguous(name, shape.clone(), Storage.of(type, littleEndian.clone()));
    }

    /** All of a storage as one array; the caller has checked that the shape fits and gives both away. */
    static WeightArray contiguous(String name, int[] shape, Storage storage) {
        return new WeightArray(name, shape, rowMajor(shape), (int) storage.count(), 0, storage);
    }

    /** The number of elements of a shape, or -1 where it has a negative side or more elements than an array can have. */
    static long elements(int[] shape) {
        long elements = 1;
        for (int side : shape) {
            if (side < 0 || (elements *= side) > Integer.MAX_VALUE) {
                return -1;
            }
        }
        return elements;
    }

    /** The name. */
    public String name() {
        return name;
    }

    /** The sides, slowest first; empty for a scalar. */
    public int[] shape() {
        return shape.clone();
    }

    /** The type in the file. */
    public ElementType type() {
        return storage.type();
    }

    /** The number of elements. */
    public int count() {
        return count;
    }

    /** The same values under another name. */
    public WeightArray renamed(String newName) {
        return new WeightArray(newName, shape, strides, count, offset, storage);
    }

    /** The values in row-major order: exact for every type but I64 beyond 2^53, which rounds (see {@link #longs}). */
    public double[] doubles() {
        ByteBuffer data = rowMajorBytes();
        ElementType type = type();
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = type.doubleAt(data, i);
        }
        return values;
    }

    /** The values in row-major order as float32: exact for F32, F16, BF16 and small integers, rounded otherwise. */
    public float[] floats() {
        ByteBuffer data = rowMajorBytes();
        ElementType type = type();
        float[] values = new float[count];
        if (type == ElementType.F32) {
            data.asFloatBuffer().get(values);
            return values;
        }
        for (int i = 0; i < count; i++) {
            values[i] = type.isFloating() ? (float) type.doubleAt(data, i) : type.longAt(data, i);
        }
        return values;
    }

    /** The values of an integer array in row-major order, exact. */
    public long[] longs() {
        ElementType type = type();
        if (type.isFloating()) {
            throw new IllegalStateException(
                    "array " + WeightFileException.quoted(name) + " holds " + type + ", not integers");
        }
        ByteBuffer data = rowMajorBytes();
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
            values[i] = type.longAt(data, i);
        }
        return values;
    }

    /** The elements in row-major order as little-endian bytes: the file's own, read-only, or a copy where they are not in that order. */
    public ByteBuffer rowMajorBytes() {
        if (count == 0) {
            return littleEndian(0, 1);
        }
        if (Arrays.equals(strides, rowMajor(shape))) {
            return storage.from(offset, count);
        }
        int size = type().bytes();
        ByteBuffer scattered = storage.from(0, (int) storage.count());
        ByteBuffer packed = littleEndian(count, size);
        int[] index = new int[shape.length];
        long element = offset;
        for (int i = 0; i < count; i++) {
            int from = (int) element * size;
            switch (size) {
                case 1 -> packed.put(i, scattered.get(from));
                case 2 -> packed.putShort(i * 2, scattered.getShort(from));
                case 4 -> packed.putInt(i * 4, scattered.getInt(from));
                default -> packed.putLong(i * 8, scattered.getLong(from));
            }
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                element += strides[axis];
                if (++index[axis] < shape[axis]) {
                    break;
                }
                element -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }
        return packed;
    }

    /** Name, type and shape, for messages. */
    @Override
    public String toString() {
        return name + " " + type() + " " + Arrays.toString(shape);
    }

    private static long[] rowMajor(int[] shape) {
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= shape[axis];
        }
        return strides;
    }

    private static ByteBuffer littleEndian(int elements, int size) {
        return ByteBuffer.allocate(Math.multiplyExact(elements, size)).order(ByteOrder.LITTLE_ENDIAN);
    }
}
