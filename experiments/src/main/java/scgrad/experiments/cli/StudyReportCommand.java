package scgrad.experiments.cli;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import scgrad.experiments.study.Study;
import scgrad.experiments.study.StudyReport;

/** {@code scgrad study report}. */
@Command(
        name = "report",
        description = {
            "Writes a study's report anew from its runs: README.md, report.html, table.csv and plots.",
            "The text of a file reading.md in the folder becomes part of it."
        })
final class StudyReportCommand extends SubCommand {
    @Mixin
    private StudyOptions options;

    @Override
    public Integer call() throws Exception {
        Study study = options.open();
        Path folder = options.folder(study);
        int runs = StudyReport.write(study, folder, options.classNames(study.recipe()));
        out().println(runs + " of " + study.members().size() + " runs; report: " + folder.resolve("README.md") + " and "
                + folder.resolve("report.html"));
        return DONE;
    }
}
