package scgrad.core;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import scgrad.core.array.Backend;
import scgrad.core.array.Branch;
import scgrad.core.array.BranchGradient;
import scgrad.core.array.ConvGeometry;
import scgrad.core.array.NDArray;

/**
 * Times every kernel call of a backend: {@code Backend timed = profile.watch(backend)} behaves as the backend itself. Kernels are told apart by
 * name and size; the table shows calls, time, GFLOP/s of products and GB/s of the arrays that go in and out. Of kernels that each thread runs alone, in
 * pieces of work that are {@link Backend#apart}, that is the time of all threads, and the speed of one.
 *
 * <p>The interface has thirty kernels and is watched through a dynamic proxy, the one place where reflection says it in fewer lines.
 */
public final class Profile {
    /** Runs kernels, which are counted themselves. */
    private static final String APART = "apart";

    private static final int MOST_ROWS = 40;

    private final Map<String, Row> rows = new LinkedHashMap<>();

    private static final class Row {
        long calls;
        long nanoseconds;
        double flops;
        double bytes;
    }

    /** A backend that counts in this profile. */
    public Backend watch(Backend backend) {
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    long start = System.nanoTime();
                    try {
                        Object result = method.invoke(backend, arguments);
                        // a kernel that waits for its turn has no time of its own
                        backend.finish();
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    } finally {
                        if (arguments != null
                                && method.getReturnType() == void.class
                                && !method.getName().equals(APART)) {
                            count(method.getName(), arguments, System.nanoTime() - start);
                        }
                    }
                });
    }

    /** Forgets what was counted, for example the warm-up. */
    public synchronized void clear() {
        rows.clear();
    }

    private synchronized void count(String kernel, Object[] arguments, long nanoseconds) {
        StringBuilder name = new StringBuilder(kernel);
        double flops = 0;
        double bytes = 0;
        for (Object argument : parts(arguments)) {
            if (argument instanceof ConvGeometry g) {
                name.append(flops > 0 ? " +" + g.filters() : described(g));
                flops += 2.0 * g.multiplyAccumulates();
            } else if (argument instanceof Enum<?> value) {
                name.append(' ').append(value.name().toLowerCase(Locale.ROOT));
            } else if (argument instanceof NDArray array) {
                bytes += 4.0 * array.shape().count();
            }
        }
        if (kernel.equals("conv2dBatchNormGradient") || kernel.equals("pointwiseBatchNormGradient")) {
            // of the input and of the kernel
            flops *= 2;
        }
        if (kernel.equals("matmul")) {
            NDArray a = (NDArray) arguments[0];
            NDArray y = (NDArray) arguments[4];
            flops = 2.0
                    * y.shape().count()
                    * a.shape().count()
                    / Math.max(y.shape().size(0), 1);
        }
        Row row = rows.computeIfAbsent(name.toString(), key -> new Row());
        row.calls++;
        row.nanoseconds += nanoseconds;
        row.flops += flops;
        row.bytes += bytes;
    }

    private static String described(ConvGeometry g) {
        return String.format(
                " %dx%dx%d>%d k%d s%d%s",
                g.height(),
                g.width(),
                g.channels(),
                g.filters(),
                g.kernelHeight(),
                g.stride(),
                g.groups() > 1 ? " g" + g.groups() : "");
    }

    /** The arguments of a kernel, those of each branch one by one. */
    private static List<Object> parts(Object[] arguments) {
        List<Object> parts = new ArrayList<>();
        for (Object argument : arguments) {
            if (argument instanceof List<?> branches) {
                for (Object branch : branches) {
                    switch (branch) {
                        case Branch b -> Collections.addAll(parts, b.geometry(), b.w(), b.y());
                        case BranchGradient b ->
                            Collections.addAll(
                                    parts, b.geometry(), b.w(), b.z(), b.y(), b.dy(), b.dz(), b.dw(), b.dresidual());
                        default -> throw new IllegalArgumentException("a kernel takes a list of " + branch);
                    }
                }
            } else {
                parts.add(argument);
            }
        }
        return parts;
    }

    /** The kernels by time, largest first. */
    public synchronized String table() {
        long total = rows.values().stream().mapToLong(row -> row.nanoseconds).sum();
        StringBuilder text = new StringBuilder(
                String.format("%-46s %8s %10s %6s %9s %7s%n", "kernel", "calls", "ms", "%", "GFLOP/s", "GB/s"));
        List<Map.Entry<String, Row>> sorted = rows.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<String, Row> entry) -> -entry.getValue().nanoseconds))
                .limit(MOST_ROWS)
                .toList();
        for (Map.Entry<String, Row> entry : sorted) {
            Row row = entry.getValue();
            text.append(String.format(
                    Locale.ROOT,
                    "%-46s %8d %10.1f %6.1f %9s %7.1f%n",
                    entry.getKey(),
                    row.calls,
                    row.nanoseconds * 1e-6,
                    100.0 * row.nanoseconds / total,
                    row.flops > 0 ? String.format(Locale.ROOT, "%.1f", row.flops / row.nanoseconds) : "",
                    row.bytes / row.nanoseconds));
        }
        return text + String.format(Locale.ROOT, "%-46s %8s %10.1f%n", "all kernels", "", total * 1e-6);
    }
}
