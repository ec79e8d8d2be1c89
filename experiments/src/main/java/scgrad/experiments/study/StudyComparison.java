package scgrad.experiments.study;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import scgrad.experiments.run.RunConfig;

/** Two variants side by side, seed by seed. */
public final class StudyComparison {
    private StudyComparison() {}

    /** Lines for a terminal: accuracy by seed, the paired difference with its intervals, and what the recipes differ in. */
    public static String of(Path firstFolder, String first, Path secondFolder, String second) throws IOException {
        Outcome a = outcome(firstFolder, first);
        Outcome b = outcome(secondFolder, second);
        StringBuilder lines = new StringBuilder();
        lines.append(line("seed", a.variant().label(), b.variant().label(), "difference"));
        for (int i = 0; i < a.runs().size(); i++) {
            long seed = a.seeds().get(i);
            int pair = b.seeds().indexOf(seed);
            if (pair >= 0) {
                double x = a.accuracy().values()[i];
                double y = b.accuracy().values()[pair];
                lines.append(line(Long.toString(seed), percent(x), percent(y), Reading.points(x - y)));
            }
        }
        PairedDifference difference = a.minus(b);
        if (difference.seeds() == 0) {
            return lines + "no common seed\n";
        }
        lines.append(line(
                "mean",
                percent(a.accuracy().mean()),
                percent(b.accuracy().mean()),
                difference.seeds() > 1 ? Reading.interval(difference) : Reading.points(difference.mean())));
        lines.append(
                difference.seeds() == 1
                        ? "one common seed says nothing about noise\n"
                        : difference.withinNoise()
                                ? "within noise: the 95 % interval (Student's t) holds 0\n"
                                : "beyond noise: the 95 % interval (Student's t) does not hold 0\n");
        List<String> changes = changes(a.runs().get(0).config(), b.runs().get(0).config());
        if (!changes.isEmpty()) {
            lines.append("the runs differ in ")
                    .append(String.join(", ", changes))
                    .append("\n");
        }
        return lines.toString();
    }

    private static Outcome outcome(Path folder, String variant) throws IOException {
        Study study = Studies.open(folder.toString());
        study.variant(variant);
        return StudyResults.read(study, folder)
                .of(variant)
                .orElseThrow(() -> new IOException(folder + " has no complete run of " + variant + " yet"));
    }

    private static List<String> changes(RunConfig a, RunConfig b) {
        List<String> changes = new ArrayList<>();
        Map<String, String> others = b.settings();
        a.settings().forEach((key, value) -> {
            if (!key.equals("seed") && !value.equals(others.get(key))) {
                changes.add(key + " (" + value + " and " + others.get(key) + ")");
            }
        });
        return changes;
    }

    private static String percent(double value) {
        return String.format(Locale.ROOT, "%.2f %%", value);
    }

    private static String line(String... cells) {
        return String.format("%-6s %24s %24s   %s%n", (Object[]) cells);
    }
}
