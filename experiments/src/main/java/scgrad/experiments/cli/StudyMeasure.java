package scgrad.experiments.cli;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import scgrad.core.array.Backend;
import scgrad.experiments.run.Environment;
import scgrad.experiments.study.Study;
import scgrad.experiments.study.StudySpeed;

/** {@code scgrad study measure}. */
@Command(
        name = "measure",
        description = {
            "Measures the images per second of each variant, training and inference, for the report.",
            "The variants take turns; let nothing else run on the machine."
        })
final class StudyMeasure extends SubCommand {
    @Mixin
    private StudyOptions options;

    @Mixin
    private BackendOptions backend;

    @Override
    public Integer call() throws Exception {
        Study study = options.open();
        Path folder = options.folder(study);
        Backend used = backend.open();
        out().println(Environment.headline(used, 0));
        out().print(StudySpeed.measure(study, used, folder, line -> {
            err().println(line);
            err().flush();
        }));
        out().println("written to " + folder);
        return DONE;
    }
}
