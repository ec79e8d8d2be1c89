package scgrad.experiments.cli;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import scgrad.experiments.study.StudyComparison;

/** {@code scgrad study compare}. */
@Command(
        name = "compare",
        description = {
            "Compares two variants, also of different studies, over the seeds that both have.",
            "A is a folder of results and a variant's id, as in results/attention:se."
        },
        footer = {"", "Example:", "  scgrad study compare results/attention:se results/attention:sc"})
final class StudyCompare extends SubCommand {
    @Parameters(index = "0", paramLabel = "A", description = "DIR:VARIANT.")
    private String first;

    @Parameters(index = "1", paramLabel = "B", description = "DIR:VARIANT, or VARIANT of the same folder.")
    private String second;

    @Override
    public Integer call() throws Exception {
        int colon = first.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("'" + first + "' must read DIR:VARIANT, as in results/attention:se");
        }
        int other = second.lastIndexOf(':');
        Path folder = Path.of(first.substring(0, colon));
        out().print(StudyComparison.of(
                folder,
                first.substring(colon + 1),
                other < 1 ? folder : Path.of(second.substring(0, other)),
                second.substring(other + 1)));
        return DONE;
    }
}
