package scgrad.experiments.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import scgrad.experiments.run.RunRecord;
import scgrad.experiments.study.Study;
import scgrad.experiments.study.StudyRunner;

/** {@code scgrad study show}. */
@Command(name = "show", description = "What a study asks and how, its runs, and which of them are complete.")
final class StudyShow extends SubCommand {
    @Mixin
    private StudyOptions options;

    @Override
    public Integer call() throws IOException {
        Study study = options.open();
        Path folder = options.folder(study);
        out().println(study.title());
        out().println(study.question());
        if (!study.choice().isBlank()) {
            out().println(study.choice());
        }
        out().println(study.recipe().json());
        out().printf("%-28s %-40s %-5s %s%n", "variant", "model", "seed", "in " + folder);
        for (Study.Member member : study.members()) {
            Optional<RunRecord> record = StudyRunner.complete(member, folder);
            out().printf(
                            "%-28s %-40s %-5d %s%n",
                            member.variant().label(),
                            member.config().model(),
                            member.seed(),
                            record.map(run -> run.last().testCorrect() + " of "
                                            + run.last().testImages())
                                    .orElse("-"));
        }
        return DONE;
    }
}
