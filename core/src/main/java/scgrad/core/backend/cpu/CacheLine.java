package scgrad.core.backend.cpu;

/**
 * Where numbers lie in cache lines: every float array of this backend, of tensors, packed kernels and working memory, holds its first number at
 * {@link #FIRST}; only short lists, such as the scales of a norm's channels, begin at 0.
 *
 * <p>A vector of 64 bytes that is stored across two lines takes an Intel core more than twice as long in the first-level cache, and longer still
 * where both lines must come from memory first. On an Emerald Rapids Winograd's transforms take half the time in working memory that is laid out
 * so, and with tensors, too, 64 to 256 channels of 8 images of 56x56 3.4 ms instead of 4.1. A Zen 5 gained little or nothing by aligned working
 * memory.
 */
final class CacheLine {
    /** Floats of a line. */
    static final int FLOATS = 16;

    /**
     * The first float of an array that a line begins with, where the JVM aligns objects to lines ({@code -XX:ObjectAlignmentInBytes=64}, as the
     * launcher does): 16 bytes of header and 12 floats.
     */
    static final int FIRST = 12;

    private CacheLine() {}
}
