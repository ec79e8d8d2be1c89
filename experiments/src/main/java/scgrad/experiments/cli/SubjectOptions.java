package scgrad.experiments.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import picocli.CommandLine.Option;
import scgrad.core.Rng;
import scgrad.core.array.Backend;
import scgrad.experiments.inside.Subject;
import scgrad.nn.io.Weights;
import scgrad.scnet.Models;
import scgrad.scnet.ResNet;

/** Which networks a command looks into. */
final class SubjectOptions {
    @Option(
            names = "--model",
            paramLabel = "NAME[KEY=VALUE,...]",
            required = true,
            description = "A network and its options; several, each with its own --model, stand side by side.")
    private List<String> models;

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            description =
                    "The first model's weights, the second's, ...: .safetensors, a training's checkpoint, or PyTorch's.")
    private List<Path> weights = new ArrayList<>();

    /** Said before a data set is read; with none at all the networks are as a training begins, where a command allows that. */
    void checkWeights(boolean needed) {
        if (weights.size() != models.size() && (needed || !weights.isEmpty())) {
            throw new IllegalArgumentException("--weights is there " + weights.size() + " times and --model "
                    + models.size() + " times; give one for each, in the same order");
        }
    }

    /** The networks with their weights, or if there are none with those that a training of this seed begins with. */
    List<Subject> open(Backend backend, int classes, long seed) throws IOException {
        List<Subject> subjects = new ArrayList<>();
        for (int i = 0; i < models.size(); i++) {
            ResNet network = Models.create(backend, models.get(i), classes);
            if (weights.isEmpty()) {
                network.initialize(Rng.of(seed).stream("init"));
            } else {
                Weights.load(weights.get(i), Weights.read(weights.get(i)), network, false);
            }
            subjects.add(new Subject(label(i), network));
        }
        return subjects;
    }

    /** The model, counted where it is there more than once. */
    private String label(int i) {
        String model = models.get(i);
        return Collections.frequency(models, model) == 1
                ? model
                : model + " #" + Collections.frequency(models.subList(0, i + 1), model);
    }
}
