package scgrad.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scgrad.core.Rng;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.core.array.NDArray;
import scgrad.nn.Activation;
import scgrad.nn.BatchNorm2d;
import scgrad.nn.Conv2d;
import scgrad.nn.Dropout;
import scgrad.nn.Linear;
import scgrad.nn.Module;
import scgrad.nn.Sequential;
import scgrad.nn.data.Augmentation;
import scgrad.nn.data.BatchLoader;
import scgrad.nn.data.LoaderSettings;
import scgrad.nn.data.Normalization;
import scgrad.nn.optim.AdamW;
import scgrad.nn.optim.Optimizer;
import scgrad.nn.optim.Schedule;
import scgrad.nn.optim.Sgd;

/** The loop: it learns, it resumes to the bit, and it says where it went wrong. */
class TrainerTest {
    private static final Normalization NORMAL = Normalization.of("cifar10");

    private final List<BatchLoader> loaders = new ArrayList<>();

    @TempDir
    Path folder;

    @AfterEach
    void stopTheLoaders() {
        loaders.forEach(BatchLoader::close);
    }

    private BatchLoader loader(Stripes data, LoaderSettings settings) {
        BatchLoader loader = new BatchLoader(data, settings, 7);
        loaders.add(loader);
        return loader;
    }

    private static Module network(Backend backend, boolean dropout) {
        return new Sequential(
                backend,
                new Conv2d(backend, 3, 8, Conv2d.Options.same(3)),
                new BatchNorm2d(backend, 8),
                new Activation(backend, "ReLU", Tensor::relu),
                new Conv2d(backend, 8, 8, Conv2d.Options.same(3).stride(2)),
                new BatchNorm2d(backend, 8),
                new Activation(backend, "ReLU", Tensor::relu),
                new Activation(backend, "GlobalAveragePool", Tensor::globalAveragePool),
                new Dropout(backend, dropout ? 0.2 : 0, 1),
                new Linear(backend, 8, 3));
    }

    /** Without batch norm a batch's images do not see each other. */
    private static Module independent(Backend backend) {
        return new Sequential(
                backend,
                new Conv2d(backend, 3, 6, Conv2d.Options.same(3).withBias()),
                new Activation(backend, "ReLU", Tensor::relu),
                new Activation(backend, "GlobalAveragePool", Tensor::globalAveragePool),
                new Linear(backend, 6, 3));
    }

    private static Trainer.Settings settings(int epochs, double rate) {
        return new Trainer.Settings(epochs, Schedule.of("onecycle", rate), 0, 0, 1, 0);
    }

    private Trainer trainer(Module model, Optimizer optimizer, int batch, int threads, Trainer.Settings settings) {
        LoaderSettings training = LoaderSettings.training(batch, NORMAL).withThreads(threads);
        return new Trainer(
                model,
                optimizer,
                loader(new Stripes("train", 100, 1), training),
                loader(
                        new Stripes("test", 60, 2),
                        LoaderSettings.evaluation(32, NORMAL).withThreads(threads)),
                settings);
    }

    private static Sgd sgd(Module model) {
        return new Sgd(model.parameters(), 0.9, 5e-4, true, true);
    }

    private static Map<String, float[]> bits(Map<String, NDArray> state) {
        Map<String, float[]> bits = new LinkedHashMap<>();
        state.forEach((key, value) -> bits.put(key, value.toFloats()));
        return bits;
    }

