package scgrad.experiments.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import scgrad.core.array.Backend;
import scgrad.core.array.MemoryUse;
import scgrad.nn.train.Trainer;

/** Where a training's memory went: by kind on the backend, in the JVM, in the process; and what one step allocates on the Java heap. */
final class MemoryReport implements Trainer.Listener {
    /** Steps until all shapes were seen and the JVM has compiled what allocates. */
    private static final int WARM_STEPS = 10;

    private static final int MOST_STEPS = 10_000;

    private final com.sun.management.ThreadMXBean threads =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final long[] allocated = new long[MOST_STEPS];
    private int steps;
    private int seen;
    private long last;

    /** Counts from one step's end to the next's within an epoch, in all threads: the step, its batch and whoever watches. */
    @Override
    public void onStep(Trainer.Step step) {
        long now = threads.getTotalThreadAllocatedBytes();
        seen++;
        if (step.batch() > 1 && seen > WARM_STEPS && steps < MOST_STEPS) {
            allocated[steps++] = now - last;
        }
        last = threads.getTotalThreadAllocatedBytes();
    }

    /** The median, which a checkpoint now and then does not change; -1 where there were too few steps. */
    long bytesPerStep() {
        if (steps == 0) {
            return -1;
        }
        long[] sorted = Arrays.copyOf(allocated, steps);
        Arrays.sort(sorted);
        return sorted[steps / 2];
    }

    String table(Backend backend) {
        StringBuilder text = new StringBuilder(String.format("%-36s %10s %10s%n", "memory, MB", "peak", "at the end"));
        for (MemoryUse use : backend.memoryByKind()) {
            row(text, use.kind(), use.peak(), use.bytes());
        }
        row(text, "Java heap", heapPeak(), Runtime.getRuntime().totalMemory());
        long process = status("VmHWM:");
        if (process > 0) {
            row(text, "process", process, status("VmRSS:"));
        }
        if (steps > 0) {
            text.append(String.format(
                    Locale.ROOT,
                    "a step allocates %,d bytes on the Java heap (median of %,d steps after the first %d)%n",
                    bytesPerStep(),
                    steps,
                    WARM_STEPS));
        }
        return text.toString();
    }

    private static void row(StringBuilder text, String kind, long peak, long bytes) {
        text.append(String.format(Locale.ROOT, "%-36s %10.1f %10.1f%n", kind, peak * 1e-6, bytes * 1e-6));
    }

    /** The sum of the spaces' peaks, which may be of different moments. */
    private static long heapPeak() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getPeakUsage)
                .mapToLong(usage -> usage.getUsed())
                .sum();
    }

    /** A line of Linux's account of this process, in bytes, or 0 elsewhere. */
    private static long status(String key) {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith(key))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException elsewhere) {
            return 0;
        }
    }
}
