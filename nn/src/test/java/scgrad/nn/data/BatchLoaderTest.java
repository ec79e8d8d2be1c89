package scgrad.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class BatchLoaderTest {
    private static final Normalization PLAIN = Normalization.of("none");
    private static final Augmentation EVERYTHING = new Augmentation(2, true, 3, 0.4, 1.0);

    private record Seen(int number, List<Integer> indices, float[] images, float[] targets, int[] labels) {}

    private static List<Seen> read(BatchLoader loader, int epoch, int first) {
        List<Seen> seen = new ArrayList<>();
        try (BatchLoader.Epoch batches = loader.epoch(epoch, first)) {
            while (batches.hasNext()) {
                Batch batch = batches.next();
                List<Integer> indices = new ArrayList<>();
                for (int index : batch.indices()) {
                    indices.add(index);
                }
                seen.add(new Seen(
                        batch.number(),
                        indices,
                        batch.images().clone(),
                        batch.targets().clone(),
                        batch.labels().clone()));
                loader.recycle(batch);
            }
        }
        return seen;
    }

    private static void assertSame(List<Seen> actual, List<Seen> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            assertThat(actual.get(i).number()).isEqualTo(expected.get(i).number());
            assertThat(actual.get(i).indices()).isEqualTo(expected.get(i).indices());
            assertThat(actual.get(i).images()).isEqualTo(expected.get(i).images());
            assertThat(actual.get(i).targets()).isEqualTo(expected.get(i).targets());
            assertThat(actual.get(i).labels()).isEqualTo(expected.get(i).labels());
        }
    }

    private static LoaderSettings training(int batchSize, boolean dropLast, int threads) {
        return new LoaderSettings(batchSize, true, dropLast, EVERYTHING, PLAIN, threads);
    }

    @Test
    void anyNumberOfThreadsGivesTheSameBits() {
        Dataset dataset = new CountingDataset(103, 8, 8, 5);
        try (BatchLoader none = new BatchLoader(dataset, training(10, false, 0), 3);
                BatchLoader one = new BatchLoader(dataset, training(10, false, 1), 3);
                BatchLoader four = new BatchLoader(dataset, training(10, false, 4), 3)) {
            for (int epoch = 0; epoch < 3; epoch++) {
                List<Seen> expected = read(none, epoch, 0);
                assertSame(read(one, epoch, 0), expected);
                assertSame(read(four, epoch, 0), expected);
            }
        }
    }

    /** Each image by its index, whatever the order, the batches and the threads. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.4})
    void resizedCropsAndColoursFollowFromTheSampleAlone(double jitter) {
        Dataset dataset = new CountingDataset(30, 8, 8, 5);
        Augmentation resized = new Augmentation(0, true, 0, 0, 0, 0.2, jitter);
        List<List<float[]>> runs = new ArrayList<>();
        for (int[] run : new int[][] {{30, 0}, {7, 1}, {4, 3}}) {
            List<float[]> images = new ArrayList<>(java.util.Collections.nCopies(30, null));
            LoaderSettings settings = new LoaderSettings(run[0], run[1] == 3, false, resized, PLAIN, run[1]);
            try (BatchLoader loader = new BatchLoader(dataset, settings, 3)) {
                for (Seen batch : read(loader, 1, 0)) {
                    for (int i = 0; i < batch.indices().size(); i++) {
                        images.set(batch.indices().get(i), Arrays.copyOfRange(batch.images(), i * 192, (i + 1) * 192));
                    }
                }
            }
            runs.add(images);
        }
        for (int i = 0; i < 30; i++) {
            assertThat(runs.get(1).get(i)).isEqualTo(runs.get(0).get(i));
            assertThat(runs.get(2).get(i)).isEqualTo(runs.get(0).get(i));
            float[] plain = new float[192];
            dataset.image(i, plain, 0);
            assertThat(runs.get(0).get(i)).isNotEqualTo(plain);
        }
    }

    @Test
    void anEpochEnteredInTheMiddleGoesOnTheSame() {
        Dataset dataset = new CountingDataset(60, 8, 8, 5);
        try (BatchLoader loader = new BatchLoader(dataset, training(8, true, 2), 3)) {
            List<Seen> whole = read(loader, 4, 0);
            assertThat(whole).hasSize(7);
            assertSame(read(loader, 4, 3), whole.subList(3, 7));
            assertThat(read(loader, 4, 7)).isEmpty();
            assertThatThrownBy(() -> loader.epoch(4, 8)).hasMessageContaining("no batch 8, an epoch has 7");
        }
    }

    @Test
    void everyImageOnceInAnOrderOfTheEpochsOwn() {
        Dataset dataset = new CountingDataset(50, 4, 4, 5);
        try (BatchLoader loader = new BatchLoader(dataset, training(7, false, 2), 3)) {
            List<Integer> first = new ArrayList<>();
            read(loader, 0, 0).forEach(batch -> first.addAll(batch.indices()));
            List<Integer> second = new ArrayList<>();
            read(loader, 1, 0).forEach(batch -> second.addAll(batch.indices()));
            assertThat(first).hasSize(50).doesNotHaveDuplicates().isNotEqualTo(second);
            assertThat(second).hasSize(50).doesNotHaveDuplicates();
            assertThat(loader.images()).isEqualTo(50);
        }
        try (BatchLoader other = new BatchLoader(dataset, training(7, true, 2), 4)) {
            assertThat(other.batches()).isEqualTo(7);
            assertThat(other.images()).isEqualTo(49);
        }
    }

    @Test
    void evaluationReadsImagesInOrderAndUnchanged() {
        CountingDataset dataset = new CountingDataset(11, 4, 4, 5);
        try (BatchLoader loader = new BatchLoader(dataset, LoaderSettings.evaluation(4, PLAIN), 3)) {
            List<Seen> seen = read(loader, 0, 0);
            assertThat(seen).extracting(Seen::number).containsExactly(0, 1, 2);
            assertThat(seen.get(2).indices()).containsExactly(8, 9, 10);
            assertThat(seen.get(2).labels()).containsExactly(3, 4, 0);
            float[] image = new float[48];
            dataset.image(9, image, 0);
            assertThat(seen.get(2).images()).hasSize(3 * 48).containsSequence(image);
            assertThat(seen.get(2).targets()).containsExactly(0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0);
        }
    }

    @Test
    void aSamplesCropDoesNotDependOnItsBatch() {
        Dataset dataset = new CountingDataset(24, 8, 8, 5);
        Augmentation standard = new Augmentation(2, true, 3, 0, 0);
        try (BatchLoader shuffled =
                        new BatchLoader(dataset, new LoaderSettings(5, true, false, standard, PLAIN, 1), 9);
                BatchLoader ordered =
                        new BatchLoader(dataset, new LoaderSettings(24, false, false, standard, PLAIN, 1), 9)) {
            float[] all = read(ordered, 2, 0).get(0).images();
            for (Seen batch : read(shuffled, 2, 0)) {
                for (int i = 0; i < batch.indices().size(); i++) {
                    int index = batch.indices().get(i);
                    assertThat(Arrays.copyOfRange(batch.images(), i * 192, (i + 1) * 192))
                            .isEqualTo(Arrays.copyOfRange(all, index * 192, (index + 1) * 192));
                }
            }
        }
    }

    @Test
    void mixupBlendsImagesAndTargetsByTheSameWeight() {
        checkBlend(new Augmentation(0, false, 0, 0.7, 0), true);
    }

    @Test
    void cutmixPastesABoxAndWeighsItByItsArea() {
        checkBlend(new Augmentation(0, false, 0, 0, 1.0), false);
    }

    /** Finds each blended image's partner by its target, and the weight again from the pixels. */
    private static void checkBlend(Augmentation augmentation, boolean everywhere) {
        CountingDataset dataset = new CountingDataset(16, 8, 8, 16);
        LoaderSettings settings = new LoaderSettings(16, true, true, augmentation, PLAIN, 2);
        int blended = 0;
        try (BatchLoader loader = new BatchLoader(dataset, settings, 1)) {
            for (int epoch = 0; epoch < 5; epoch++) {
                Seen batch = read(loader, epoch, 0).get(0);
                for (int i = 0; i < 16; i++) {
                    int own = batch.labels()[i];
                    float weight = batch.targets()[i * 16 + own];
                    int partner = -1;
                    double sum = 0;
                    for (int k = 0; k < 16; k++) {
                        sum += batch.targets()[i * 16 + k];
                        partner = k != own && batch.targets()[i * 16 + k] > 0 ? k : partner;
                    }
                    assertThat(sum).isCloseTo(1, within(1e-6));
                    if (partner < 0) {
                        continue;
                    }
                    blended++;
                    int changed = 0;
                    for (int p = 0; p < 64; p++) {
                        float actual = batch.images()[(i * 64 + p) * 3];
                        float mine = CountingDataset.value(own, p / 8, p % 8, 0);
                        float theirs = CountingDataset.value(partner, p / 8, p % 8, 0);
                        if (everywhere) {
                            assertThat(actual).isCloseTo(weight * mine + (1 - weight) * theirs, within(1e-4f));
                        } else {
                            assertThat(actual == mine || actual == theirs).isTrue();
                            changed += actual == theirs ? 1 : 0;
                        }
                    }
                    if (!everywhere) {
                        assertThat(1 - weight).isCloseTo(changed / 64f, within(1e-6f));
                    }
                }
            }
        }
        assertThat(blended).isGreaterThan(40);
    }

    @Test
    void buffersAreUsedAgain() {
        Dataset dataset = new CountingDataset(400, 4, 4, 5);
        List<float[]> arrays = new ArrayList<>();
        try (BatchLoader loader = new BatchLoader(dataset, training(4, true, 2), 3);
                BatchLoader.Epoch batches = loader.epoch(0)) {
            while (batches.hasNext()) {
                Batch batch = batches.next();
                if (arrays.stream().noneMatch(array -> array == batch.images())) {
                    arrays.add(batch.images());
                }
                loader.recycle(batch);
            }
        }
        assertThat(arrays).hasSizeLessThan(12);
    }

    @Test
    void givingABatchBackTwiceIsAnError() {
        try (BatchLoader loader = new BatchLoader(
                        new CountingDataset(4, 4, 4, 5),
                        LoaderSettings.evaluation(2, PLAIN).withThreads(0),
                        3);
                BatchLoader.Epoch batches = loader.epoch(0)) {
            Batch batch = batches.next();
            loader.recycle(batch);
            assertThatThrownBy(() -> loader.recycle(batch)).hasMessage("counting: batch 0 was recycled before");
        }
    }

    @Test
    void anErrorOfAWorkerComesOutAtItsBatch() {
        CountingDataset good = new CountingDataset(40, 4, 4, 5);
        Dataset bad = new Dataset() {
            @Override
            public String name() {
                return "bad";
            }

            @Override
            public int size() {
                return good.size();
            }

            @Override
            public List<String> classNames() {
                return good.classNames();
            }

            @Override
            public int height() {
                return 4;
            }

            @Override
            public int width() {
                return 4;
            }

            @Override
            public int channels() {
                return 3;
            }

            @Override
            public int label(int index) {
                return 0;
            }

            @Override
            public void image(int index, float[] into, int offset) {
                if (index == 25) {
                    throw new IllegalArgumentException("bad: image 25 is broken");
                }
                good.image(index, into, offset);
            }
        };
        for (int threads : new int[] {0, 2}) {
            LoaderSettings settings = LoaderSettings.evaluation(10, PLAIN).withThreads(threads);
            try (BatchLoader loader = new BatchLoader(bad, settings, 0);
                    BatchLoader.Epoch batches = loader.epoch(0)) {
                assertThat(batches.next().number()).isZero();
                assertThat(batches.next().number()).isEqualTo(1);
                assertThatThrownBy(batches::next)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("bad: image 25 is broken");
            }
        }
    }

    @Test
    void closingStopsTheThreadsAndTheEpoch() throws InterruptedException {
        Dataset dataset = new CountingDataset(1000, 4, 4, 5);
        BatchLoader loader = new BatchLoader(dataset, training(4, true, 3), 3);
        BatchLoader.Epoch batches = loader.epoch(0);
        batches.next();
        batches.close();
        assertThat(batches.hasNext()).isFalse();
        assertThatThrownBy(batches::next).isInstanceOf(NoSuchElementException.class);
        assertThat(loaderThreads()).isNotEmpty().allMatch(Thread::isDaemon);
        loader.close();
        for (Thread thread : loaderThreads()) {
            thread.join(10_000);
        }
        assertThat(loaderThreads()).isEmpty();
    }

    private static List<Thread> loaderThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("scgrad-loader"))
                .toList();
    }

    @Test
    void settingsThatCannotWorkAreRefused() {
        Dataset dataset = new CountingDataset(5, 4, 4, 5);
        assertThatThrownBy(() -> new BatchLoader(dataset, LoaderSettings.training(8, PLAIN), 0))
                .hasMessage("counting: 5 images make no batch of 8, choose a smaller batch");
        assertThatThrownBy(() -> new BatchLoader(
                        dataset,
                        LoaderSettings.training(2, new Normalization("grey", new float[] {0}, new float[] {1})),
                        0))
                .hasMessageContaining("normalization grey is for 1 channels, the images have 3");
        assertThatThrownBy(() -> LoaderSettings.training(0, PLAIN)).hasMessageContaining("batch size 0");
    }

    @Test
    void aBalancedSubsetTakesTheClassesInTurn() {
        CountingDataset whole = new CountingDataset(50, 4, 4, 5);
        Dataset part = Subset.balanced(whole, 12);
        int[] counts = new int[5];
        for (int i = 0; i < part.size(); i++) {
            counts[part.label(i)]++;
        }
        assertThat(counts).containsExactly(3, 3, 2, 2, 2);
        assertThat(Subset.balanced(whole, 0)).isSameAs(whole);
        assertThat(Subset.balanced(whole, 50)).isSameAs(whole);
        float[] image = new float[48];
        part.image(7, image, 0);
        assertThat(image[0])
                .isEqualTo(CountingDataset.value(((Subset) part).indices().get(7), 0, 0, 0));
    }
}
