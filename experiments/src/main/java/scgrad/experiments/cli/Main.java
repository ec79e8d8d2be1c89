package scgrad.experiments.cli;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code scgrad}. Exit codes: 0 done, 1 the work failed, 2 wrong usage. */
@Command(
        name = "scgrad",
        description = "Automatic differentiation on the JVM, and self-calibrated convolution as its research module.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footer = {
            "",
            "'scgrad COMMAND --help' explains a command. Exit codes: 0 done, 1 the work failed, 2 wrong usage."
        },
        versionProvider = Main.Version.class)
public final class Main implements Runnable {
    /** The register of sub-commands, in the order of the help; a new one is a class and a line. */
    private static List<SubCommand> commands() {
        return List.of(
                new Ablate(),
                new StudyCommand(),
                new Train(),
                new Eval(),
                new ListModels(),
                new Summarize(),
                new Convert(),
                new CheckGradients(),
                new Bench(),
                new ShowGradCam(),
                new MeasureField(),
                new ShowCalibration(),
                new ShowData(),
                new ListDevices());
    }

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    private boolean version;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "On failure show the stack trace too.")
    private boolean debug;

    @Spec
    private CommandSpec spec;

    private Main() {}

    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(System.out, true);
        PrintWriter err = new PrintWriter(System.err, true);
        int code = run(out, err, arguments);
        out.flush();
        err.flush();
        System.exit(code);
    }

    /** Runs one command line and returns its exit code; {@link #main} without the exit. */
    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        Main main = new Main();
        CommandLine line = new CommandLine(main);
        commands().forEach(line::addSubcommand);
        line.setOut(out)
                .setErr(err)
                .setUsageHelpAutoWidth(true)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Failures::misused)
                .setExecutionExceptionHandler(
                        (failure, command, parsed) -> Failures.failed(failure, command, main.debug));
        try {
            return line.execute(arguments);
        } catch (OutOfMemoryError full) {
            // an error, which picocli hands on
            return Failures.outOfMemory(full, line, main.debug);
        }
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** The version as the build wrote it into the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {
                "scgrad " + (version == null ? "(built from sources)" : version) + ", JDK " + Runtime.version()
            };
        }
    }
}
