package scgrad.experiments.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the numbers of a study can and cannot say, in sentences. */
record Reading(StudyResults results) {

    /** One finding a variant that is compared, and what holds for all of them. */
    List<String> sentences() {
        List<String> better = new ArrayList<>();
        List<String> worse = new ArrayList<>();
        List<String> open = new ArrayList<>();
        List<String> single = new ArrayList<>();
        int compared = 0;
        for (Outcome outcome : results.outcomes()) {
            Outcome baseline = results.of(outcome.variant().against()).orElse(outcome);
            PairedDifference difference = outcome == baseline ? null : outcome.minus(baseline);
            if (difference == null || difference.seeds() == 0) {
                continue;
            }
            compared++;
            String phrase = String.format(
                    Locale.ROOT,
                    "%s against %s %s",
                    outcome.variant().label(),
                    baseline.variant().label(),
                    difference.seeds() == 1 ? points(difference.mean()) : interval(difference));
            List<String> kind = difference.seeds() == 1
                    ? single
                    : difference.withinNoise() ? open : difference.mean() > 0 ? better : worse;
            kind.add(phrase);
        }
        List<String> sentences = new ArrayList<>();
        add(sentences, "Better by more than noise: ", better);
        add(sentences, "Worse by more than noise: ", worse);
        add(sentences, "Within noise, so nothing is claimed: ", open);
        add(
                sentences,
                "One common seed, which does not show how much another would differ, so nothing is claimed: ",
                single);
        if (better.size() + worse.size() > 0) {
            sentences.add("Noise is judged by the 95 % interval of Student's t over paired seeds. Of " + compared
                    + " comparisons, chance alone puts about one in twenty outside of it.");
        }
        if (compared == 0) {
            sentences.add("Only one variant is complete yet; there is nothing to compare.");
        }
        return sentences;
    }

    private static void add(List<String> sentences, String begin, List<String> phrases) {
        if (!phrases.isEmpty()) {
            sentences.add(begin + String.join("; ", phrases) + ".");
        }
    }

    static String points(double difference) {
        return String.format(Locale.ROOT, "%+.2f", difference);
    }

    static String interval(PairedDifference difference) {
        return String.format(
                Locale.ROOT, "%+.2f [%+.2f, %+.2f]", difference.mean(), difference.low(), difference.high());
    }
}
