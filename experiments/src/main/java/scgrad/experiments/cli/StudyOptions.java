package scgrad.experiments.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import scgrad.experiments.data.Datasets;
import scgrad.experiments.run.RunConfig;
import scgrad.experiments.study.Studies;
import scgrad.experiments.study.Study;

/** Which study, with what on top, in which folder. */
final class StudyOptions {
    @Parameters(
            index = "0",
            paramLabel = "STUDY",
            description = "A built-in study ('scgrad study list'), a JSON file, or a folder of results.")
    private String name;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "On top of the file: network=resnet32, seeds=0,1,2, or any setting of a run, as in epochs=10, data=cifar100.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--out", paramLabel = "DIR", description = "Folder of results (default: results/STUDY).")
    private Path out;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Where downloaded data lie (default: $SCGRAD_DATA, or ./data).")
    private Path directory;

    Study open() throws IOException {
        return Studies.open(name, settings);
    }

    Path folder(Study study) {
        return out != null ? out : Files.isDirectory(Path.of(name)) ? Path.of(name) : Path.of("results", study.name());
    }

    Path data() {
        return directory != null ? directory : Datasets.defaultDirectory();
    }

    /** The data set's class names; none where the data are not at hand, as a report needs no data. */
    List<String> classNames(RunConfig recipe) {
        try {
            return Datasets.open(recipe.choice(data()).limited(10, 10)).test().classNames();
        } catch (IOException | IllegalArgumentException notHere) {
            return List.of();
        }
    }
}
