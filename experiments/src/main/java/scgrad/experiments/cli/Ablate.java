package scgrad.experiments.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import scgrad.core.array.Backend;
import scgrad.experiments.run.Environment;
import scgrad.experiments.run.Metrics;
import scgrad.experiments.run.RunConfig;
import scgrad.experiments.study.Study;
import scgrad.experiments.study.StudyRunner;
import scgrad.nn.train.Trainer;

/** {@code scgrad ablate}: the paper's design choices, trained, tabulated and plotted. */
@Command(
        name = "ablate",
        description = {
            "Trains the paper's design choices (plain, no calibration, no identity, r = 1, 2, 4, AVG and MAX) and writes a table and plots.",
            "Without options: on the built-in data set, in a few minutes. A stopped study goes on where it was."
        },
        footer = {"", "Example:", "  scgrad ablate --data cifar10 --network resnet20 --seeds 3 --epochs 10"})
final class Ablate extends SubCommand {
    @Option(
            names = "--network",
            paramLabel = "NAME",
            description = "The plain network; its sc_ form is varied (default: resnet8, on other data resnet20).")
    private String network;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "1",
            description = "Trainings of each variant, from --seed on (default: 1).")
    private int seeds;

    @Mixin
    private RecipeOptions recipe;

    @Mixin
    private BackendOptions backend;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder of results (default: results/design-choices-DATA).")
    private Path out;

    @Override
    public Integer call() throws Exception {
        RunConfig config = recipe.config(null);
        if (seeds < 1) {
            throw new IllegalArgumentException("--seeds " + seeds + " must be at least 1");
        }
        String plain = network != null ? network : config.model().replaceFirst("^sc_", "");
        Study study = Study.designChoices(
                plain,
                LongStream.range(config.seed(), config.seed() + seeds).boxed().toList(),
                config);
        Path folder = out != null ? out : Path.of("results", study.name());
        Backend used = backend.open();
        out().println(Environment.headline(used, config.seed()));
        out().println(study.title() + ": " + study.members().size() + " trainings of " + config.epochs()
                + " epochs, results in " + folder);
        new StudyRunner(study, recipe.data().directory(), used, folder).run(command(), new StudyRunner.Observer() {
            @Override
            public Trainer.Listener begins(Study.Member member, int number, int count) {
                return new Quiet(new TrainingLine(
                        number + "/" + count + " " + member.variant().label() + ", ",
                        member.config().epochs(),
                        out(),
                        err()));
            }

            @Override
            public void ended(Study.Member member, List<Metrics> metrics, boolean skipped) {
                Metrics last = metrics.get(metrics.size() - 1);
                out().printf(
                                Locale.ROOT,
                                "%-20s seed %d: %.2f %%%s%n",
                                member.variant().label(),
                                member.seed(),
                                100 * last.accuracy(),
                                skipped ? " (was complete)" : "");
                out().flush();
            }
        });
        out().println("table and plots: " + folder.resolve("README.md"));
        return DONE;
    }

    private String command() {
        return "./scgrad "
                + String.join(
                        " ", spec().commandLine().getParent().getParseResult().originalArgs());
    }

    /** Shows steps, but leaves the line after each epoch out: a study has many. */
    private record Quiet(Trainer.Listener line) implements Trainer.Listener {
        @Override
        public void onStep(Trainer.Step step) {
            line.onStep(step);
        }
    }
}
