package scgrad.experiments.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import scgrad.nn.Suggestion;

/**
 * Settings to begin with, as a JSON object of keys of {@link RunConfig}; what it leaves out is the data set's usual. Some come with the
 * program, {@code imagenet} and {@code imagenet-mini}; any file is one too, a run's {@code config.json} among them.
 */
public record Recipe(String name, JsonNode settings) {
    private static final List<String> NAMES = List.of("imagenet", "imagenet-mini");

    /** By name, or from a file. */
    public static Recipe of(String nameOrFile) throws IOException {
        if (NAMES.contains(nameOrFile)) {
            try (InputStream in = Recipe.class.getResourceAsStream("/scgrad/recipes/" + nameOrFile + ".json")) {
                return parse(nameOrFile, new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        Path file = Path.of(nameOrFile);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("recipe: there is no '" + nameOrFile + "'"
                    + Suggestion.clause(nameOrFile, NAMES) + "; expected " + String.join(", ", NAMES)
                    + ", or a JSON file of settings");
        }
        return parse(nameOrFile, Files.readString(file));
    }

    static Recipe parse(String name, String json) throws IOException {
        JsonNode settings;
        try {
            settings = new ObjectMapper().readTree(json);
        } catch (JsonProcessingException malformed) {
            throw new IOException("recipe " + name + " is no JSON: " + malformed.getOriginalMessage(), malformed);
        }
        if (!settings.isObject()) {
            throw new IOException("recipe " + name + " is no JSON object of settings, as in {\"rate\": 0.1}");
        }
        return new Recipe(name, settings);
    }

    /** The whole configuration; {@code data} is used where the recipe names no data set. */
    public RunConfig on(String data) {
        RunConfig config = RunConfig.defaults(settings.path("data").asText(data));
        for (Map.Entry<String, JsonNode> setting : settings.properties()) {
            try {
                if (!setting.getValue().isValueNode()) {
                    throw new IllegalArgumentException(
                            "setting " + setting.getKey() + " is no single number, text, true or false");
                }
                config = config.with(setting.getKey(), setting.getValue().asText());
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException("recipe " + name + ": " + wrong.getMessage(), wrong);
            }
        }
        return config;
    }
}
