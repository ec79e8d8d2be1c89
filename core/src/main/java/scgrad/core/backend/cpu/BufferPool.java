package scgrad.core.backend.cpu;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * Float arrays that are used again: page faults and zeroing, not arithmetic, dominate a framework that allocates afresh. Lengths are
 * rounded up to one of eight sizes per power of two, so that near sizes share.
 */
final class BufferPool {
    private final Map<Integer, ArrayDeque<float[]>> free = new HashMap<>();
    private long inUse;
    private long held;
    private long peak;

    synchronized float[] take(long length) {
        int size = size(length);
        ArrayDeque<float[]> same = free.get(size);
        inUse += size;
        peak = Math.max(peak, inUse);
        if (same != null && !same.isEmpty()) {
            held -= size;
            return same.pop();
        }
        try {
            return new float[size];
        } catch (OutOfMemoryError full) {
            inUse -= size;
            // what is held in other sizes may be what is missing
            free.clear();
            held = 0;
            throw new IllegalStateException(
                    "out of memory: asked for " + 4L * size + " bytes with " + memory()
                            + "; use a smaller batch, or give the JVM more with SCGRAD_JAVA_OPTS=-Xmx...",
                    full);
        }
    }

    synchronized void give(float[] buffer) {
        inUse -= buffer.length;
        held += buffer.length;
        free.computeIfAbsent(buffer.length, size -> new ArrayDeque<>()).push(buffer);
    }

    synchronized String memory() {
        return String.format(
                "%.1f MB in use, %.1f MB held ready, peak %.1f MB", inUse * 4e-6, held * 4e-6, peak * 4e-6);
    }

    /** Eight sizes per power of two, at least 64. */
    private static int size(long length) {
        if (length > Integer.MAX_VALUE - 64) {
            throw new IllegalArgumentException("an array of " + length + " floats is more than one Java array holds");
        }
        int wanted = Math.max((int) length, 64);
        int step = Math.max(Integer.highestOneBit(wanted) >> 3, 8);
        return (int) Math.min(((long) wanted + step - 1) / step * step, Integer.MAX_VALUE - 8);
    }
}
