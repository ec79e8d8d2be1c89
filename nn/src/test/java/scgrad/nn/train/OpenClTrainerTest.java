package scgrad.nn.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scgrad.core.OpenClDevice;
import scgrad.core.Rng;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.MemoryUse;
import scgrad.core.array.Traffic;
import scgrad.nn.Activation;
import scgrad.nn.BatchNorm2d;
import scgrad.nn.Conv2d;
import scgrad.nn.Linear;
import scgrad.nn.Module;
import scgrad.nn.Sequential;
import scgrad.nn.data.BatchLoader;
import scgrad.nn.data.LoaderSettings;
import scgrad.nn.data.Normalization;
import scgrad.nn.optim.Schedule;
import scgrad.nn.optim.Sgd;

/** A training whose data stay on the device: what moves, what is kept, and that it goes on where it stopped. */
class OpenClTrainerTest {
    private static final Normalization NORMAL = Normalization.of("cifar10");
    /** Bytes of the mailboxes, which move whole. */
    private static final int LETTER = 8 << 10;

    private static final int PARCEL = 2 << 20;
    /** Bytes of a launch's commands: 256 of 32 ints and 8 floats. */
    private static final int COMMANDS = 256 * (32 + 8) * 4;

    private static final int IMAGES = 96;

    @TempDir
    Path folder;

    private final Backend backend = OpenClDevice.open();
    private final List<BatchLoader> loaders = new ArrayList<>();

    private Module network() {
        return new Sequential(
                        backend,
                        new Conv2d(backend, 3, 8, Conv2d.Options.same(3)),
                        new BatchNorm2d(backend, 8),
                        new Activation(backend, "ReLU", Tensor::relu),
                        new Activation(backend, "GlobalAveragePool", Tensor::globalAveragePool),
                        new Linear(backend, 8, 3))
                .initialize(Rng.of(3));
    }

    private Trainer trainer(int batch, int epochs, Trainer.Listener listener) {
        Module model = network();
        BatchLoader train = new BatchLoader(new Stripes("train", IMAGES, 1), LoaderSettings.training(batch, NORMAL), 7);
        BatchLoader test = new BatchLoader(new Stripes("test", 12, 2), LoaderSettings.evaluation(12, NORMAL), 0);
        loaders.addAll(List.of(train, test));
        Sgd sgd = new Sgd(model.parameters(), 0.9, 5e-4, true, true);
        Trainer.Settings settings = new Trainer.Settings(epochs, new Schedule.Constant(0.1), 0, 0, 1, 0);
        return new Trainer(model, sgd, train, test, settings).listen(listener);
    }

    @AfterEach
    void stopTheLoaders() {
        loaders.forEach(BatchLoader::close);
    }

    @Test
    void aStepMovesItsBatchInAndTwoNumbersOut() {
        for (int batch : new int[] {1, 32}) {
            List<Traffic> seen = new ArrayList<>();
            trainer(batch, 1, new Trainer.Listener() {
                        @Override
                        public void onStep(Trainer.Step step) {
                            seen.add(backend.traffic());
                        }
                    })
                    .run(Progress.START);
            // 8 x 8 images of three channels: one fits beside its labels, 32 do not
            int images = batch == 1 ? 0 : PARCEL;
            // from the first step to the second the update and the batch's labels move; geometries were seen
            for (int step = 2; step < seen.size(); step++) {
                Traffic moved = seen.get(step).since(seen.get(step - 1));
                assertThat(moved.bytesOut()).isEqualTo(LETTER);
                assertThat(moved.bytesIn()).isEqualTo(LETTER + images);
                assertThat(moved.launches()).isEqualTo(1);
                assertThat(moved.commandBytes()).isEqualTo(COMMANDS);
            }
        }
    }

    @Test
    void twoThousandStepsKeepNothing() {
        long[] device = new long[2];
        long[] host = new long[2];
        int[] steps = {0};
        int perEpoch = IMAGES / 4;
        trainer(4, 2000 / perEpoch + 1, new Trainer.Listener() {
                    @Override
                    public void onStep(Trainer.Step step) {
                        steps[0]++;
                        if (steps[0] == 200 || steps[0] == 2000) {
                            System.gc();
                            int at = steps[0] == 200 ? 0 : 1;
                            device[at] = backend.memoryByKind().stream()
                                    .mapToLong(MemoryUse::bytes)
                                    .sum();
                            host[at] = ManagementFactory.getMemoryMXBean()
                                    .getHeapMemoryUsage()
                                    .getUsed();
                        }
                    }
                })
                .run(Progress.START);
        assertThat(steps[0]).isGreaterThanOrEqualTo(2000);
        assertThat(device[1]).isEqualTo(device[0]);
        assertThat(host[1] - host[0]).isLessThan(1 << 20);
    }

    @Test
    void aTrainingThatGoesOnEqualsOneThatNeverStopped() throws Exception {
        Trainer.Listener nobody = new Trainer.Listener() {};
        Trainer whole = trainer(16, 2, nobody);
        whole.run(Progress.START);
        Trainer first = trainer(16, 1, nobody);
        first.run(Progress.START);
        Path file = folder.resolve("checkpoint.safetensors");
        Checkpoint.save(file, first, Progress.START.nextEpoch(), "test");
        Trainer second = trainer(16, 2, nobody);
        second.run(Checkpoint.load(file, second, "test"));
        Map<String, float[]> expected = bits(whole);
        bits(second).forEach((key, values) -> assertThat(values).as(key).isEqualTo(expected.get(key)));
    }

    private static Map<String, float[]> bits(Trainer trainer) {
        Map<String, float[]> bits = new LinkedHashMap<>();
        trainer.model().state().forEach((key, value) -> bits.put(key, value.toFloats()));
        return bits;
    }
}
