package scgrad.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scgrad.core.Rng;
import scgrad.core.array.Backends;
import scgrad.experiments.data.BrokenFiles;
import scgrad.experiments.data.Datasets;
import scgrad.experiments.run.RunRecord;
import scgrad.nn.train.Trainer;

/** A study stopped anywhere and begun again is the study that was not stopped; what is complete is not trained again. */
class StudyRunnerTest {
    @TempDir
    Path folder;

    private static final class Stop extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** Watches, and may stop in the middle of a run. */
    private static final class Watch implements StudyRunner.Observer {
        private final List<String> trained = new ArrayList<>();
        private final List<String> skipped = new ArrayList<>();
        private int left;

        private Watch(int steps) {
            left = steps;
        }

        @Override
        public Trainer.Listener begins(Study.Member member, int number, int count) {
            return new Trainer.Listener() {
                @Override
                public void onStep(Trainer.Step step) {
                    if (left-- == 0) {
                        throw new Stop();
                    }
                }
            };
        }

        @Override
        public BrokenFiles.Listener checking() {
            return BrokenFiles.Listener.NONE;
        }

        @Override
        public void ended(Study.Member member, RunRecord record, boolean already) {
            (already ? skipped : trained).add(member.id());
        }

        @Override
        public void busy(Study.Member member) {
            throw new AssertionError(member.id() + " is busy");
        }
    }

    private Study study() throws IOException {
        Path file = folder.resolve("small.json");
        Files.writeString(file, """
                {"name": "small", "title": "small", "seeds": [0, 1],
                 "recipe": {"data": "context", "epochs": 3, "batch": 16, "train_images": 64, "test_images": 40, "image_size": 16},
                 "variants": [{"id": "plain", "set": {"model": "resnet8[width=4]"}},
                              {"id": "sc", "set": {"model": "sc_resnet8[width=4]"}}]}""");
        return Studies.open(file.toString());
    }

    private void run(Study study, Path results, Shard shard, Watch watch) throws IOException {
        new StudyRunner(study, Datasets.defaultDirectory(), Backends.open("cpu", 2), results).run(shard, watch);
    }

    private static List<String> classes() {
        return List.of();
    }

    @Test
    void aStudyStoppedAtRandomPointsGivesTheSameTable() throws IOException {
        Study study = study();
        Path whole = folder.resolve("whole");
        run(study, whole, Shard.WHOLE, new Watch(Integer.MAX_VALUE));
        StudyReport.write(study, whole, classes());

        Path stopped = folder.resolve("stopped");
        Rng rng = Rng.of(7).stream("stops");
        int stops = 0;
        for (boolean done = false; !done; ) {
            try {
                run(study, stopped, Shard.WHOLE, new Watch(1 + rng.nextInt(14)));
                done = true;
            } catch (Stop stop) {
                stops++;
            }
        }
        assertThat(stops).isGreaterThan(2);
        StudyReport.write(study, stopped, classes());

        assertThat(Files.readAllBytes(stopped.resolve("table.csv")))
                .isEqualTo(Files.readAllBytes(whole.resolve("table.csv")));
        for (Study.Member member : study.members()) {
            for (String file : List.of("metrics.jsonl", "confusion.csv", "config.json", "weights.safetensors")) {
                assertThat(Files.readAllBytes(
                                StudyResults.runFolder(stopped, member).resolve(file)))
                        .as(member.id() + " " + file)
                        .isEqualTo(Files.readAllBytes(
                                StudyResults.runFolder(whole, member).resolve(file)));
            }
        }
    }

    @Test
    void aVariantThatCannotBeBuiltIsFoundBeforeTheFirstTraining() throws IOException {
        Path file = folder.resolve("wrong.json");
        Files.writeString(file, """
                {"name": "wrong", "recipe": {"data": "context", "epochs": 1, "train_images": 32, "test_images": 10},
                 "variants": [{"id": "plain", "set": {"model": "resnet8[width=4]"}},
                              {"id": "odd", "set": {"model": "resnet8[width=4,groups=3]"}}]}""");
        Watch watch = new Watch(Integer.MAX_VALUE);
        assertThatThrownBy(() -> run(Studies.open(file.toString()), folder.resolve("none"), Shard.WHOLE, watch))
                .hasMessageStartingWith("variant 'odd', resnet8[width=4,groups=3]: ");
        assertThat(watch.trained).isEmpty();
        assertThat(folder.resolve("none")).doesNotExist();
    }

