package scgrad.core.backend.opencl;

/** A stretch of the device's heap, in floats: what an array's storage holds. */
final class Block {
    private final int offset;
    private final int length;

    Block(int offset, int length) {
        this.offset = offset;
        this.length = length;
    }

    int offset() {
        return offset;
    }

    int length() {
        return length;
    }
}
