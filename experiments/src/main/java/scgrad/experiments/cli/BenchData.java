package scgrad.experiments.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import scgrad.experiments.data.Datasets;
import scgrad.nn.data.Augmentation;
import scgrad.nn.data.BatchLoader;
import scgrad.nn.data.LoaderSettings;

/**
 * The workloads of {@code scgrad bench} that read data without a model: decoding, augmentation and batching as in training, on one background
 * thread unless the name says {@code -t2}. Where these are faster than a network, data are not what it waits for.
 */
final class BenchData {
    static final String PREFIX = "data-";

    private static final int BATCH = 64;
    private static final int MOST_BATCHES = 16;
    private static final int LARGE = 224;

    private BenchData() {}

    /** The built-in data, CIFAR, and each folder of images in the data directory; what is missing fails when it is made. */
    static Map<String, BenchCases.Maker> all(Path directory) {
        Map<String, BenchCases.Maker> cases = new LinkedHashMap<>();
        for (String name : List.of("context", "cifar10", "cifar100")) {
            cases.put(PREFIX + name, backend -> kept(Datasets.Choice.of(name).in(directory)));
        }
        for (String name : folders(directory)) {
            Datasets.Choice choice = Datasets.Choice.of(name).in(directory);
            Augmentation standard = Augmentation.standard();
            cases.put(PREFIX + name, backend -> decoded(choice, standard, 1));
            String large = PREFIX + name + "-" + LARGE;
            cases.put(large, backend -> decoded(choice.sized(LARGE), standard, 1));
            // ImageNet's usual, on one thread and on two
            Augmentation resized = Augmentation.resized();
            cases.put(large + "-resized", backend -> decoded(choice.sized(LARGE), resized, 1));
            cases.put(large + "-resized-t2", backend -> decoded(choice.sized(LARGE), resized, 2));
        }
        return cases;
    }

    private static List<String> folders(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(folder -> Files.isDirectory(folder.resolve("train")))
                    .map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException unreadable) {
            return List.of();
        }
    }

    /** Data that lie in memory, or are computed: opened once. */
    private static BenchCases.Workload kept(Datasets.Choice choice) {
        Datasets.Split split = open(choice);
        LoaderSettings settings = settings(split);
        BatchLoader loader = new BatchLoader(split.train(), settings, 1);
        return workload(() -> read(loader), loader.batches(), settings.batchSize());
    }

    /** Files: opened anew for each run, because decoded images are kept. */
    private static BenchCases.Workload decoded(Datasets.Choice choice, Augmentation augmentation, int threads) {
        Datasets.Split first = open(choice);
        LoaderSettings settings = settings(first).with(augmentation).withThreads(threads);
        int batches = first.train().size() / settings.batchSize();
        return workload(
                () -> {
                    try (BatchLoader loader = new BatchLoader(open(choice).train(), settings, 1)) {
                        read(loader);
                    }
                },
                batches,
                settings.batchSize());
    }

    private static LoaderSettings settings(Datasets.Split split) {
        return LoaderSettings.training(Math.min(BATCH, split.train().size()), split.normalization());
    }

    private static BenchCases.Workload workload(Runnable body, int batches, int batchSize) {
        return new BenchCases.Workload(body, Math.min(batches, MOST_BATCHES) * (double) batchSize, BenchCases.IMAGES);
    }

    private static void read(BatchLoader loader) {
        try (BatchLoader.Epoch epoch = loader.epoch(0)) {
            for (int batch = 0; batch < MOST_BATCHES && epoch.hasNext(); batch++) {
                loader.recycle(epoch.next());
            }
        }
    }

    private static Datasets.Split open(Datasets.Choice choice) {
        try {
            return Datasets.open(choice);
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }
}
