package scgrad.experiments.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import scgrad.core.Rng;
import scgrad.core.array.Backend;
import scgrad.experiments.data.BrokenFiles;
import scgrad.experiments.data.Datasets;
import scgrad.nn.data.BatchLoader;
import scgrad.nn.data.LoaderSettings;
import scgrad.nn.data.Normalization;
import scgrad.nn.io.AtomicFile;
import scgrad.nn.io.SafeTensors;
import scgrad.nn.io.WeightArray;
import scgrad.nn.io.Weights;
import scgrad.nn.optim.AdamW;
import scgrad.nn.optim.Optimizer;
import scgrad.nn.optim.Schedule;
import scgrad.nn.optim.Sgd;
import scgrad.nn.train.Checkpoint;
import scgrad.nn.train.Progress;
import scgrad.nn.train.Trainer;
import scgrad.scnet.Models;
import scgrad.scnet.ResNet;

/**
 * One training with its record in a folder: {@code config.json}, {@code env.json}, {@code metrics.jsonl} (an epoch a line), {@code times.jsonl},
 * {@code skipped.txt} (files that were left out), {@code confusion.csv} (test images, a row a true class, a column a predicted one), {@code checkpoint.safetensors} while it runs and
 * {@code weights.safetensors} (PyTorch's layout) at the end.
 */
public final class Run {
    /** A checkpoint is written after each epoch, and within one when this long has passed since the last. */
    private static final double CHECKPOINT_SECONDS = 60;

    /**
     * Weights to begin with.
     *
     * @param file null for none
     * @param allowMissing whether the file may lack some
     * @param newHead whether the classifier begins anew, for other classes than the file's
     */
    public record Start(Path file, boolean allowMissing, boolean newHead) {
        public static final Start SCRATCH = new Start(null, false, false);

        private void load(ResNet model) throws IOException {
            if (file == null) {
                return;
            }
            Map<String, WeightArray> weights = new LinkedHashMap<>(Weights.read(file));
            if (newHead) {
                weights.keySet().removeIf(key -> key.startsWith("fc.") || key.startsWith("linear."));
                Weights.export(model).forEach((key, first) -> {
                    if (key.startsWith("fc.")) {
                        weights.put(key, first);
                    }
                });
            }
            Weights.load(file, weights, model, allowMissing);
        }
    }

    private final RunConfig config;
    private final Datasets.Choice data;
    private final Backend backend;
    private final Path folder;
    private final List<Trainer.Listener> listeners = new ArrayList<>();
    private BrokenFiles.Listener checking = BrokenFiles.Listener.NONE;

    /** @param data where the data lie; the rest of the choice comes from the configuration */
    public Run(RunConfig config, Path data, Backend backend, Path folder) {
        this.config = config;
        this.data = config.choice(data);
        this.backend = backend;
        this.folder = folder;
    }

    /** Adds somebody who watches. */
    public Run listen(Trainer.Listener listener) {
        listeners.add(listener);
        return this;
    }

    /** Says who watches the check of files that the configuration's skip_broken asks for. */
    public Run whileChecking(BrokenFiles.Listener listener) {
        checking = listener;
        return this;
    }

    /**
     * Trains to the end.
     *
     * @param resume go on from the folder's checkpoint if it has one; without it a folder with a run in it is an error
     * @param start first weights
     */
    public List<Metrics> execute(boolean resume, Start start) throws IOException {
        // everything that can be wrong is found before anything is written
        refuseAnotherRun(resume);
        Schedule learningRate = config.learningRate();
        Skipped skipped = new Skipped();
        Datasets.Split split = Datasets.open(data, skipped);
        Normalization normalization =
                config.normalize().isEmpty() ? split.normalization() : Normalization.of(config.normalize());
        ResNet model = Models.create(backend, config.model(), split.train().classes());
        model.initialize(Rng.of(config.seed()).stream("init"));
        start.load(model);
        if (!config.freeze().isBlank()) {
            model.freeze(config.freeze().strip().split("\\s+"));
        }
        LoaderSettings settings = LoaderSettings.training(config.batch(), normalization)
                .with(config.augmentation())
                .withThreads(split.train().readers());
        LoaderSettings testing = LoaderSettings.evaluation(config.batch(), normalization)
                .withThreads(split.test().readers());
        Optimizer optimizer = optimizer(model);
        Trainer.Settings training = new Trainer.Settings(
                config.epochs(),
                learningRate,
                config.smoothing(),
                config.clip(),
                config.accumulate(),
                config.average());
        try (BatchLoader train = new BatchLoader(split.train(), settings, config.seed());
                BatchLoader test = new BatchLoader(split.test(), testing, 0)) {
            Trainer trainer = new Trainer(model, optimizer, train, test, training);
            prepareFolder(skipped.text());
            Progress from = Files.exists(checkpointFile())
                    ? Checkpoint.load(checkpointFile(), trainer, config.identity())
                    : Progress.START;
            List<Metrics> metrics = new ArrayList<>(Metrics.read(metricsFile()));
            if (metrics.size() > from.epoch()) {
                metrics.subList(from.epoch(), metrics.size()).clear();
            }
            listeners.forEach(trainer::listen);
            trainer.listen(new Recorder(trainer, metrics));
            trainer.run(from);
            SafeTensors.write(weightsFile(), Weights.export(model), Map.of("format", "pt", "model", config.model()));
            Files.deleteIfExists(checkpointFile());
            return metrics;
        }
    }

