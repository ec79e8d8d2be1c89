package scgrad.experiments.study;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import scgrad.experiments.data.Datasets;
import scgrad.experiments.run.RunConfig;
import scgrad.experiments.run.RunRecord;
import scgrad.scnet.Models;
import scgrad.scnet.Summary;

/**
 * A study and what of it is complete in a folder.
 *
 * @param outcomes of the variants that have a complete run
 */
record StudyResults(Study study, Path folder, List<Outcome> outcomes) {

    static StudyResults read(Study study, Path folder) throws IOException {
        List<Study.Member> members = study.members();
        List<Outcome> outcomes = new ArrayList<>();
        for (Study.Variant variant : study.variants()) {
            List<RunRecord> runs = new ArrayList<>();
            for (Study.Member member : members) {
                if (member.variant().equals(variant)) {
                    StudyRunner.complete(member, folder).ifPresent(runs::add);
                }
            }
            if (!runs.isEmpty()) {
                RunRecord run = runs.get(0);
                // 0 stands for the network's usual number
                Summary counts = counts(
                        run.config(),
                        run.confusion() == null ? 0 : run.confusion().classes());
                outcomes.add(new Outcome(variant, counts.parameters(), counts.multiplyAccumulates(), runs));
            }
        }
        return new StudyResults(study, folder, outcomes);
    }

    static Summary counts(RunConfig config, int classes) {
        int side = Datasets.side(config.data(), config.imageSize());
        return Summary.of(Models.Spec.parse(config.model()), classes, side);
    }

    static Path runFolder(Path folder, Study.Member member) {
        return folder.resolve("runs").resolve(member.id());
    }

    /** A variant's outcome, where it has one. */
    Optional<Outcome> of(String variant) {
        return outcomes.stream()
                .filter(outcome -> outcome.variant().id().equals(variant))
                .findFirst();
    }

    /** How many runs are complete. */
    int complete() {
        return outcomes.stream().mapToInt(outcome -> outcome.runs().size()).sum();
    }
}
