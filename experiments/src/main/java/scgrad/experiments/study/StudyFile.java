package scgrad.experiments.study;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import scgrad.experiments.run.Recipe;
import scgrad.experiments.run.RunConfig;
import scgrad.nn.Suggestion;
import scgrad.scnet.Models;

/**
 * A study as JSON:
 *
 * <pre>{@code
 * {
 *   "extends": "design-choices",                     // a built-in study, or a file beside this one: its keys, where this has none
 *   "name": "mine", "title": "...", "question": "...", "choice": "...",
 *   "network": "resnet20",                           // stands for {network} in the variants
 *   "seeds": [0, 1, 2],
 *   "recipe": {"data": "cifar10", "epochs": 3},      // settings of a run, or a recipe's name; the rest is the data set's usual
 *   "variants": [
 *     {"id": "plain", "label": "plain", "set": {"model": "{network}"}, "paper": "76.4"},
 *     {"id": "sc", "label": "SC", "set": {"model": "sc_{network}"}, "against": "plain"}
 *   ],
 *   "grid": {"model": ["resnet8", "resnet20"], "unit.rate": ["2", "4"]}   // beside or instead of variants: every combination
 * }
 * }</pre>
 *
 * An unknown key is an error with a suggestion. Of {@code recipe} the single settings are inherited, of everything else the whole.
 */
final class StudyFile {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final List<String> KEYS =
            List.of("extends", "name", "title", "question", "choice", "network", "seeds", "recipe", "variants", "grid");
    private static final List<String> VARIANT_KEYS = List.of("id", "label", "set", "paper", "against");
    private static final String UNKNOWN = "not available";

    /** Finds the text of the study that another extends. */
    interface Source {
        String read(String name) throws IOException;
    }

    private final String place;
    private final ObjectNode tree;

    private StudyFile(String place, ObjectNode tree) {
        this.place = place;
        this.tree = tree;
    }

    /**
     * Reads a study and what it extends.
     *
     * @param place what messages call it
     * @param settings on top: {@code network}, {@code seeds} (with commas between), or settings of the recipe
     */
    static Study read(String place, String text, Source parents, Map<String, String> settings) throws IOException {
        ObjectNode tree = merged(place, text, parents, new ArrayList<>(List.of(place)));
        return new StudyFile(place, tree).study(settings);
    }

    private static ObjectNode merged(String place, String text, Source parents, List<String> line) throws IOException {
        ObjectNode own = parse(place, text);
        requireKnown(place, own, KEYS);
        if (own.path("recipe").isTextual()) {
            own.set("recipe", Recipe.of(own.path("recipe").asText()).settings());
        }
        JsonNode parent = own.remove("extends");
        if (parent == null) {
            return own;
        }
        if (line.contains(parent.asText())) {
            throw new IllegalArgumentException(place + ": it extends itself by way of " + parent.asText());
        }
        line.add(parent.asText());
        ObjectNode base = merged(parent.asText(), parents.read(parent.asText()), parents, line);
        own.properties().forEach(entry -> {
            JsonNode inherited = base.get(entry.getKey());
            if (entry.getKey().equals("recipe")
                    && inherited instanceof ObjectNode recipe
                    && entry.getValue().isObject()) {
                recipe.setAll((ObjectNode) entry.getValue());
            } else {
                base.set(entry.getKey(), entry.getValue());
            }
        });
        if (own.has("variants") != own.has("grid")) {
            base.remove(own.has("grid") ? "variants" : "grid");
        }
        return base;
    }

    private static ObjectNode parse(String place, String text) {
        try {
            if (JSON.readTree(text) instanceof ObjectNode node) {
                return node;
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    place + ", line " + e.getLocation().getLineNr() + ": no JSON: " + e.getOriginalMessage(), e);
        }
        throw new IllegalArgumentException(place + ": a study is a JSON object, {...}");
    }