    private Optimizer optimizer(ResNet model) {
        return switch (config.optimizer()) {
            case "sgd" ->
                new Sgd(
                        model.parameters(),
                        config.momentum(),
                        config.weightDecay(),
                        config.nesterov(),
                        config.decayAll());
            case "adamw" -> new AdamW(model.parameters(), 0.9, 0.999, 1e-8, config.weightDecay(), config.decayAll());
            default ->
                throw new IllegalArgumentException("unknown optimizer '" + config.optimizer() + "'; one of sgd, adamw");
        };
    }

    private void refuseAnotherRun(boolean resume) throws IOException {
        boolean occupied = Files.exists(configFile());
        if (occupied && !resume) {
            throw new IOException(
                    folder + " already holds a run; go on with it by --resume, or choose another folder by --out");
        }
        if (occupied && !config.equals(RunRecord.config(configFile()))) {
            throw new IOException(
                    configFile()
                            + " is another run's configuration; resume with the same settings, or choose another folder by --out");
        }
    }

    private void prepareFolder(String skipped) throws IOException {
        boolean occupied = Files.exists(configFile());
        if (occupied && !skipped.equals(Files.exists(skippedFile()) ? Files.readString(skippedFile()) : "")) {
            throw new IOException(skippedFile() + " lists other files than those that cannot be read now;"
                    + " put the data back as they were, or choose another folder by --out");
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new IOException(
                    "cannot make the results folder " + folder
                            + ": the place is read-only, or a part of the path is a file; choose another by --out",
                    e);
        }
        if (!occupied) {
            writeText(folder.resolve(RunRecord.ENVIRONMENT), pretty(Environment.describe(backend)));
            if (!skipped.isEmpty()) {
                writeText(skippedFile(), skipped.stripTrailing());
            }
            writeText(configFile(), config.json());
        }
    }

    private static String pretty(Map<String, String> values) throws IOException {
        return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(values);
    }

    static void writeText(Path file, String text) throws IOException {
        AtomicFile.write(file, out -> out.write((text + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    private Path configFile() {
        return folder.resolve(RunRecord.CONFIG);
    }

    private Path skippedFile() {
        return folder.resolve("skipped.txt");
    }

    private Path metricsFile() {
        return folder.resolve(RunRecord.METRICS);
    }

    private Path checkpointFile() {
        return folder.resolve("checkpoint.safetensors");
    }

    private Path weightsFile() {
        return folder.resolve(RunRecord.WEIGHTS);
    }

    /** Notes what is left out. */
    private final class Skipped implements BrokenFiles.Listener {
        private final StringBuilder lines = new StringBuilder();

        @Override
        public void onChecked(String dataset, int done, int total) {
            checking.onChecked(dataset, done, total);
        }

        @Override
        public void onBroken(BrokenFiles.Broken broken) {
            lines.append(broken).append('\n');
            checking.onBroken(broken);
        }

        String text() {
            return lines.toString();
        }
    }

    /** Writes the record as the training goes: metrics before the checkpoint, so that a resumed run never misses an epoch. */
    private final class Recorder implements Trainer.Listener {
        private final Trainer trainer;
        private final List<Metrics> metrics;
        private final StringBuilder times = new StringBuilder();
        private long saved = System.nanoTime();

        private Recorder(Trainer trainer, List<Metrics> metrics) throws IOException {
            this.trainer = trainer;
            this.metrics = metrics;
            // a resumed run keeps the times of the epochs before
            Path file = folder.resolve(RunRecord.TIMES);
            List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
            lines.subList(0, Math.min(metrics.size(), lines.size()))
                    .forEach(line -> times.append(line).append('\n'));
        }

        @Override
        public void onEpoch(Trainer.Epoch epoch) {
            metrics.add(Metrics.of(epoch));
            times.append(String.format(
                    java.util.Locale.ROOT, "{\"epoch\":%d,\"seconds\":%.1f}\n", epoch.epoch(), epoch.seconds()));
            try {
                Metrics.write(metricsFile(), metrics);
                writeText(folder.resolve(RunRecord.TIMES), times.toString().strip());
                writeText(
                        folder.resolve(RunRecord.CONFUSION),
                        RunRecord.csv(epoch.test().confusion()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void onPause(Progress progress) {
            boolean due = progress.batch() == 0 || (System.nanoTime() - saved) * 1e-9 > CHECKPOINT_SECONDS;
            if (due) {
                saved = System.nanoTime();
                try {
                    Checkpoint.save(checkpointFile(), trainer, progress, config.identity());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }
}
