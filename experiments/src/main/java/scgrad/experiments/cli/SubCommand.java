package scgrad.experiments.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * What every sub-command has: help, and where it writes. {@link #call} returns the exit code; a wrong argument is an
 * IllegalArgumentException (exit code 2), any other exception a failure (exit code 1), and its message the one line that users read.
 */
@Command(
        parameterListHeading = "%nArguments:%n",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        showDefaultValues = false)
abstract class SubCommand implements Callable<Integer> {
    static final int DONE = 0;
    static final int FAILED = 1;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    @Spec
    private CommandSpec spec;

    /** The parsed command, for what it was called with. */
    final CommandSpec spec() {
        return spec;
    }

    /** For results. */
    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** For what is going on meanwhile. */
    final PrintWriter err() {
        return spec.commandLine().getErr();
    }

    @Override
    public abstract Integer call() throws Exception;
}
