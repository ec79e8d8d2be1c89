package scgrad.nn.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The little-endian bytes behind one or more arrays. PyTorch's legacy format names a storage first and gives its bytes later. */
final class Storage {
    private final ElementType type;
    private final long count;
    private final Storage base;
    private final long baseOffset;
    private ByteBuffer data;

    private Storage(ElementType type, long count, Storage base, long baseOffset) {
        this.type = type;
        this.count = count;
        this.base = base;
        this.baseOffset = baseOffset;
    }

    /** A storage whose bytes come later. */
    static Storage declared(ElementType type, long count) {
        return new Storage(type, count, null, 0);
    }

    static Storage of(ElementType type, byte[] bytes) {
        Storage storage = declared(type, bytes.length / type.bytes());
        storage.fill(bytes);
        return storage;
    }

    /** A window on this storage; the caller has checked that it lies inside. */
    Storage part(long offset, long elements) {
        return new Storage(type, elements, this, offset);
    }

    void fill(byte[] bytes) {
        data = ByteBuffer.wrap(bytes).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    ElementType type() {
        return type;
    }

    long count() {
        return count;
    }

    /** The bytes from an element on; an array is at most 2 GiB, so that an int reaches every one. */
    ByteBuffer from(long element, int elements) {
        if (base != null) {
            return base.from(baseOffset + element, elements);
        }
        int size = type.bytes();
        return data.slice((int) (element * size), elements * size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
