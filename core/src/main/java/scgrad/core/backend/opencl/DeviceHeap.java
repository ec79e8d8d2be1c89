package scgrad.core.backend.opencl;

import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import scgrad.core.array.MemoryUse;

/**
 * Gives out the device's memory. Persistent blocks come from the bottom, step blocks from the top, the first that fits, so that what stays does
 * not cut the room for what goes; a block that comes back joins its free neighbours. Blocks that nobody holds any more, as of a model that was
 * dropped, are found through the collector.
 */
final class DeviceHeap {
    /** Floats: 256 bytes, a memory transaction of every device. */
    private static final int ALIGNMENT = 64;

    private static final int LARGEST_TOLD = 5;
    private static final long COLLECTOR_MILLISECONDS = 200;

    private final int capacity;
    /** Free stretches, offset to length. */
    private final TreeMap<Integer, Integer> free = new TreeMap<>();

    private final Map<Integer, Lease> leases = new TreeMap<>();
    private final ReferenceQueue<Block> dropped = new ReferenceQueue<>();
    private final long[] used = new long[2];
    private final long[] peak = new long[2];

    /** A block that somebody holds. */
    private static final class Lease extends PhantomReference<Block> {
        final int offset;
        final int length;
        final boolean persistent;

        Lease(Block block, int length, boolean persistent, ReferenceQueue<Block> queue) {
            super(block, queue);
            this.offset = block.offset();
            this.length = length;
            this.persistent = persistent;
        }
    }

    /**
     * @param capacity floats in all
     * @param reserved floats at the bottom that are not given out
     */
    DeviceHeap(int capacity, int reserved) {
        this.capacity = capacity;
        int start = aligned(reserved);
        free.put(start, (capacity - start) / ALIGNMENT * ALIGNMENT);
    }

    private static int aligned(long length) {
        return (int) (Math.max(length + ALIGNMENT - 1, ALIGNMENT) / ALIGNMENT * ALIGNMENT);
    }

    /** @throws IllegalStateException where no free stretch is long enough, with what is in use and what to do */
    Block take(long length, boolean persistent) {
        collect();
        if (length > capacity) {
            throw full(length);
        }
        int wanted = aligned(length);
        Map.Entry<Integer, Integer> place = find(wanted, persistent);
        if (place == null) {
            collectDropped();
            place = find(wanted, persistent);
        }
        if (place == null) {
            throw full(length);
        }
        int start = place.getKey();
        int left = place.getValue() - wanted;
        int offset = persistent ? start : start + left;
        free.remove(start);
        if (left > 0) {
            free.put(persistent ? start + wanted : start, left);
        }
        Block block = new Block(offset, (int) length);
        leases.put(offset, new Lease(block, wanted, persistent, dropped));
        int kind = persistent ? 0 : 1;
        used[kind] += wanted;
        peak[kind] = Math.max(peak[kind], used[kind]);
        return block;
    }

    private Map.Entry<Integer, Integer> find(int wanted, boolean persistent) {
        for (Map.Entry<Integer, Integer> stretch : (persistent ? free : free.descendingMap()).entrySet()) {
            if (stretch.getValue() >= wanted) {
                return Map.entry(stretch.getKey(), stretch.getValue());
            }
        }
        return null;
    }

    void give(Block block) {
        Lease lease = leases.get(block.offset());
        lease.clear();
        giveBack(lease);
    }

    private void giveBack(Lease lease) {
        leases.remove(lease.offset);
        used[lease.persistent ? 0 : 1] -= lease.length;
        int offset = lease.offset;
        int length = lease.length;
        Integer behind = free.remove(offset + length);
        if (behind != null) {
            length += behind;
        }
        Map.Entry<Integer, Integer> before = free.lowerEntry(offset);
        if (before != null && before.getKey() + before.getValue() == offset) {
            offset = before.getKey();
            length += before.getValue();
        }
        free.put(offset, length);
    }

    private void collect() {
        for (Object lease = dropped.poll(); lease != null; lease = dropped.poll()) {
            giveBack((Lease) lease);
        }
    }

    /** The last resort before an error: asks the collector what was dropped. */
    private void collectDropped() {
        System.gc();
        try {
            Object lease = dropped.remove(COLLECTOR_MILLISECONDS);
            if (lease != null) {
                giveBack((Lease) lease);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        collect();
    }

    private IllegalStateException full(long length) {
        Map<Integer, Long> sizes =
                leases.values().stream().collect(Collectors.groupingBy(lease -> lease.length, Collectors.counting()));
        String largest = sizes.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(Comparator.reverseOrder()))
                .limit(LARGEST_TOLD)
                .map(size -> (size.getValue() > 1 ? size.getValue() + " x " : "") + megabytes(size.getKey()))
                .collect(Collectors.joining(", "));
        return new IllegalStateException("the OpenCL heap is full: " + 4 * length + " bytes asked for, "
                + 4 * (used[0] + used[1]) + " of " + 4L * capacity + " in use (largest tensors: "
                + (largest.isEmpty() ? "none" : largest)
                + "); use a smaller batch or image, or a larger heap with SCGRAD_OPENCL_HEAP=MiB, 2047 at most");
    }

    private static String megabytes(long floats) {
        return String.format(java.util.Locale.ROOT, "%.1f MB", floats * 4e-6);
    }

    /** Floats in all. */
    int capacity() {
        return capacity;
    }

    /** Bytes in use. */
    long used() {
        collect();
        return 4 * (used[0] + used[1]);
    }

    String report() {
        collect();
        return "opencl: " + megabytes(used[0]) + " persistent and " + megabytes(used[1]) + " of the step in use, of "
                + megabytes(capacity) + "; " + free.size() + " free stretches, the longest "
                + megabytes(
                        free.values().stream().mapToInt(Integer::intValue).max().orElse(0));
    }

    List<MemoryUse> kinds() {
        return List.of(
                new MemoryUse("on the device: what stays", 4 * used[0], 4 * peak[0]),
                new MemoryUse("on the device: the step's", 4 * used[1], 4 * peak[1]),
                new MemoryUse("on the device: the heap", 4L * capacity, 4L * capacity));
    }
}