    private static void requireKnown(String place, JsonNode node, List<String> known) {
        node.fieldNames().forEachRemaining(key -> {
            if (!known.contains(key)) {
                throw new IllegalArgumentException(place + ": unknown key '" + key + "'" + Suggestion.clause(key, known)
                        + "; there are " + String.join(", ", known));
            }
        });
    }

    private Study study(Map<String, String> settings) {
        Map<String, String> left = new LinkedHashMap<>(settings);
        String network = left.containsKey("network") ? left.remove("network") : text(tree, "network", "");
        List<Long> seeds = seeds(left.remove("seeds"));
        List<Study.Variant> variants = variants(network);
        if (variants.isEmpty()) {
            throw new IllegalArgumentException(place + ": the key 'variants' or 'grid' is missing or empty");
        }
        requireUseful(left, variants);
        Study study = new Study(
                required("name"),
                text(tree, "title", required("name")),
                text(tree, "question", ""),
                text(tree, "choice", ""),
                recipe(left, variants),
                seeds,
                variants);
        for (Study.Variant variant : variants) {
            try {
                Models.design(Models.Spec.parse(variant.config(study.recipe()).model()), 0);
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException(
                        place + ": variant " + variant.id() + ": " + wrong.getMessage(), wrong);
            }
        }
        return study;
    }

    private static boolean sayTheirModels(List<Study.Variant> variants) {
        return variants.stream().allMatch(variant -> variant.settings().containsKey("model"));
    }

    /** A model that every variant would replace is a mistake. */
    private static void requireUseful(Map<String, String> settings, List<Study.Variant> variants) {
        boolean replaced = sayTheirModels(variants);
        for (String key : settings.keySet()) {
            if (key.equals("seed") || replaced && (key.equals("model") || key.matches("(unit|model)\\..*"))) {
                throw new IllegalArgumentException(
                        "setting " + key + ": "
                                + (key.equals("seed")
                                        ? "a study has seeds, as in seeds=0,1,2"
                                        : "each variant of the study says its own model; there is network=NAME, or a file that extends it"));
            }
        }
    }

    /** The data set's usual recipe, the file's settings, the caller's; where each variant says its own model, the first's stands for a reader. */
    private RunConfig recipe(Map<String, String> settings, List<Study.Variant> variants) {
        ObjectNode own = JSON.createObjectNode();
        if (tree.path("recipe") instanceof ObjectNode given) {
            own.setAll(given);
        } else if (tree.has("recipe")) {
            throw new IllegalArgumentException(
                    place + ": recipe must be an object of settings, {...}, or a recipe's name");
        }
        settings.forEach(own::put);
        if (sayTheirModels(variants)) {
            own.put("model", variants.get(0).settings().get("model"));
        }
        return new Recipe(place, own).on("context");
    }

