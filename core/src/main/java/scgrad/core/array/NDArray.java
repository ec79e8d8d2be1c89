package scgrad.core.array;

/**
 * A shape and a buffer on a backend: numbers without a graph. Always contiguous and row-major. Every NDArray holds one reference to
 * its storage; {@link #share} and {@link #reshape} make another handle of the same numbers.
 */
public final class NDArray {
    private final Shape shape;
    private final Storage storage;

    private NDArray(Shape shape, Storage storage) {
        this.shape = shape;
        this.storage = storage;
    }

    /** Step memory, values undefined. */
    public static NDArray allocate(Backend backend, Shape shape) {
        NDArray array = new NDArray(shape, new Storage(backend, shape.count(), false));
        StepScope.register(array.storage);
        return array;
    }

    /** Memory that outlives steps, values zero. */
    public static NDArray persistent(Backend backend, Shape shape) {
        NDArray array = new NDArray(shape, new Storage(backend, shape.count(), true));
        backend.fill(array, 0);
        return array;
    }

    /** Step memory filled with one value. */
    public static NDArray full(Backend backend, Shape shape, double value) {
        NDArray array = allocate(backend, shape);
        backend.fill(array, value);
        return array;
    }

    /** Step memory with values from the host. */
    public static NDArray of(Backend backend, Shape shape, float... values) {
        checkLength(shape, values.length);
        NDArray array = allocate(backend, shape);
        backend.upload(values, array);
        return array;
    }

    /** Step memory with values from the host. */
    public static NDArray of(Backend backend, Shape shape, double... values) {
        checkLength(shape, values.length);
        NDArray array = allocate(backend, shape);
        backend.upload(values, array);
        return array;
    }

    private static void checkLength(Shape shape, int length) {
        if (shape.count() != length) {
            throw new IllegalArgumentException("shape " + shape + " takes " + shape.count() + " values, got " + length);
        }
    }

    public Shape shape() {
        return shape;
    }

    public Backend backend() {
        return storage.backend();
    }

    /** The backend's buffer behind this array; for kernels. */
    public Object buffer() {
        return storage.buffer();
    }

    public Storage storage() {
        return storage;
    }

    /** Another handle of the same numbers. */
    public NDArray share() {
        storage.retain();
        return new NDArray(shape, storage);
    }

    /** Another handle of the same numbers under another shape. */
    public NDArray reshape(Shape other) {
        if (other.count() != shape.count()) {
            throw new IllegalArgumentException(
                    "reshape: " + shape + " has " + shape.count() + " elements, " + other + " has " + other.count());
        }
        storage.retain();
        return new NDArray(other, storage);
    }

    /** A copy that outlives the step. */
    public NDArray persist() {
        NDArray copy = persistent(backend(), shape);
        backend().copy(this, copy);
        return copy;
    }

    /** Gives this handle's reference back; the memory is reused once nobody refers to it. */
    public void release() {
        storage.release();
    }

    /** Whether another handle sees the same memory. */
    public boolean shared() {
        return storage.shared();
    }

    public double[] toDoubles() {
        double[] values = new double[shape.length()];
        backend().download(this, values);
        return values;
    }

    public float[] toFloats() {
        float[] values = new float[shape.length()];
        backend().download(this, values);
        return values;
    }

    @Override
    public String toString() {
        return "NDArray" + shape + " on " + backend().name();
    }
}
