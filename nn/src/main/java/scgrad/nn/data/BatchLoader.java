package scgrad.nn.data;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import scgrad.core.Rng;

/**
 * Reads a data set in batches, prepared ahead of time by background threads, which share each batch, and handed out in order. What a
 * batch holds follows from (seed, epoch, number of the batch) alone, whatever the number of threads, so an epoch can also be entered in the middle:
 *
 * <pre>{@code
 * try (BatchLoader loader = new BatchLoader(train, LoaderSettings.training(128, normalization), seed);
 *         BatchLoader.Epoch batches = loader.epoch(3)) {
 *     while (batches.hasNext()) {
 *         Batch batch = batches.next();
 *         step(batch);
 *         loader.recycle(batch);
 *     }
 * }
 * }</pre>
 */
public final class BatchLoader implements AutoCloseable {
    /** Batches that are prepared before they are asked for: while one is used up, the next is there and another on its way. */
    private static final int AHEAD = 2;

    private final Dataset dataset;
    private final LoaderSettings settings;
    private final long seed;
    private final ExecutorService workers;
    private final ArrayBlockingQueue<Batch> spare = new ArrayBlockingQueue<>(2 * AHEAD);
    /** Each thread's working space: an image before it is augmented. */
    private final ThreadLocal<float[]> raw;

    public BatchLoader(Dataset dataset, LoaderSettings settings, long seed) {
        if (settings.normalization().mean().length != dataset.channels()) {
            throw new IllegalArgumentException(
                    dataset.name() + ": normalization " + settings.normalization() + " is for "
                            + settings.normalization().mean().length + " channels, the images have "
                            + dataset.channels());
        }
        this.dataset = dataset;
        this.settings = settings;
        this.seed = seed;
        this.raw = ThreadLocal.withInitial(() -> new float[dataset.imageLength()]);
        this.workers = settings.threads() == 0
                ? null
                : Executors.newFixedThreadPool(
                        settings.threads(),
                        Thread.ofPlatform().daemon().name("scgrad-loader-", 0).factory());
        if (batches() == 0) {
            throw new IllegalArgumentException(dataset.name() + ": " + dataset.size() + " images make no batch of "
                    + settings.batchSize() + ", choose a smaller batch");
        }
    }

    /** The number of batches in an epoch. */
    public int batches() {
        int whole = dataset.size() / settings.batchSize();
        return settings.dropLast() || dataset.size() % settings.batchSize() == 0 ? whole : whole + 1;
    }

    /** The number of images in an epoch: less than the data set's where a short last batch is dropped. */
    public int images() {
        return settings.dropLast() ? batches() * settings.batchSize() : dataset.size();
    }

    public Dataset dataset() {
        return dataset;
    }

    public LoaderSettings settings() {
        return settings;
    }

    /** All batches of an epoch, from its first. */
    public Epoch epoch(int epoch) {
        return epoch(epoch, 0);
    }

    /** The batches of an epoch from number {@code first} on: how a run that stopped in the middle goes on. */
    public Epoch epoch(int epoch, int first) {
        if (first < 0 || first > batches()) {
            throw new IllegalArgumentException(dataset.name() + ": no batch " + first + ", an epoch has " + batches());
        }
        return new Epoch(epoch, first);
    }

    /** Gives a batch's arrays back for the next one. The batch must not be read afterwards. */
    public void recycle(Batch batch) {
        if (batch.recycled) {
            throw new IllegalStateException(dataset.name() + ": batch " + batch.number() + " was recycled before");
        }
        batch.recycled = true;
        if (batch.size() == settings.batchSize()) {
            spare.offer(batch);
        }
    }

    /** Stops the background threads. */
    @Override
    public void close() {
        if (workers != null) {
            workers.shutdownNow();
        }
    }

    /** One pass over the data set. Used by one thread; closing it early gives up what was being prepared. */
    public final class Epoch implements AutoCloseable {
        private final int epoch;
        private final int[] order;
        private final Queue<Future<Batch>> ahead = new ArrayDeque<>();
        private int asked;
        private int delivered;

        private Epoch(int epoch, int first) {
            this.epoch = epoch;
            this.order = settings.shuffle()
                    ? Rng.of(seed).stream("shuffle").stream(epoch).permutation(dataset.size())
                    : null;
            this.asked = first;
            this.delivered = first;
            for (int i = 0; i < (workers == null ? 0 : AHEAD); i++) {
                ask();
            }
        }

