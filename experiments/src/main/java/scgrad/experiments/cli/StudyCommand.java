package scgrad.experiments.cli;

import picocli.CommandLine.Command;

/** {@code scgrad study}: its sub-commands do the work. */
@Command(
        name = "study",
        description = "Compares variants of a network over several seeds: trainings, statistics, report.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        subcommands = {
            StudyList.class,
            StudyShow.class,
            StudyRun.class,
            StudyMeasure.class,
            StudyInside.class,
            StudyReportCommand.class,
            StudyCompare.class
        },
        footer = {
            "",
            "Examples:",
            "  scgrad study run design-choices --data-dir data        three seeds of ten variants on CIFAR-10",
            "  scgrad study run mine.json --shard 1/2                 one of two processes on one folder",
            "  scgrad study report results/design-choices             tables and plots anew"
        })
final class StudyCommand extends SubCommand {
    @Override
    public Integer call() {
        spec().commandLine().usage(out());
        return DONE;
    }
}
