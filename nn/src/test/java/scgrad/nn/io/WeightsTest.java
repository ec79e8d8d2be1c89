package scgrad.nn.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scgrad.core.Rng;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.nn.BatchNorm2d;
import scgrad.nn.Conv2d;
import scgrad.nn.Linear;
import scgrad.nn.Module;
import scgrad.nn.Sequential;

/** Weights to a file and back, and everything that does not fit said at once. */
class WeightsTest {
    @TempDir
    Path folder;

    private final Backend backend = Backends.open("cpu", 2);

    private Module model(int filters) {
        return new Sequential(
                        backend,
                        new Conv2d(
                                backend,
                                4,
                                filters,
                                Conv2d.Options.same(3).groups(2).withBias()),
                        new BatchNorm2d(backend, filters),
                        new Linear(backend, filters, 3))
                .initialize(Rng.of(filters));
    }

    private Path write(Map<String, WeightArray> weights) throws IOException {
        Path file = folder.resolve("model.safetensors");
        SafeTensors.write(file, weights, Map.of());
        return file;
    }

    @Test
    void aRoundTripKeepsEveryBit() throws IOException {
        Module written = model(6);
        Path file = write(Weights.export(written));
        Module read = model(6);
        read.initialize(Rng.of(99));
        Weights.load(file, Weights.read(file), read, false);
        written.state()
                .forEach((key, value) ->
                        assertThat(read.state().get(key).toFloats()).as(key).isEqualTo(value.toFloats()));
    }

    @Test
    void theFileHasPyTorchsLayout() {
        Module model = model(6);
        Map<String, WeightArray> weights = Weights.export(model);
        assertThat(weights.get("0.weight").shape()).containsExactly(6, 2, 3, 3);
        assertThat(weights).containsKey("1.num_batches_tracked");
        float[] ours = model.state().get("0.weight").toFloats();
        // [KH, KW, C/groups, K] at (1, 2, 0, 4) is [K, C/groups, KH, KW] at (4, 0, 1, 2)
        assertThat(weights.get("0.weight").doubles()[((4 * 2 + 0) * 3 + 1) * 3 + 2])
                .isEqualTo(ours[((1 * 3 + 2) * 2 + 0) * 6 + 4]);
    }

    @Test
    void allThatDoesNotFitIsSaidAtOnce() throws IOException {
        Map<String, WeightArray> weights = new LinkedHashMap<>(Weights.export(model(6)));
        weights.remove("1.running_mean");
        weights.put("1.runing_mean", WeightArray.of("1.runing_mean", new int[] {6}, new float[6]));
        weights.put("2.bias", WeightArray.of("2.bias", new int[] {4}, new float[4]));
        Path file = write(weights);
        Module target = model(6);
        float[] before = target.state().get("0.weight").toFloats();
        assertThatThrownBy(() -> Weights.load(file, Weights.read(file), target, false))
                .isInstanceOf(WeightFileException.class)
                .hasMessageContaining("1 missing: 1.running_mean (near 1.runing_mean)")
                .hasMessageContaining("1 unexpected: 1.runing_mean (near 1.running_mean)")
                .hasMessageContaining("1 of another shape: 2.bias is [4], the model has [3]");
        assertThat(target.state().get("0.weight").toFloats())
                .as("nothing is loaded by half")
                .isEqualTo(before);
    }

    @Test
    void whatIsMissingMayBeAllowed() throws IOException {
        Map<String, WeightArray> weights = new LinkedHashMap<>(Weights.export(model(6)));
        weights.remove("2.weight");
        weights.remove("2.bias");
        Path file = write(weights);
        Module target = model(6);
        target.initialize(Rng.of(99));
        float[] kept = target.state().get("2.weight").toFloats();
        Weights.load(file, Weights.read(file), target, true);
        assertThat(target.state().get("2.weight").toFloats()).isEqualTo(kept);
        assertThat(target.state().get("0.weight").toFloats())
                .isEqualTo(model(6).state().get("0.weight").toFloats());
    }
}
