package scgrad.experiments.data;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** Closes a stream that brought nothing for a while, so that its reader gets an error instead of waiting for ever. */
final class StallGuard implements AutoCloseable {
    private final Thread watch;
    private volatile long received;

    StallGuard(InputStream stream, Duration patience) {
        this.watch = Thread.ofPlatform().daemon().name("scgrad-stall-guard").start(() -> watch(stream, patience));
    }

    /** Says how much has come so far. */
    void received(long bytes) {
        received = bytes;
    }

    private void watch(InputStream stream, Duration patience) {
        try {
            long before = -1;
            while (received != before) {
                before = received;
                Thread.sleep(patience);
            }
            stream.close();
        } catch (InterruptedException ended) {
            // The transfer is over.
        } catch (IOException broken) {
            // The reader meets the same error.
        }
    }

    @Override
    public void close() {
        watch.interrupt();
    }
}
