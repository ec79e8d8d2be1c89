package scgrad.experiments.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import scgrad.core.array.Backend;
import scgrad.experiments.data.BrokenFiles;
import scgrad.experiments.run.Environment;
import scgrad.experiments.run.RunRecord;
import scgrad.experiments.study.Shard;
import scgrad.experiments.study.Study;
import scgrad.experiments.study.StudyReport;
import scgrad.experiments.study.StudyRunner;
import scgrad.nn.train.Trainer;

/** Shows a study: a line while a run trains, one line after it, and then the report, so that a stopped study can be read. */
final class StudyProgress implements StudyRunner.Observer {
    private final Study study;
    private final Path folder;
    private final List<String> classes;
    private final PrintWriter out;
    private final PrintWriter err;
    /** Whether the report tells of all that ended. */
    private boolean reported;

    /** Trains what is not complete of a shard, and writes the report. */
    static void run(
            Study study,
            Shard shard,
            Path data,
            Backend backend,
            Path folder,
            List<String> classes,
            PrintWriter out,
            PrintWriter err)
            throws IOException {
        out.println(Environment.headline(backend, study.seeds().get(0)));
        out.println(study.title() + ": " + study.members().size() + " trainings of "
                + study.recipe().epochs() + " epochs, results in " + folder);
        StudyProgress progress = new StudyProgress(study, folder, classes, out, err);
        new StudyRunner(study, data, backend, folder).run(shard, progress);
        if (!progress.reported) {
            StudyReport.write(study, folder, classes);
        }
        out.println("report: " + folder.resolve("README.md") + " and " + folder.resolve("report.html"));
    }

    /** @param classes names of the classes, for the report; may be empty */
    private StudyProgress(Study study, Path folder, List<String> classes, PrintWriter out, PrintWriter err) {
        this.study = study;
        this.folder = folder;
        this.classes = classes;
        this.out = out;
        this.err = err;
    }

    @Override
    public Trainer.Listener begins(Study.Member member, int number, int count) {
        String title = number + "/" + count + " " + member.variant().label() + " seed " + member.seed() + ", ";
        return new Quiet(new TrainingLine(title, member.config().epochs(), out, err));
    }

    @Override
    public void ended(Study.Member member, RunRecord record, boolean skipped) throws IOException {
        out.printf(
                Locale.ROOT,
                "%-28s seed %d: %.2f %%, %s%s%n",
                member.variant().label(),
                member.seed(),
                100 * record.last().accuracy(),
                ProgressLine.duration(record.seconds()),
                skipped ? " (was complete)" : "");
        out.flush();
        if (!skipped) {
            StudyReport.write(study, folder, classes);
        }
        reported = !skipped;
    }

    @Override
    public BrokenFiles.Listener checking() {
        return new BrokenFilesLine(err);
    }

    @Override
    public void busy(Study.Member member) {
        out.printf("%-28s seed %d: another process is at it%n", member.variant().label(), member.seed());
        out.flush();
    }

    /** Shows steps, but leaves the line after each epoch out: a study has many. */
    private record Quiet(Trainer.Listener line) implements Trainer.Listener {
        @Override
        public void onStep(Trainer.Step step) {
            line.onStep(step);
        }
    }
}
