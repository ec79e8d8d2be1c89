package scgrad.experiments.study;

import java.util.ArrayList;
import java.util.List;
import scgrad.experiments.run.RunConfig;

/**
 * A comparison: variants of a network, each trained from several seeds by one recipe. The first variant is the baseline.
 *
 * @param question what the study asks, one sentence
 */
public record Study(
        String name, String title, String question, List<Variant> variants, List<Long> seeds, RunConfig recipe) {
    /**
     * One row of the table.
     *
     * @param id in file names
     * @param label in tables and plots
     * @param model as it is written
     * @param paper the paper's top-1 for this row on ImageNet, or "not available"
     */
    public record Variant(String id, String label, String model, String paper) {}

    /** One training of the study. */
    public record Member(Variant variant, long seed, RunConfig config) {
        public String id() {
            return variant.id + "-seed" + seed;
        }
    }

    /** Every training: all variants of the first seed, then of the next, so that a stopped study can be read early. */
    public List<Member> members() {
        List<Member> members = new ArrayList<>();
        for (long seed : seeds) {
            for (Variant variant : variants) {
                members.add(new Member(
                        variant, seed, recipe.with("model", variant.model).with("seed", Long.toString(seed))));
            }
        }
        return members;
    }

    /**
     * The paper's design choices (its table 2) around a network: plain, without calibration, without identity, r = 1, 2 and 4 with average
     * pooling, and r = 4 with max pooling.
     *
     * @param network a plain network that has an {@code sc_} form, {@code resnet20}
     */
    public static Study designChoices(String network, List<Long> seeds, RunConfig recipe) {
        String unknown = "not available";
        List<Variant> variants = List.of(
                new Variant("plain", "plain", network, unknown),
                new Variant("no-calibration", "SC, no gate", "sc_" + network + "[calibrate=false]", unknown),
                new Variant("no-identity", "SC, no identity", "sc_" + network + "[identity=false]", unknown),
                new Variant("r1", "SC, r = 1", "sc_" + network + "[rate=1]", unknown),
                new Variant("r2-avg", "SC, r = 2, AVG", "sc_" + network + "[rate=2]", unknown),
                new Variant("r4-avg", "SC, r = 4, AVG", "sc_" + network + "[rate=4]", "77.81"),
                new Variant("r4-max", "SC, r = 4, MAX", "sc_" + network + "[rate=4,pool=max]", unknown));
        return new Study(
                "design-choices-" + recipe.data().replaceAll("[^A-Za-z0-9]+", "-"),
                "Design choices of self-calibrated convolution on " + recipe.data(),
                "Which parts of a self-calibrated convolution matter: the calibration, the identity, the pooling rate and kind?",
                variants,
                seeds,
                recipe);
    }
}