    private static void assertSame(Map<String, NDArray> actual, Map<String, float[]> expected) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        actual.forEach((key, value) -> assertThat(value.toFloats()).as(key).isEqualTo(expected.get(key)));
    }

    /** Everything of an epoch but its duration. */
    private static List<Object> figures(Trainer.Epoch epoch) {
        return List.of(epoch.epoch(), epoch.rate(), epoch.trainLoss(), epoch.trainAccuracy(), epoch.test());
    }

    @Test
    void aSmallNetworkLearns() {
        Module model = network(Backends.open("cpu", 2), false).initialize(Rng.of(3));
        List<Trainer.Epoch> epochs = new ArrayList<>();
        trainer(model, sgd(model), 16, 1, settings(8, 0.1))
                .listen(new Trainer.Listener() {
                    @Override
                    public void onEpoch(Trainer.Epoch epoch) {
                        epochs.add(epoch);
                    }
                })
                .run(Progress.START);
        Trainer.Epoch last = epochs.get(epochs.size() - 1);
        assertThat(last.epoch()).isEqualTo(8);
        assertThat(last.test().images()).isEqualTo(60);
        assertThat(last.test().accuracy()).isGreaterThan(0.9);
        assertThat(last.trainLoss()).isLessThan(epochs.get(0).trainLoss());
    }

    private record Outcome(
            Map<String, float[]> model,
            Map<String, float[]> optimizer,
            Map<String, float[]> average,
            List<List<Object>> epochs) {}

    private Trainer resumable(boolean adam, int accumulate, int threads, List<List<Object>> epochs) {
        Module model = network(Backends.open("cpu", threads), true).initialize(Rng.of(3));
        Optimizer optimizer = adam ? new AdamW(model.parameters(), 0.9, 0.999, 1e-8, 0.01, false) : sgd(model);
        Trainer.Settings settings =
                new Trainer.Settings(3, Schedule.of("onecycle", adam ? 0.01 : 0.1), 0.1, 1, accumulate, 0.9);
        return trainer(model, optimizer, 16, threads, settings).listen(new Trainer.Listener() {
            @Override
            public void onEpoch(Trainer.Epoch epoch) {
                epochs.add(figures(epoch));
            }
        });
    }

    private static Outcome outcome(Trainer trainer, List<List<Object>> epochs) {
        return new Outcome(
                bits(trainer.model().state()),
                bits(trainer.optimizer().state()),
                bits(trainer.average().state()),
                epochs);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sgd 1", "adamw 1", "sgd 2"})
    void aRunResumedInTheMiddleOfAnEpochEqualsAnUninterruptedOne(String kind) throws IOException {
        boolean adam = kind.startsWith("adamw");
        int accumulate = Integer.parseInt(kind.substring(kind.length() - 1));
        Path file = folder.resolve("checkpoint.safetensors");
        List<List<Object>> epochs = new ArrayList<>();
        Trainer whole = resumable(adam, accumulate, 2, epochs);
        whole.listen(new Trainer.Listener() {
            @Override
            public void onPause(Progress progress) {
                if (progress.epoch() == 1 && progress.batch() == 4) {
                    try {
                        Checkpoint.save(file, whole, progress, "the run");
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            }
        });
        whole.run(Progress.START);
        Outcome expected = outcome(whole, epochs);

        List<List<Object>> resumedEpochs = new ArrayList<>();
        Trainer resumed = resumable(adam, accumulate, 2, resumedEpochs);
        // whatever was there before must not matter
        resumed.model().initialize(Rng.of(1234));
        Progress progress = Checkpoint.load(file, resumed, "the run");
        assertThat(progress.epoch()).isEqualTo(1);
        assertThat(progress.batch()).isEqualTo(4);
        resumed.run(progress);
        assertSame(resumed.model().state(), expected.model);
        assertSame(resumed.optimizer().state(), expected.optimizer);
        assertSame(resumed.average().state(), expected.average);
        assertThat(resumedEpochs).isEqualTo(expected.epochs.subList(1, 3));
    }

    @Test
    void aCheckpointOfAnotherRunIsRefused() throws IOException {
        Path file = folder.resolve("checkpoint.safetensors");
        Trainer trainer = resumable(false, 1, 1, new ArrayList<>());
        Checkpoint.save(file, trainer, Progress.START, "seed 1");
        assertThatThrownBy(() -> Checkpoint.load(file, trainer, "seed 2"))
                .hasMessageContaining("belongs to another run")
                .hasMessageContaining("seed 1")
                .hasMessageContaining("seed 2");
    }

    @Test
    void anyNumberOfThreadsGivesTheSameBits() {
        List<List<Object>> oneEpochs = new ArrayList<>();
        Trainer one = resumable(false, 1, 1, oneEpochs);
        one.run(Progress.START);
        Outcome expected = outcome(one, oneEpochs);
        List<List<Object>> twoEpochs = new ArrayList<>();
        Trainer two = resumable(false, 1, 2, twoEpochs);
        two.run(Progress.START);
        assertSame(two.model().state(), expected.model);
        assertSame(two.optimizer().state(), expected.optimizer);
        assertThat(twoEpochs).isEqualTo(oneEpochs);
    }

    @Test
    void aLayerThatOverflowsIsNamed() {
        Backend backend = Backends.open("cpu", 2);
        Module model = new Sequential(
                        backend,
                        new Conv2d(backend, 3, 4, Conv2d.Options.same(3)),
                        new Activation(backend, "Explode", x -> x.mul(1e30).mul(1e30)),
                        new Activation(backend, "GlobalAveragePool", Tensor::globalAveragePool),
                        new Linear(backend, 4, 3))
                .initialize(Rng.of(3));
        assertThatThrownBy(() ->
                        trainer(model, sgd(model), 16, 0, settings(1, 0.1)).run(Progress.START))
                .isInstanceOf(Divergence.class)
                .hasMessageContaining("training diverged in epoch 1, batch 1: the loss is NaN")
                .hasMessageContaining("the first layer with a value that is not finite is 1 (Explode)")
                .hasMessageContaining("the learning rate was 0.");
    }

    @Test
    void anUpdateThatWentTooFarIsNamed() {
        Module model = independent(Backends.open("cpu", 2)).initialize(Rng.of(3));
        Trainer trainer =
                trainer(model, sgd(model), 16, 0, new Trainer.Settings(1, new Schedule.Constant(1e38), 0, 0, 1, 0));
        assertThatThrownBy(() -> trainer.run(Progress.START))
                .isInstanceOf(Divergence.class)
                .hasMessageContaining("lower it, or clip gradients");
    }

    private static double[] flat(Module model) {
        return model.parameters().values().stream()
                .flatMapToDouble(tensor -> java.util.Arrays.stream(tensor.toDoubles()))
                .toArray();
    }

    /** One epoch of one batch of all the images, without shuffling. */
    private void oneStep(Module model, int batch, Trainer.Settings settings, List<Trainer> made) {
        LoaderSettings plain = new LoaderSettings(batch, false, true, Augmentation.none(), NORMAL, 0);
        Trainer trainer = new Trainer(
                model,
                new Sgd(model.parameters(), 0, 0, false, true),
                loader(new Stripes("train", 24, 1), plain),
                loader(
                        new Stripes("test", 12, 2),
                        LoaderSettings.evaluation(12, NORMAL).withThreads(0)),
                settings);
        made.add(trainer);
        trainer.run(Progress.START);
    }

    @Test
    void clippingLimitsTheNormOfTheWholeGradient() {
        Module model = independent(Backends.open("reference")).initialize(Rng.of(3));
        double[] before = flat(model);
        oneStep(model, 24, new Trainer.Settings(1, new Schedule.Constant(2), 0, 1e-3, 1, 0), new ArrayList<>());
        double[] after = flat(model);
        double squares = 0;
        for (int i = 0; i < before.length; i++) {
            squares += (after[i] - before[i]) * (after[i] - before[i]);
        }
        assertThat(Math.sqrt(squares)).isCloseTo(2 * 1e-3, within(1e-12));
    }

    @Test
    void aLimitAboveTheNormChangesNothing() {
        Module clipped = independent(Backends.open("reference")).initialize(Rng.of(3));
        Module free = independent(Backends.open("reference")).initialize(Rng.of(3));
        oneStep(clipped, 24, new Trainer.Settings(1, new Schedule.Constant(1), 0, 1e6, 1, 0), new ArrayList<>());
        oneStep(free, 24, new Trainer.Settings(1, new Schedule.Constant(1), 0, 0, 1, 0), new ArrayList<>());
        assertThat(flat(clipped)).isEqualTo(flat(free));
    }

    @Test
    void twoAccumulatedBatchesEqualOneOfBoth() {
        Module twice = independent(Backends.open("reference")).initialize(Rng.of(3));
        Module once = independent(Backends.open("reference")).initialize(Rng.of(3));
        oneStep(twice, 12, new Trainer.Settings(1, new Schedule.Constant(1), 0.1, 0, 2, 0), new ArrayList<>());
        oneStep(once, 24, new Trainer.Settings(1, new Schedule.Constant(1), 0.1, 0, 1, 0), new ArrayList<>());
        assertThat(flat(twice)).containsExactly(flat(once), within(1e-12));
    }

    @Test
    void theMovingAverageFollowsTheModelAndSwapsInPlace() {
        Module model = independent(Backends.open("reference")).initialize(Rng.of(3));
        double[] before = flat(model);
        List<Trainer> made = new ArrayList<>();
        oneStep(model, 24, new Trainer.Settings(1, new Schedule.Constant(1), 0, 0, 1, 0.75), made);
        double[] after = flat(model);
        double[] expected = new double[before.length];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = 0.75 * before[i] + 0.25 * after[i];
        }
        MovingAverage average = made.get(0).average();
        average.swap();
        assertThat(flat(model)).containsExactly(expected, within(1e-12));
        average.swap();
        assertThat(flat(model)).isEqualTo(after);
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> new Trainer.Settings(0, new Schedule.Constant(1), 0, 0, 1, 0))
                .hasMessageContaining("epochs 0");
        assertThatThrownBy(() -> new Trainer.Settings(1, new Schedule.Constant(1), 1, 0, 1, 0))
                .hasMessageContaining("smoothing 1.0");
    }

    @Test
    void aModelWithTooFewOutputsIsNamedWithTheDataSet() {
        Backend backend = Backends.open("cpu", 2);
        Module model = new Sequential(
                backend,
                new Activation(backend, "GlobalAveragePool", Tensor::globalAveragePool),
                new Linear(backend, 3, 2));
        assertThatThrownBy(() ->
                        trainer(model, sgd(model), 16, 0, settings(1, 0.1)).run(Progress.START))
                .hasMessage("the model has 2 outputs, the data set train has 3 classes");
    }
}
