package scgrad.experiments.cli;

import java.io.PrintWriter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Says what is going on where a piece of work, seconds at most on most days, takes longer. */
final class Patience {
    static final String COMPILING =
            "still opening the device: a driver that sees the kernels for the first time compiles"
                    + " them, which may take half a minute";

    private static final long SECONDS = 4;

    private Patience() {}

    /** Does the work, on the thread that asks, and says the line meanwhile if it takes longer than a few seconds. */
    static <T> T with(String line, PrintWriter err, Supplier<T> work) {
        CompletableFuture<Void> saying = CompletableFuture.runAsync(
                () -> {
                    err.println(line + " ...");
                    err.flush();
                },
                CompletableFuture.delayedExecutor(SECONDS, TimeUnit.SECONDS));
        try {
            return work.get();
        } finally {
            saying.cancel(false);
        }
    }
}
