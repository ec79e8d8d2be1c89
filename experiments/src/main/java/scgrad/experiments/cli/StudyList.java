package scgrad.experiments.cli;

import java.io.IOException;
import picocli.CommandLine.Command;
import scgrad.experiments.study.Studies;
import scgrad.experiments.study.Study;

/** {@code scgrad study list}. */
@Command(name = "list", description = "The built-in studies.")
final class StudyList extends SubCommand {
    @Override
    public Integer call() throws IOException {
        out().printf("%-24s %8s %6s %5s  %s%n", "study", "variants", "seeds", "runs", "title");
        for (String name : Studies.names()) {
            Study study = Studies.open(name);
            out().printf(
                            "%-24s %8d %6d %5d  %s%n",
                            name,
                            study.variants().size(),
                            study.seeds().size(),
                            study.members().size(),
                            study.title());
        }
        return DONE;
    }
}
