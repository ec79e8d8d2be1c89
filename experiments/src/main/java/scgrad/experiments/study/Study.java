package scgrad.experiments.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import scgrad.experiments.run.RunConfig;
import scgrad.nn.Suggestion;

/**
 * A comparison: variants of a network, each trained from several seeds by one recipe. The first variant is the baseline.
 *
 * @param name in file names
 * @param question what the study asks, one or two sentences
 * @param choice how recipe and network were chosen, before any result was there; may be empty
 * @param recipe what all runs share
 */
public record Study(
        String name,
        String title,
        String question,
        String choice,
        RunConfig recipe,
        List<Long> seeds,
        List<Variant> variants) {
    /**
     * One row of the table.
     *
     * @param id in file names
     * @param label in tables and plots
     * @param settings on top of the recipe, {@code model} among them
     * @param paper the paper's top-1 for this row on ImageNet, or "not available"
     * @param against id of the variant that it is compared with
     */
    public record Variant(String id, String label, Map<String, String> settings, String paper, String against) {
        /** The recipe with this variant's settings. */
        RunConfig config(RunConfig recipe) {
            RunConfig config = recipe;
            for (Map.Entry<String, String> setting : settings.entrySet()) {
                config = config.with(setting.getKey(), setting.getValue());
            }
            return config;
        }
    }

    /** One training of the study. */
    public record Member(Variant variant, long seed, RunConfig config) {
        public String id() {
            return variant.id + "-seed" + seed;
        }
    }

    public Study {
        if (variants.isEmpty() || seeds.isEmpty()) {
            throw new IllegalArgumentException("study " + name + ": " + variants.size() + " variants and "
                    + seeds.size() + " seeds, expected at least one of each");
        }
        requireUnique(name, "variant", variants.stream().map(Variant::id).toList());
        requireUnique(name, "seed", seeds);
        List<String> ids = variants.stream().map(Variant::id).toList();
        for (Variant variant : variants) {
            if (!ids.contains(variant.against)) {
                throw new IllegalArgumentException("study " + name + ": variant " + variant.id + " is compared with '"
                        + variant.against + "', which is no variant" + Suggestion.clause(variant.against, ids));
            }
        }
    }

    private static void requireUnique(String name, String noun, List<?> values) {
        if (Set.copyOf(values).size() < values.size()) {
            throw new IllegalArgumentException("study " + name + ": a " + noun + " is listed twice in " + values);
        }
    }

    /** Every training: all variants of the first seed, then of the next, so that a stopped study can be read early. */
    public List<Member> members() {
        List<Member> members = new ArrayList<>();
        for (long seed : seeds) {
            for (Variant variant : variants) {
                RunConfig config = variant.config(recipe).with("seed", Long.toString(seed));
                members.add(new Member(variant, seed, config));
            }
        }
        return members;
    }

    /** A variant by id; an unknown one is an error with a suggestion. */
    public Variant variant(String id) {
        return variants.stream()
                .filter(variant -> variant.id.equals(id))
                .findFirst()
                .orElseThrow(() -> {
                    List<String> ids = variants.stream().map(Variant::id).toList();
                    return new IllegalArgumentException("study " + name + ": no variant '" + id + "'"
                            + Suggestion.clause(id, ids) + "; there are " + String.join(", ", ids));
                });
    }
}
