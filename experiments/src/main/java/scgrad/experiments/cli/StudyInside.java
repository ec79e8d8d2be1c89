package scgrad.experiments.cli;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import scgrad.core.array.Backend;
import scgrad.experiments.data.Datasets;
import scgrad.experiments.study.InsideViews;
import scgrad.experiments.study.Study;
import scgrad.experiments.study.StudyReport;

/** {@code scgrad study inside}. */
@Command(
        name = "inside",
        description = {
            "Looks into the trained networks of a study, for its report: Grad-CAM, effective receptive fields, gates.",
            "It needs the weights that the trainings left in their folders."
        })
final class StudyInside extends SubCommand {
    @Mixin
    private StudyOptions options;

    @Mixin
    private BackendOptions backend;

    @Override
    public Integer call() throws Exception {
        Study study = options.open();
        Path folder = options.folder(study);
        Datasets.Split split = Datasets.open(study.recipe().choice(options.data()));
        Backend used = backend.open();
        InsideViews.write(study, folder, split, used, line -> {
            err().println(line);
            err().flush();
        });
        StudyReport.write(study, folder, split.test().classNames());
        out().println("report: " + folder.resolve("README.md") + " and " + folder.resolve("report.html"));
        return DONE;
    }
}
