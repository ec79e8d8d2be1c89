package scgrad.experiments.study;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import scgrad.nn.Suggestion;

/** Finds studies by the name that users type: a built-in one, a JSON file, or a folder of results. */
public final class Studies {
    /** The built-in studies, files beside this class in {@code scgrad/studies}; a new one is a file and a word here. */
    private static final List<String> BUILT_IN = List.of(
            "design-choices",
            "design-choices-context",
            "attention",
            "backbones",
            "depth",
            "stages",
            "field-of-view",
            "imagenet",
            "imagenet-mini");

    /** In a folder of results: the study with everything resolved. */
    static final String RECORD = "study.json";

    private Studies() {}

    /** The names of the built-in studies. */
    public static List<String> names() {
        return BUILT_IN;
    }

    /** Opens a study as it is. */
    public static Study open(String name) throws IOException {
        return open(name, Map.of());
    }

    /**
     * Opens a study.
     *
     * @param name of a built-in study, or a JSON file, or a folder of results
     * @param settings on top: {@code network}, {@code seeds}, or any setting of a run
     */
    public static Study open(String name, Map<String, String> settings) throws IOException {
        if (BUILT_IN.contains(name)) {
            return StudyFile.read("study " + name, resource(name), Studies::resource, settings);
        }
        Path file = Path.of(name);
        if (Files.isDirectory(file)) {
            file = file.resolve(RECORD);
        }
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("there is no study '" + name + "'" + Suggestion.clause(name, BUILT_IN)
                    + "; expected a JSON file, a folder of results with " + RECORD + ", or one of "
                    + String.join(", ", BUILT_IN));
        }
        Path folder = file.toAbsolutePath().getParent();
        StudyFile.Source parents =
                parent -> BUILT_IN.contains(parent) ? resource(parent) : Files.readString(folder.resolve(parent));
        return StudyFile.read(file.toString(), Files.readString(file), parents, settings);
    }

    private static String resource(String name) throws IOException {
        if (!BUILT_IN.contains(name)) {
            throw new IllegalArgumentException(
                    "there is no built-in study '" + name + "'" + Suggestion.clause(name, BUILT_IN));
        }
        try (InputStream stream = Studies.class.getResourceAsStream("/scgrad/studies/" + name + ".json")) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
