package scgrad.nn.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import scgrad.core.array.NDArray;
import scgrad.nn.Dropout;
import scgrad.nn.Module;
import scgrad.nn.io.SafeTensors;
import scgrad.nn.io.WeightArray;
import scgrad.nn.io.WeightFileException;

/**
 * A training as one safetensors file: model, optimizer, moving average, position in the schedule and random streams. A resumed run equals
 * an uninterrupted one bit for bit. Written to a temporary file and renamed, so a crash leaves the one before.
 */
public final class Checkpoint {
    private static final String FORMAT = "scgrad checkpoint 1";

    private Checkpoint() {}

    /** @param identity what the run is (its configuration); a checkpoint of another identity is refused on loading */
    public static void save(Path file, Trainer trainer, Progress progress, String identity) throws IOException {
        Map<String, WeightArray> arrays = new LinkedHashMap<>();
        put(arrays, "model.", trainer.model().state());
        put(arrays, "optimizer.", trainer.optimizer().state());
        if (trainer.average() != null) {
            put(arrays, "average.", trainer.average().state());
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", FORMAT);
        metadata.put("identity", identity);
        metadata.put("epoch", Integer.toString(progress.epoch()));
        metadata.put("batch", Integer.toString(progress.batch()));
        metadata.put("loss_sum", Double.toHexString(progress.lossSum()));
        metadata.put("correct", Integer.toString(progress.correct()));
        metadata.put("images", Integer.toString(progress.images()));
        metadata.put("optimizer_steps", Long.toString(trainer.optimizer().steps()));
        dropouts(trainer.model())
                .forEach((path, dropout) -> metadata.put("random." + path, Long.toString(dropout.randomState())));
        SafeTensors.write(file, arrays, metadata);
    }

    /** Puts a trainer where it was when the file was written. */
    public static Progress load(Path file, Trainer trainer, String identity) throws IOException {
        SafeTensors stored = SafeTensors.read(file);
        Map<String, String> metadata = stored.metadata();
        if (!FORMAT.equals(metadata.get("format"))) {
            throw new WeightFileException(file, "is no checkpoint of a training, it has only weights; use --weights");
        }
        if (!identity.equals(metadata.get("identity"))) {
            throw new WeightFileException(
                    file,
                    "belongs to another run: it was made with " + metadata.get("identity") + ", asked for is "
                            + identity);
        }
        take(file, stored, "model.", trainer.model().state());
        take(file, stored, "optimizer.", trainer.optimizer().state());
        if (trainer.average() != null) {
            take(file, stored, "average.", trainer.average().state());
        }
        trainer.optimizer().restoreSteps(number(file, metadata, "optimizer_steps"));
        for (Map.Entry<String, Dropout> dropout : dropouts(trainer.model()).entrySet()) {
            dropout.getValue().restoreRandom(number(file, metadata, "random." + dropout.getKey()));
        }
        return new Progress(
                (int) number(file, metadata, "epoch"),
                (int) number(file, metadata, "batch"),
                lossSum(file, metadata),
                (int) number(file, metadata, "correct"),
                (int) number(file, metadata, "images"));
    }

    private static double lossSum(Path file, Map<String, String> metadata) throws WeightFileException {
        try {
            return Double.parseDouble(metadata.getOrDefault("loss_sum", ""));
        } catch (NumberFormatException damaged) {
            throw new WeightFileException(
                    file, "has no number under loss_sum in its metadata: " + metadata.get("loss_sum"));
        }
    }

    private static Map<String, Dropout> dropouts(Module model) {
        Map<String, Dropout> found = new LinkedHashMap<>();
        for (Module.Named named : model.modules()) {
            if (named.module() instanceof Dropout dropout) {
                found.put(named.path(), dropout);
            }
        }
        return found;
    }

    private static long number(Path file, Map<String, String> metadata, String key) throws WeightFileException {
        try {
            return Long.parseLong(metadata.get(key));
        } catch (NumberFormatException missing) {
            throw new WeightFileException(
                    file, "has no number under " + key + " in its metadata: " + metadata.get(key));
        }
    }

    private static void put(Map<String, WeightArray> arrays, String prefix, Map<String, NDArray> state) {
        state.forEach((key, value) -> {
            int[] shape = value.shape().sizes();
            boolean wide = value.backend().roundoff() < 1e-12;
            arrays.put(
                    prefix + key,
                    wide
                            ? WeightArray.of(key, shape, value.toDoubles())
                            : WeightArray.of(key, shape, value.toFloats()));
        });
    }

    private static void take(Path file, SafeTensors stored, String prefix, Map<String, NDArray> state)
            throws WeightFileException {
        for (Map.Entry<String, NDArray> entry : state.entrySet()) {
            WeightArray array = stored.arrays().get(prefix + entry.getKey());
            NDArray value = entry.getValue();
            if (array == null
                    || !java.util.Arrays.equals(array.shape(), value.shape().sizes())) {
                throw new WeightFileException(
                        file, "has no array " + prefix + entry.getKey() + " of shape " + value.shape());
            }
            value.backend().upload(array.doubles(), value);
        }
    }
}
