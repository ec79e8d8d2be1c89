package scgrad.experiments.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import scgrad.experiments.study.Shard;
import scgrad.experiments.study.Study;

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
        StudyProgress.run(
                study,
                part,
                options.data(),
                backend.open(),
                options.folder(study),
                options.classNames(study.recipe()),
                out(),
                err());
        return DONE;
    }
}
