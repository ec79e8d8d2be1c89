package scgrad.core.array;

/**
 * The memory behind one or more arrays: an opaque buffer of a backend, counted references, and one of two lifetimes. Persistent
 * storage lives until nobody refers to it; step storage also ends with its {@link StepScope}.
 */
public final class Storage {
    private final Backend backend;
    private final long length;
    private Object buffer;
    private int references = 1;
    private long version;

    Storage(Backend backend, long length, boolean persistent) {
        this.backend = backend;
        this.length = length;
        this.buffer = backend.take(length, persistent);
    }

    public Backend backend() {
        return backend;
    }

    /** The backend's own buffer; at least {@link #length} elements. */
    public Object buffer() {
        if (buffer == null) {
            throw new IllegalStateException(
                    "this array's memory was given back (its step ended, or backward no longer needed it):"
                            + " read it before, or copy it with persist()");
        }
        return buffer;
    }

    public long length() {
        return length;
    }

    /** Counts changes of the values, so that a kernel can keep what it derived from them (a packed weight). */
    public long version() {
        return version;
    }

    /** To be called by whoever changes values that others may have derived something from. */
    public void touch() {
        version++;
    }

    public boolean released() {
        return buffer == null;
    }

    boolean shared() {
        return references > 1;
    }

    void retain() {
        buffer();
        references++;
    }

    void release() {
        if (buffer != null && --references == 0) {
            free();
        }
    }

    void free() {
        if (buffer != null) {
            Object freed = buffer;
            buffer = null;
            backend.give(freed, length);
        }
    }
}
