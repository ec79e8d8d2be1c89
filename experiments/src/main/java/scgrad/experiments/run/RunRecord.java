package scgrad.experiments.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import scgrad.nn.train.Confusion;

/**
 * What a training left in its folder; see {@link Run}.
 *
 * @param environment date, machine, JDK, commit
 * @param metrics of each epoch
 * @param seconds of all epochs together, on a machine that may have done other things too
 * @param confusion of the last epoch; null in a record that was made without
 */
public record RunRecord(
        Path folder,
        RunConfig config,
        Map<String, String> environment,
        List<Metrics> metrics,
        double seconds,
        Confusion confusion) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static final String CONFIG = "config.json";
    static final String ENVIRONMENT = "env.json";
    static final String METRICS = "metrics.jsonl";
    static final String TIMES = "times.jsonl";
    static final String CONFUSION = "confusion.csv";
    static final String WEIGHTS = "weights.safetensors";

    /** Reads a folder's record; empty where there is none. */
    public static Optional<RunRecord> read(Path folder) throws IOException {
        Path config = folder.resolve(CONFIG);
        if (!Files.exists(config)) {
            return Optional.empty();
        }
        Map<String, String> environment = new LinkedHashMap<>();
        Path environmentFile = folder.resolve(ENVIRONMENT);
        if (Files.exists(environmentFile)) {
            environment = JSON.readValue(environmentFile.toFile(), new TypeReference<>() {});
        }
        return Optional.of(new RunRecord(
                folder,
                config(config),
                environment,
                Metrics.read(folder.resolve(METRICS)),
                seconds(folder.resolve(TIMES)),
                confusion(folder.resolve(CONFUSION))));
    }

    /** The configuration in a file. */
    static RunConfig config(Path file) throws IOException {
        try {
            return RunConfig.parse(Files.readString(file));
        } catch (JsonProcessingException e) {
            throw new IOException(file + " is no run's configuration: " + e.getOriginalMessage(), e);
        }
    }

    private static double seconds(Path file) throws IOException {
        double sum = 0;
        for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
            JsonNode epoch = line.isBlank() ? null : JSON.readTree(line);
            sum += epoch == null ? 0 : epoch.path("seconds").asDouble();
        }
        return sum;
    }

    /** What {@link #read} reads as a confusion matrix. */
    static String csv(Confusion confusion) {
        return Arrays.stream(confusion.counts())
                .map(row -> Arrays.stream(row).mapToObj(Integer::toString).collect(Collectors.joining(",")))
                .collect(Collectors.joining("\n"));
    }

    private static Confusion confusion(Path file) throws IOException {
        if (!Files.exists(file)) {
            return null;
        }
        List<String> lines = Files.readAllLines(file);
        try {
            return new Confusion(lines.stream()
                    .map(line -> Arrays.stream(line.split(","))
                            .mapToInt(count -> Integer.parseInt(count.strip()))
                            .toArray())
                    .toArray(int[][]::new));
        } catch (NumberFormatException e) {
            throw new IOException(file + " is no table of whole numbers: " + e.getMessage(), e);
        }
    }

    /** Whether it holds all epochs of exactly this configuration. */
    public boolean completes(RunConfig wanted) {
        return config.equals(wanted) && metrics.size() == wanted.epochs();
    }

    /** The last epoch. */
    public Metrics last() {
        return metrics.get(metrics.size() - 1);
    }

    /** PyTorch-layout weights of the end of the training; the file may be missing, as results are kept without. */
    public Path weights() {
        return folder.resolve(WEIGHTS);
    }
}
