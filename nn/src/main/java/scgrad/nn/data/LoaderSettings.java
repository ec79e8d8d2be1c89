package scgrad.nn.data;

/**
 * How a data set is read.
 *
 * @param batchSize images in a batch
 * @param shuffle whether every epoch has an order of its own
 * @param dropLast whether a short last batch is left out
 * @param threads background threads, which share each batch; 0 prepares each batch when it is asked for
 */
public record LoaderSettings(
        int batchSize,
        boolean shuffle,
        boolean dropLast,
        Augmentation augmentation,
        Normalization normalization,
        int threads) {
    public LoaderSettings {
        if (batchSize < 1) {
            throw new IllegalArgumentException("loader: batch size " + batchSize + ", expected 1 or more");
        }
        if (threads < 0) {
            throw new IllegalArgumentException("loader: threads " + threads + ", expected 0 or more");
        }
    }

    /** Shuffled, with the standard augmentation, whole batches only, on one background thread. */
    public static LoaderSettings training(int batchSize, Normalization normalization) {
        return new LoaderSettings(batchSize, true, true, Augmentation.standard(), normalization, 1);
    }

    /** Every image once, in order and unchanged, on one background thread. */
    public static LoaderSettings evaluation(int batchSize, Normalization normalization) {
        return new LoaderSettings(batchSize, false, false, Augmentation.none(), normalization, 1);
    }

    /** The same with another augmentation. */
    public LoaderSettings with(Augmentation other) {
        return new LoaderSettings(batchSize, shuffle, dropLast, other, normalization, threads);
    }

    /** The same on another number of background threads. */
    public LoaderSettings withThreads(int count) {
        return new LoaderSettings(batchSize, shuffle, dropLast, augmentation, normalization, count);
    }
}
