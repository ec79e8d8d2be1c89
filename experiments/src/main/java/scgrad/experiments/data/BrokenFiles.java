package scgrad.experiments.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Finds the files of a folder of images that cannot be read, before a training is in the middle of them. */
public final class BrokenFiles {
    /** Files that a thread reads at a time. */
    private static final int PART = 32;

    /** One that cannot be read, and why. */
    public record Broken(Path file, String reason) {
        @Override
        public String toString() {
            return file + ": " + reason;
        }
    }

    /** Watches the check. Called by the thread that asked for it, files in their order. */
    public interface Listener {
        /** For whoever does not care. */
        Listener NONE = new Listener() {};

        /** So many of a data set's files were read. */
        default void onChecked(String dataset, int done, int total) {}

        default void onBroken(Broken broken) {}
    }

    private BrokenFiles() {}

    /** The data set without what is broken. Every file is decoded, on all cores. */
    static ImageFolder leftOut(ImageFolder folder, Listener listener) throws IOException {
        Set<Path> broken = new HashSet<>();
        for (Broken one : find(folder, listener)) {
            listener.onBroken(one);
            broken.add(one.file());
        }
        return broken.isEmpty() ? folder : folder.without(broken);
    }

    /** What is broken, in the order of the files. */
    public static List<Broken> find(ImageFolder folder, Listener listener) {
        List<Broken> broken = new ArrayList<>();
        // Not the common pool: decoders that are found as services are not seen there.
        ExecutorService readers = Executors.newFixedThreadPool(
                folder.readers(),
                Thread.ofPlatform().daemon().name("scgrad-check-", 0).factory());
        try {
            Queue<Future<List<Broken>>> parts = new ArrayDeque<>();
            for (int from = 0; from < folder.size(); from += PART) {
                int first = from;
                int end = Math.min(from + PART, folder.size());
                parts.add(readers.submit(() -> check(folder, first, end)));
            }
            for (int done = 0; !parts.isEmpty(); ) {
                broken.addAll(parts.remove().get());
                done = Math.min(done + PART, folder.size());
                listener.onChecked(folder.name(), done, folder.size());
            }
        } catch (ExecutionException failure) {
            throw new IllegalStateException(folder.name() + ": " + failure.getCause(), failure.getCause());
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(folder.name() + ": interrupted while files were checked", interruption);
        } finally {
            readers.shutdownNow();
        }
        return broken;
    }

    private static List<Broken> check(ImageFolder folder, int from, int end) {
        List<Broken> broken = new ArrayList<>();
        for (int i = from; i < end; i++) {
            try {
                Pixels.read(folder.file(i));
            } catch (IOException reason) {
                broken.add(new Broken(folder.file(i), reason.getMessage()));
            }
        }
        return broken;
    }
}
