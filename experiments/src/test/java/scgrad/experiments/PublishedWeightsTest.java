package scgrad.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import scgrad.core.Autograd;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.core.array.Shape;
import scgrad.experiments.data.Datasets;
import scgrad.nn.data.Batch;
import scgrad.nn.data.BatchLoader;
import scgrad.nn.data.LoaderSettings;
import scgrad.nn.data.Normalization;
import scgrad.nn.io.Weights;
import scgrad.nn.train.Evaluation;
import scgrad.scnet.Models;
import scgrad.scnet.ResNet;

/** A checkpoint that others published and trained, on the real test images: 9,173 of 10,000 are right. */
class PublishedWeightsTest {
    private static final Path SHARED = Path.of("../../shared");
    private static final Path WEIGHTS = SHARED.resolve("reference/weights/resnet20-12fca82f.th");
    private static final Path LOGITS = SHARED.resolve("reference/weights/resnet20-12fca82f.logits_first100.csv");

    @Test
    void resnet20OnCifar10() throws Exception {
        assumeTrue(Files.exists(WEIGHTS), "skipped: the published weights are not at " + WEIGHTS);
        Backend backend = Backends.open("cpu");
        ResNet model = Models.create(backend, "resnet20", 10);
        Weights.load(WEIGHTS, Weights.read(WEIGHTS), model, false);
        Datasets.Split split = Datasets.open(Datasets.Choice.of("cifar10").in(SHARED.resolve("data")));
        LoaderSettings settings = LoaderSettings.evaluation(100, Normalization.of("imagenet"));
        try (BatchLoader loader = new BatchLoader(split.test(), settings, 0)) {
            Evaluation evaluation = Evaluation.of(model, loader);
            assertThat(evaluation.correct()).isBetween(9171, 9175);
            assertThat(evaluation.loss()).isCloseTo(0.37266, within(1e-4));
            firstLogits(model, loader);
        }
    }

    private static void firstLogits(ResNet model, BatchLoader loader) throws Exception {
        List<String> lines = Files.readAllLines(LOGITS);
        try (BatchLoader.Epoch epoch = loader.epoch(0)) {
            Batch batch = epoch.next();
            Tensor x = Tensor.of(model.backend(), Shape.of(100, 32, 32, 3), batch.images());
            model.eval();
            float[] logits = Autograd.noGrad(() -> model.apply(x)).toFloats();
            int first = lines.size() - 100;
            for (int i = 0; i < 100; i++) {
                String[] row = lines.get(first + i).split(",");
                for (int k = 0; k < 10; k++) {
                    double expected = Double.parseDouble(row[row.length - 10 + k]);
                    assertThat((double) logits[i * 10 + k])
                            .as("image %d, class %d", i, k)
                            .isCloseTo(expected, within(1e-3));
                }
            }
        }
    }
}