        public boolean hasNext() {
            return delivered < batches();
        }

        /** The next batch in order; an error of a background thread comes out here. */
        public Batch next() {
            if (!hasNext()) {
                throw new NoSuchElementException(dataset.name() + ": epoch " + epoch + " has no batch " + delivered);
            }
            ask();
            Future<Batch> head = ahead.remove();
            delivered++;
            try {
                return head.get();
            } catch (ExecutionException failure) {
                close();
                throw rethrown(failure.getCause());
            } catch (InterruptedException interruption) {
                Thread.currentThread().interrupt();
                close();
                throw new IllegalStateException(
                        dataset.name() + ": interrupted while waiting for a batch", interruption);
            }
        }

        @Override
        public void close() {
            ahead.forEach(batch -> batch.cancel(false));
            ahead.clear();
            delivered = batches();
            asked = delivered;
        }

        private void ask() {
            if (asked == batches()) {
                return;
            }
            ahead.add(prepare(epoch, order, asked++));
        }
    }

    private static RuntimeException rethrown(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException exception ? exception : new IllegalStateException(cause);
    }

    private Future<Batch> prepare(int epoch, int[] order, int number) {
        Batch batch = begin(order, number);
        if (workers == null) {
            place(batch, epoch, 0, batch.size());
            return CompletableFuture.completedFuture(finish(batch, epoch));
        }
        int parts = Math.min(settings.threads(), batch.size());
        CompletableFuture<?>[] placed = IntStream.range(0, parts)
                .mapToObj(part -> CompletableFuture.runAsync(
                        () -> place(batch, epoch, part * batch.size() / parts, (part + 1) * batch.size() / parts),
                        workers))
                .toArray(CompletableFuture<?>[]::new);
        // by the thread that places the last part: a task of its own would wait behind the next batches
        return CompletableFuture.allOf(placed).thenApply(done -> finish(batch, epoch));
    }

    /** A batch that knows which images it will hold. */
    private Batch begin(int[] order, int number) {
        int start = number * settings.batchSize();
        int size = Math.min(settings.batchSize(), dataset.size() - start);
        Batch batch = size == settings.batchSize() ? spare.poll() : null;
        if (batch == null) {
            batch = new Batch(
                    size,
                    dataset.imageLength(),
                    dataset.classes(),
                    settings.augmentation().mixes());
        }
        batch.recycled = false;
        batch.number = number;
        batch.mixed = settings.augmentation().mixes() && size > 1;
        for (int i = 0; i < size; i++) {
            batch.indices()[i] = order == null ? start + i : order[start + i];
        }
        return batch;
    }

    /** Reads and augments the images at these places of a batch. */
    private void place(Batch batch, int epoch, int from, int to) {
        Augmentation augmentation = settings.augmentation();
        float[] image = raw.get();
        float[] placed = batch.mixed ? batch.plain : batch.images();
        for (int i = from; i < to; i++) {
            int index = batch.indices()[i];
            Rng sample = Augmentation.stream(seed, epoch, index);
            augmentation.read(dataset, index, sample, image);
            augmentation.place(
                    image,
                    dataset.height(),
                    dataset.width(),
                    settings.normalization(),
                    sample,
                    placed,
                    i * dataset.imageLength());
            batch.labels()[i] = dataset.label(index);
        }
    }

    /** Blends the placed images, and writes the targets. */
    private Batch finish(Batch batch, int epoch) {
        int length = dataset.imageLength();
        Arrays.fill(batch.targets(), 0f);
        if (batch.mixed) {
            System.arraycopy(batch.plain, 0, batch.images(), 0, batch.plain.length);
        }
        for (int i = 0; i < batch.size(); i++) {
            Mix mix = batch.mixed ? mixOf(batch, epoch, i) : null;
            float own = mix == null ? 1f : mix.weight();
            batch.targets()[i * batch.classes() + batch.labels()[i]] += own;
            if (mix != null) {
                mix.apply(batch.plain, batch.images(), i, dataset.width(), dataset.channels(), length);
                batch.targets()[i * batch.classes() + batch.labels()[mix.partner()]] += 1 - own;
            }
        }
        return batch;
    }

    private Mix mixOf(Batch batch, int epoch, int position) {
        Rng sample = Augmentation.stream(seed, epoch, batch.indices()[position]);
        return settings.augmentation().mix(position, batch.size(), dataset.height(), dataset.width(), sample);
    }
}
