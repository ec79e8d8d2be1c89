package scgrad.experiments.study;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import scgrad.core.Autograd;
import scgrad.core.Rng;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;
import scgrad.core.array.StepScope;
import scgrad.experiments.data.Datasets;
import scgrad.experiments.run.Environment;
import scgrad.experiments.run.RunConfig;
import scgrad.nn.io.AtomicFile;
import scgrad.nn.optim.Sgd;
import scgrad.scnet.Models;
import scgrad.scnet.ResNet;

/**
 * Images per second of each variant of a study, in {@code speed.csv}: a training step and inference on a batch of random images. The variants
 * take turns and the median counts, so that a machine that is now fast, now slow, is so for all.
 *
 * @param where backend, JDK and processor
 */
record Speeds(String where, Map<String, Speed> byVariant) {
    private static final String FILE = "speed.csv";
    private static final int WARM_UP = 6;
    private static final int ROUNDS = 7;

    /** Images per second. */
    record Speed(double training, double inference) {}

    /** What one variant is timed by. */
    private record Candidate(Study.Variant variant, int batch, Runnable training, Runnable inference) {}

    /** Times all variants; {@code progress} is told of each round. */
    static Speeds measure(Study study, Backend backend, Consumer<String> progress) {
        List<Candidate> candidates = new ArrayList<>();
        for (Study.Variant variant : study.variants()) {
            progress.accept("warming up " + variant.label());
            Candidate candidate = candidate(variant, variant.config(study.recipe()), backend);
            for (int i = 0; i < WARM_UP; i++) {
                seconds(candidate.training, backend);
                seconds(candidate.inference, backend);
            }
            candidates.add(candidate);
        }
        double[][] training = new double[candidates.size()][ROUNDS];
        double[][] inference = new double[candidates.size()][ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            progress.accept("round " + (round + 1) + " of " + ROUNDS);
            for (int i = 0; i < candidates.size(); i++) {
                training[i][round] = seconds(candidates.get(i).training, backend);
                inference[i][round] = seconds(candidates.get(i).inference, backend);
            }
        }
        Map<String, Speed> speeds = new LinkedHashMap<>();
        for (int i = 0; i < candidates.size(); i++) {
            Candidate candidate = candidates.get(i);
            speeds.put(
                    candidate.variant.id(),
                    new Speed(candidate.batch / median(training[i]), candidate.batch / median(inference[i])));
        }
        String where = backend.description() + "; " + Environment.java() + "; " + Environment.processor();
        return new Speeds(where, speeds);
    }

    private static Candidate candidate(Study.Variant variant, RunConfig config, Backend backend) {
        int side = Datasets.side(config.data(), config.imageSize());
        ResNet network = Models.create(backend, config.model(), 10);
        network.initialize(Rng.of(0).stream("init"));
        NDArray images = NDArray.persistent(backend, Shape.of(config.batch(), side, side, 3));
        Rng rng = Rng.of(0).stream("speed");
        float[] pixels = new float[images.shape().length()];
        int[] labels = new int[config.batch()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) rng.nextGaussian();
        }
        for (int i = 0; i < labels.length; i++) {
            labels[i] = rng.nextInt(10);
        }
        backend.upload(pixels, images);
        Tensor x = Tensor.constant(images);
        Sgd optimizer = new Sgd(network.parameters(), 0.9, 1e-4, false, true);
        return new Candidate(
                variant,
                config.batch(),
                () -> {
                    network.train();
                    network.apply(x).crossEntropy(labels, 0).backward();
                    optimizer.step(0.01);
                },
                () -> {
                    network.eval();
                    Autograd.noGrad(() -> network.apply(x));
                });
    }

    private static double seconds(Runnable body, Backend backend) {
        long started = System.nanoTime();
        try (StepScope step = StepScope.open()) {
            body.run();
            backend.finish();
        }
        return (System.nanoTime() - started) * 1e-9;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        java.util.Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    void write(Path folder) throws IOException {
        StringBuilder text =
                new StringBuilder("# " + where + "\nvariant,training_images_per_second,inference_images_per_second\n");
        byVariant.forEach((variant, speed) ->
                text.append(String.format(Locale.ROOT, "%s,%.1f,%.1f%n", variant, speed.training, speed.inference)));
        AtomicFile.write(folder.resolve(FILE), out -> out.write(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    /** What was measured before; without variants where nothing was. */
    static Speeds read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        Map<String, Speed> speeds = new LinkedHashMap<>();
        String where = "";
        for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
            String[] cells = line.split(",");
            if (line.startsWith("#")) {
                where = line.substring(1).strip();
            } else if (cells.length == 3 && !cells[0].equals("variant")) {
                try {
                    speeds.put(cells[0], new Speed(Double.parseDouble(cells[1]), Double.parseDouble(cells[2])));
                } catch (NumberFormatException e) {
                    throw new IOException(file + ": '" + line + "' is no line of name and two figures", e);
                }
            }
        }
        return new Speeds(where, speeds);
    }
}
