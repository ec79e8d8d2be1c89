package scgrad.core.backend.cpu;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;
import scgrad.core.array.MemoryUse;

/**
 * Float arrays that are used again: page faults and zeroing, not arithmetic, dominate a framework that allocates afresh. Lengths are
 * rounded up to one of eight sizes per power of two, so that near sizes share.
 *
 * <p>Counts by kind: what arrays of a step hold, what outlives steps, and what kernels take for the time of a call.
 */
final class BufferPool {
    private static final int STEP = 0;
    private static final int PERSISTENT = 1;
    private static final int WORKING = 2;
    private static final int KINDS = 3;
    /** Floats of the smallest arrays. */
    private static final int LEAST = 64;

    private final IntSupplier worker;
    /** Of each worker, by length: what one has written lies in its cache. */
    private final List<Map<Integer, ArrayDeque<float[]>>> free = new ArrayList<>();
    /** Persistent buffers, which are few: who gives one back does not say what it was. */
    private final Set<float[]> persistent = Collections.newSetFromMap(new IdentityHashMap<>());

    private final long[] use = new long[KINDS];
    private final long[] peaks = new long[KINDS];
    private long held;
    private long heldPeak;
    private long peak;
    private long made;

    /** @param worker which of so many the current thread is */
    BufferPool(int workers, IntSupplier worker) {
        this.worker = worker;
        for (int i = 0; i < workers; i++) {
            free.add(new HashMap<>());
        }
    }

    /** Working memory of a kernel, at least {@code length} floats from {@link CacheLine#FIRST} on, until {@link #give}. */
    float[] take(long length) {
        return take(length, WORKING);
    }

    /** The same for an array, until {@link #giveArray}. */
    synchronized float[] takeArray(long length, boolean outlivesSteps) {
        float[] buffer = take(length, outlivesSteps ? PERSISTENT : STEP);
        if (outlivesSteps) {
            persistent.add(buffer);
        }
        return buffer;
    }

    void give(float[] buffer) {
        give(buffer, WORKING);
    }

    /** Working memory that stays with whoever took it, as long as he likes. */
    synchronized void forget(float[] buffer) {
        use[WORKING] -= buffer.length;
    }

    synchronized void giveArray(float[] buffer) {
        give(buffer, persistent.remove(buffer) ? PERSISTENT : STEP);
    }

    private synchronized float[] take(long length, int kind) {
        int size = size(length);
        float[] buffer = used(size);
        if (buffer == null) {
            buffer = make(size);
        } else {
            held -= size;
        }
        use[kind] += size;
        peaks[kind] = Math.max(peaks[kind], use[kind]);
        peak = Math.max(peak, inUse());
        return buffer;
    }

    /** An array that the current worker has given back, or else another; null where there is none. */
    private float[] used(int size) {
        int own = worker.getAsInt();
        for (int i = 0; i < free.size(); i++) {
            ArrayDeque<float[]> same = free.get((own + i) % free.size()).get(size);
            if (same != null && !same.isEmpty()) {
                return same.pop();
            }
        }
        return null;
    }

    private float[] make(int size) {
        try {
            float[] buffer = new float[size];
            made++;
            return buffer;
        } catch (OutOfMemoryError full) {
            // what is held in other sizes may be what is missing
            free.forEach(Map::clear);
            held = 0;
            throw new IllegalStateException(
                    "out of memory: asked for " + 4L * size + " bytes with " + memory()
                            + "; use a smaller batch, or give the JVM more with SCGRAD_JAVA_OPTS=-Xmx...",
                    full);
        }
    }

    private synchronized void give(float[] buffer, int kind) {
        use[kind] -= buffer.length;
        held += buffer.length;
        heldPeak = Math.max(heldPeak, held);
        free.get(worker.getAsInt())
                .computeIfAbsent(buffer.length, size -> new ArrayDeque<>())
                .push(buffer);
    }

    private long inUse() {
        long sum = 0;
        for (long floats : use) {
            sum += floats;
        }
        return sum;
    }

    /** How many arrays were taken from the JVM so far: it stands still once a training has seen all its shapes. */
    synchronized long made() {
        return made;
    }

    synchronized String memory() {
        return String.format(
                "%.1f MB in use, %.1f MB held ready, peak %.1f MB", inUse() * 4e-6, held * 4e-6, peak * 4e-6);
    }

    synchronized List<MemoryUse> kinds() {
        return List.of(
                new MemoryUse("activations and gradients", 4 * use[STEP], 4 * peaks[STEP]),
                new MemoryUse("parameters, statistics, optimizer", 4 * use[PERSISTENT], 4 * peaks[PERSISTENT]),
                new MemoryUse("packed and partial results", 4 * use[WORKING], 4 * peaks[WORKING]),
                new MemoryUse("all of these at once", 4 * inUse(), 4 * peak),
                new MemoryUse("held ready for use", 4 * held, 4 * heldPeak));
    }

    /** Eight sizes per power of two, behind the {@link CacheLine#FIRST} floats that fill a line with an array's header; {@link #LEAST} at least. */
    private static int size(long length) {
        if (length > Integer.MAX_VALUE - 64) {
            throw new IllegalArgumentException("an array of " + length + " floats is more than one Java array holds");
        }
        if (length <= LEAST - CacheLine.FIRST) {
            return LEAST;
        }
        int wanted = (int) length;
        int step = Math.max(Integer.highestOneBit(wanted) >> 3, 8);
        return (int) Math.min(CacheLine.FIRST + ((long) wanted + step - 1) / step * step, Integer.MAX_VALUE - 8);
    }
}