    private List<Long> seeds(String given) {
        List<Long> seeds = new ArrayList<>();
        if (given == null) {
            JsonNode list = tree.path("seeds");
            if (tree.has("seeds") && (!list.isArray() || list.isEmpty())) {
                throw new IllegalArgumentException(
                        place + ": seeds must be a list of whole numbers, as in [0, 1, 2], not " + list);
            }
            list.forEach(seed -> {
                if (!seed.isIntegralNumber()) {
                    throw new IllegalArgumentException(place + ": seeds must be whole numbers, not " + seed);
                }
                seeds.add(seed.asLong());
            });
            return seeds.isEmpty() ? List.of(0L) : seeds;
        }
        try {
            for (String seed : given.split(",")) {
                seeds.add(Long.parseLong(seed.strip()));
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("seeds=" + given + " must be whole numbers with commas between", e);
        }
        return seeds;
    }

    private List<Study.Variant> variants(String network) {
        List<Study.Variant> variants = new ArrayList<>();
        JsonNode listed = tree.path("variants");
        for (JsonNode node : listed) {
            String where = place + ": variant " + (variants.size() + 1);
            requireKnown(where, node, VARIANT_KEYS);
            Map<String, String> set = strings(where + " set", node.get("set"), network);
            String id = text(node, "id", name(set));
            variants.add(new Study.Variant(
                    id,
                    text(node, "label", id),
                    set,
                    text(node, "paper", UNKNOWN),
                    text(node, "against", baseline(variants, id))));
        }
        for (Map<String, String> set : combinations(network)) {
            String id = name(set);
            variants.add(new Study.Variant(id, id, set, UNKNOWN, baseline(variants, id)));
        }
        return variants;
    }

    /** The first variant; that is its own. */
    private static String baseline(List<Study.Variant> before, String id) {
        return before.isEmpty() ? id : before.get(0).id();
    }

    /** Every combination of the grid's values, the last key fastest. */
    private List<Map<String, String>> combinations(String network) {
        JsonNode grid = tree.path("grid");
        if (grid.isEmpty()) {
            return List.of();
        }
        List<Map<String, String>> all = new ArrayList<>(List.of(new LinkedHashMap<>()));
        grid.properties().forEach(axis -> {
            if (!(axis.getValue() instanceof ArrayNode values) || values.isEmpty()) {
                throw new IllegalArgumentException(
                        place + ": grid: " + axis.getKey() + " must be a list of values, [...]");
            }
            List<Map<String, String>> longer = new ArrayList<>();
            for (Map<String, String> begun : all) {
                for (JsonNode value : values) {
                    Map<String, String> set = new LinkedHashMap<>(begun);
                    set.put(axis.getKey(), value.asText().replace("{network}", network));
                    longer.add(set);
                }
            }
            all.clear();
            all.addAll(longer);
        });
        return all;
    }

    /** For a variant without an id: its settings, in letters that file names may have. */
    private static String name(Map<String, String> set) {
        List<String> parts = new ArrayList<>();
        set.forEach((key, value) -> parts.add(key.equals("model") ? value : key.replaceFirst(".*\\.", "") + value));
        String name = String.join("-", parts).replaceAll("[^A-Za-z0-9_.]+", "-").replaceAll("^-|-$", "");
        return name.isEmpty() ? "default" : name;
    }

    private Map<String, String> strings(String where, JsonNode node, String network) {
        Map<String, String> values = new LinkedHashMap<>();
        if (node == null) {
            return values;
        }
        if (!node.isObject()) {
            throw new IllegalArgumentException(place + ": " + where + " must be an object of settings, {...}");
        }
        node.properties().forEach(entry -> {
            if (entry.getValue().isContainerNode()) {
                throw new IllegalArgumentException(
                        place + ": " + where + ": " + entry.getKey() + " must be one value, not " + entry.getValue());
            }
            values.put(entry.getKey(), entry.getValue().asText().replace("{network}", network));
        });
        return values;
    }

    private String required(String key) {
        String value = text(tree, key, "");
        if (value.isBlank()) {
            throw new IllegalArgumentException(place + ": the key '" + key + "' is missing");
        }
        return value;
    }

    private static String text(JsonNode node, String key, String other) {
        return node.path(key).isMissingNode() ? other : node.path(key).asText();
    }

    /** A study with everything resolved, in the same form. */
    static String write(Study study) {
        ObjectNode node = JSON.createObjectNode();
        node.put("name", study.name());
        node.put("title", study.title());
        node.put("question", study.question());
        node.put("choice", study.choice());
        ArrayNode seeds = node.putArray("seeds");
        study.seeds().forEach(seeds::add);
        try {
            ObjectNode recipe = (ObjectNode) JSON.readTree(study.recipe().json());
            // what each run sets for itself
            recipe.remove("seed");
            if (sayTheirModels(study.variants())) {
                recipe.remove("model");
            }
            node.set("recipe", recipe);
            ArrayNode variants = node.putArray("variants");
            for (Study.Variant variant : study.variants()) {
                ObjectNode row = variants.addObject();
                row.put("id", variant.id());
                row.put("label", variant.label());
                ObjectNode set = row.putObject("set");
                variant.settings().forEach(set::put);
                row.put("paper", variant.paper());
                row.put("against", variant.against());
            }
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
