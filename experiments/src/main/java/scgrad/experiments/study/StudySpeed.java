package scgrad.experiments.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;
import scgrad.core.array.Backend;

/** Measures a study's variants for its report. */
public final class StudySpeed {
    private StudySpeed() {}

    /** Writes {@code speed.csv} and returns its figures as lines; {@code progress} is told what is going on. */
    public static String measure(Study study, Backend backend, Path folder, Consumer<String> progress)
            throws IOException {
        Files.createDirectories(folder);
        Speeds speeds = Speeds.measure(study, backend, progress);
        speeds.write(folder);
        StringBuilder lines = new StringBuilder();
        speeds.byVariant()
                .forEach((variant, speed) -> lines.append(String.format(
                        Locale.ROOT,
                        "%-20s %8.1f img/s training %8.1f img/s inference%n",
                        variant,
                        speed.training(),
                        speed.inference())));
        return lines.toString();
    }
}