    @Test
    void whatIsCompleteIsSkippedUnlessItsConfigurationChanged() throws IOException {
        Study study = study();
        Path results = folder.resolve("results");
        Watch first = new Watch(Integer.MAX_VALUE);
        run(study, results, Shard.parse("1/2"), first);
        assertThat(first.trained).containsExactly("plain-seed0", "plain-seed1");
        Watch second = new Watch(Integer.MAX_VALUE);
        run(study, results, Shard.WHOLE, second);
        assertThat(second.skipped).containsExactly("plain-seed0", "plain-seed1");
        assertThat(second.trained).containsExactly("sc-seed0", "sc-seed1");

        Study changed = Studies.open(folder.resolve("small.json").toString(), Map.of("rate", "0.01"));
        assertThatThrownBy(() -> run(changed, results, Shard.WHOLE, new Watch(Integer.MAX_VALUE)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another run's configuration");
        Study renamed = new Study("other", study.title(), "", "", study.recipe(), study.seeds(), study.variants());
        assertThatThrownBy(() -> run(renamed, results, Shard.WHOLE, new Watch(Integer.MAX_VALUE)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("holds the study 'small'");
    }

    @Test
    void theReportSaysWhatIsNoiseAndCarriesItsPictures() throws IOException {
        Study study = study();
        Path results = folder.resolve("report");
        assertThatThrownBy(() -> StudyReport.write(study, results, classes())).hasMessageContaining("no complete run");
        run(study, results, Shard.WHOLE, new Watch(Integer.MAX_VALUE));
        Files.writeString(results.resolve("reading.md"), "What somebody\nwrote.\n\nAnd more <.\n");
        assertThat(StudyReport.write(study, results, classes())).isEqualTo(4);
        String markdown = Files.readString(results.resolve("README.md"));
        assertThat(markdown)
                .contains("± ", "(2 seeds)", "What somebody wrote.", "./scgrad study run study.json", "not available");
        assertThat(markdown).containsPattern("Within noise|more than noise");
        String page = Files.readString(results.resolve("report.html"));
        assertThat(page).contains("data:image/png;base64,", "And more &lt;.").doesNotContain("src=\"accuracy");
        try (Stream<Path> files = Files.list(results)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .contains(
                            "accuracy.png",
                            "curves.png",
                            "loss.png",
                            "macs.png",
                            "classes.png",
                            "confusion-plain.png",
                            "confusion-sc.png");
        }
        assertThat(Files.readAllLines(results.resolve("table.csv"))).hasSize(5);
        String comparison = StudyComparison.of(results, "sc", results, "plain");
        assertThat(comparison).contains("seed", "mean", "model (sc_resnet8[width=4] and resnet8[width=4])");
        assertThatThrownBy(() -> StudyComparison.of(results, "sc", results, "plan"))
                .hasMessageContaining("did you mean 'plain'");
    }

    @Test
    void everyVariantIsTimed() throws IOException {
        Speeds speeds = Speeds.measure(study(), Backends.open("cpu", 2), line -> {});
        assertThat(speeds.byVariant()).containsOnlyKeys("plain", "sc");
        assertThat(speeds.byVariant().values()).allMatch(speed -> speed.training() > 0 && speed.inference() > 0);
    }

    @Test
    void trainedNetworksAreLookedInto() throws IOException {
        Study study = study();
        Path results = folder.resolve("inside");
        run(study, results, Shard.parse("1/2"), new Watch(Integer.MAX_VALUE));
        Datasets.Split split =
                Datasets.open(Datasets.Choice.of("context").sized(16).limited(20, 20));
        InsideViews.write(study, results, split, Backends.open("cpu", 2), line -> {});
        StudyReport.write(study, results, split.test().classNames());
        assertThat(results.resolve("gradcam.png")).isNotEmptyFile();
        assertThat(results.resolve("field.png")).isNotEmptyFile();
        // no gate in a plain network
        assertThat(results.resolve("calibration.png")).doesNotExist();
        // two seeds, before and after training, three stages
        assertThat(Files.readAllLines(results.resolve("field.csv"))).hasSize(1 + 2 * 2 * 3);
        assertThat(Files.readString(results.resolve("README.md")))
                .contains("## Looking inside", "(gradcam.png)", "| plain | trained | 3 |");
    }

    @Test
    void speedsAreReadAsTheyWereWritten() throws IOException {
        Speeds speeds = new Speeds("a machine", Map.of("plain", new Speeds.Speed(10.5, 20.5)));
        speeds.write(folder);
        assertThat(Speeds.read(folder)).isEqualTo(speeds);
        Files.writeString(folder.resolve("speed.csv"), "plain,fast,10\n");
        assertThatThrownBy(() -> Speeds.read(folder))
                .hasMessageContaining("speed.csv")
                .hasMessageContaining("fast");
    }
}
