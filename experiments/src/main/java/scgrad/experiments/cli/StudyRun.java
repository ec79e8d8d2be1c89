package scgrad.experiments.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import scgrad.core.array.Backend;
import scgrad.experiments.run.Environment;
import scgrad.experiments.study.Shard;
import scgrad.experiments.study.Study;
import scgrad.experiments.study.StudyReport;
import scgrad.experiments.study.StudyRunner;

/** {@code scgrad study run}. */
@Command(
        name = "run",
        description = {
            "Trains what is not complete of a study, and writes its report after each run.",
            "A stopped study goes on where it was, to the same bits. Several processes may share one folder."
        })
final class StudyRun extends SubCommand {
    @Mixin
    private StudyOptions options;

    @Option(
            names = "--shard",
            paramLabel = "I/N",
            defaultValue = "1/1",
            description = "Only every N-th run, from the I-th on, for N processes or machines on one folder.")
    private String shard;

    @Mixin
    private BackendOptions backend;

    @Override
    public Integer call() throws Exception {
        Study study = options.open();
        Shard part = Shard.parse(shard);
        Path folder = options.folder(study);
        Backend used = backend.open();
        out().println(Environment.headline(used, study.seeds().get(0)));
        out().println(study.title() + ": " + study.members().size() + " trainings of "
                + study.recipe().epochs() + " epochs, results in " + folder);
        List<String> classes = options.classNames(study.recipe());
        new StudyRunner(study, options.data(), used, folder)
                .run(part, new StudyProgress(study, folder, classes, out(), err()));
        StudyReport.write(study, folder, classes);
        out().println("report: " + folder.resolve("README.md") + " and " + folder.resolve("report.html"));
        return DONE;
    }
}
