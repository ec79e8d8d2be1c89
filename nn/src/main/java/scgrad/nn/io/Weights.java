package scgrad.nn.io;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;
import scgrad.nn.Module;
import scgrad.nn.Suggestion;

/**
 * Weights between files in PyTorch's layout and a model's, channels last: a convolution's kernel is {@code [K, C/groups, KH, KW]} there and
 * {@code [KH, KW, C/groups, K]} here; everything else is the same. Loading is strict: all that is missing, unexpected or of another shape is
 * said at once.
 */
public final class Weights {
    /** A counter that PyTorch's batch norm keeps and nothing reads. */
    private static final String COUNTER = "num_batches_tracked";

    private static final int MOST_LISTED = 8;

    private Weights() {}

    /** Reads a state dict from a safetensors file, a PyTorch file of either format, or a checkpoint of a training. */
    public static Map<String, WeightArray> read(Path file) throws WeightFileException {
        if (!Files.isRegularFile(file)) {
            throw new WeightFileException(
                    file, "is no file; weights are read from .safetensors, .pth, .pt and .th files");
        }
        if (!file.getFileName().toString().endsWith(".safetensors")) {
            return PyTorchFile.read(file).stateDict();
        }
        SafeTensors stored = SafeTensors.read(file);
        if (!stored.metadata().getOrDefault("format", "").startsWith("scgrad checkpoint")) {
            return stored.arrays();
        }
        Map<String, WeightArray> model = new LinkedHashMap<>();
        stored.arrays().forEach((key, array) -> {
            if (key.startsWith("model.")) {
                String name = key.substring("model.".length());
                model.put(
                        name,
                        kernel(array.shape())
                                ? toTorch(name, Shape.of(array.shape()), array.doubles())
                                : array.renamed(name));
            }
        });
        return model;
    }

    /**
     * Fills a model.
     *
     * @param allowMissing whether keys of the model may be absent from the file, and keep their values
     */
    public static void load(Path file, Map<String, WeightArray> weights, Module model, boolean allowMissing)
            throws WeightFileException {
        Map<String, NDArray> state = model.state();
        Map<String, WeightArray> given = new LinkedHashMap<>();
        weights.forEach((key, array) -> {
            if (!key.endsWith(COUNTER)) {
                given.put(classifier(key, state), array);
            }
        });
        List<String> problems = new ArrayList<>();
        List<String> missing = new ArrayList<>(state.keySet());
        missing.removeAll(given.keySet());
        List<String> unexpected = new ArrayList<>(given.keySet());
        unexpected.removeAll(state.keySet());
        if (!allowMissing) {
            list(problems, "missing", missing, unexpected);
        }
        list(problems, "unexpected", unexpected, missing);
        List<String> misshaped = new ArrayList<>();
        state.forEach((key, value) -> {
            WeightArray array = given.get(key);
            if (array != null && !Arrays.equals(array.shape(), torchShape(value.shape()))) {
                misshaped.add(key + " is " + Arrays.toString(array.shape()) + ", the model has "
                        + Arrays.toString(torchShape(value.shape())));
            }
        });
        list(problems, "of another shape", misshaped, List.of());
        if (!problems.isEmpty()) {
            throw new WeightFileException(
                    file,
                    "does not fit the model: " + String.join("; ", problems)
                            + (missing.isEmpty() ? "" : " (--allow-missing keeps what is missing)"));
        }
        state.forEach((key, value) -> {
            WeightArray array = given.get(key);
            if (array != null) {
                value.backend().upload(fromTorch(value.shape(), array), value);
            }
        });
    }

    /** Some publishers call the last layer {@code linear} or {@code classifier}. */
    private static String classifier(String key, Map<String, NDArray> state) {
        for (String other : List.of("linear.", "classifier.")) {
            String renamed = "fc." + key.substring(Math.min(key.length(), other.length()));
            if (key.startsWith(other) && !state.containsKey(key) && state.containsKey(renamed)) {
                return renamed;
            }
        }
        return key;
    }

    private static void list(List<String> problems, String what, List<String> keys, List<String> others) {
        if (keys.isEmpty()) {
            return;
        }
        StringBuilder text = new StringBuilder(keys.size() + " " + what + ": ");
        for (int i = 0; i < Math.min(keys.size(), MOST_LISTED); i++) {
            String near = others.isEmpty() ? null : Suggestion.nearest(keys.get(i), new TreeSet<>(others));
            text.append(i > 0 ? ", " : "").append(keys.get(i)).append(near == null ? "" : " (near " + near + ")");
        }
        problems.add(text + (keys.size() > MOST_LISTED ? " and " + (keys.size() - MOST_LISTED) + " more" : ""));
    }

    /** A model's state in PyTorch's layout, with the counters that its batch norm expects. */
    public static Map<String, WeightArray> export(Module model) {
        Map<String, WeightArray> weights = new LinkedHashMap<>();
        model.state().forEach((key, value) -> {
            weights.put(key, toTorch(key, value.shape(), value.toDoubles()));
            if (key.endsWith("running_var")) {
                String counter = key.substring(0, key.length() - "running_var".length()) + COUNTER;
                weights.put(counter, WeightArray.of(counter, new int[0], new long[] {0}));
            }
        });
        return weights;
    }

    private static boolean kernel(int[] shape) {
        return shape.length == 4;
    }

    /** A shape of ours as PyTorch has it. */
    public static int[] torchShape(Shape shape) {
        int[] s = shape.sizes();
        return kernel(s) ? new int[] {s[3], s[2], s[0], s[1]} : s;
    }

    private static WeightArray toTorch(String key, Shape shape, double[] values) {
        float[] moved = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            moved[torchIndex(shape, i)] = (float) values[i];
        }
        return WeightArray.of(key, torchShape(shape), moved);
    }

    /** The values of an array in PyTorch's layout in the order of ours. */
    public static double[] fromTorch(Shape shape, WeightArray array) {
        double[] stored = array.doubles();
        double[] values = new double[stored.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = stored[torchIndex(shape, i)];
        }
        return values;
    }

    /** Where element i of our layout stands in PyTorch's. */
    public static int torchIndex(Shape shape, int i) {
        if (shape.rank() != 4) {
            return i;
        }
        int filters = shape.size(3);
        int channels = shape.size(2);
        int taps = shape.size(0) * shape.size(1);
        int k = i % filters;
        int c = i / filters % channels;
        return (k * channels + c) * taps + i / filters / channels;
    }
}
