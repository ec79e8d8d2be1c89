package scgrad.experiments.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import scgrad.nn.io.AtomicFile;
import scgrad.nn.io.WeightFileException;
import scgrad.nn.train.Trainer;

/**
 * One epoch in {@code metrics.jsonl}. Nothing in it depends on the machine's speed, so that two runs of one configuration write the same bytes.
 */
public record Metrics(
        int epoch,
        double rate,
        double trainLoss,
        double trainAccuracy,
        int testCorrect,
        int testImages,
        double testLoss,
        double testTop5) {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    static Metrics of(Trainer.Epoch epoch) {
        return new Metrics(
                epoch.epoch(),
                epoch.rate(),
                epoch.trainLoss(),
                epoch.trainAccuracy(),
                epoch.test().correct(),
                epoch.test().images(),
                epoch.test().loss(),
                epoch.test().top5Accuracy());
    }

    /** The share of test images that are right, computed from the counts. */
    public double accuracy() {
        return (double) testCorrect / testImages;
    }

    /** All epochs of a file; none where there is no file. */
    public static List<Metrics> read(Path file) throws IOException {
        List<Metrics> all = new ArrayList<>();
        if (Files.exists(file)) {
            int number = 0;
            for (String line : Files.readAllLines(file)) {
                number++;
                try {
                    all.add(JSON.readValue(line, Metrics.class));
                } catch (JsonProcessingException e) {
                    throw new IOException(file + ": line " + number + " is no record of an epoch: " + line);
                }
            }
        }
        return all;
    }

    /** Replaces a file as a whole. */
    static void write(Path file, List<Metrics> all) throws WeightFileException {
        AtomicFile.write(file, out -> {
            for (Metrics metrics : all) {
                out.write((JSON.writeValueAsString(metrics) + "\n").getBytes(StandardCharsets.UTF_8));
            }
        });
    }
}
