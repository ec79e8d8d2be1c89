package scgrad.experiments.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;
import scgrad.nn.Suggestion;

/** Turns what went wrong into one line and an exit code. */
final class Failures {
    private static final int FAILED = 1;
    private static final int MISUSED = 2;

    private Failures() {}

    /** A command line that cannot be understood. */
    static int misused(ParameterException wrong, String[] arguments) {
        CommandLine command = wrong.getCommandLine();
        String line = problem(wrong, command) + suggestion(wrong, command) + " ('"
                + command.getCommandSpec().qualifiedName() + " --help' explains)";
        say(command.getErr(), line);
        return MISUSED;
    }

    private static String problem(ParameterException wrong, CommandLine command) {
        boolean unknownCommand = wrong instanceof UnmatchedArgumentException unmatched
                && !unmatched.isUnknownOption()
                && !command.getSubcommands().isEmpty();
        return unknownCommand
                ? "unknown command '"
                        + ((UnmatchedArgumentException) wrong).getUnmatched().get(0) + "'"
                : firstLine(wrong.getMessage());
    }

    private static String suggestion(ParameterException wrong, CommandLine command) {
        if (!(wrong instanceof UnmatchedArgumentException unmatched)
                || unmatched.getUnmatched().isEmpty()) {
            return "";
        }
        String typed = unmatched.getUnmatched().get(0);
        return Suggestion.clause(
                typed,
                unmatched.isUnknownOption()
                        ? command.getCommandSpec().optionsMap().keySet()
                        : command.getSubcommands().keySet());
    }

    /** A command that threw. */
    static int failed(Exception failure, CommandLine command, boolean debug) {
        say(command.getErr(), describe(failure));
        trace(failure, command.getErr(), debug);
        return failure instanceof IllegalArgumentException ? MISUSED : FAILED;
    }

    static int outOfMemory(OutOfMemoryError full, CommandLine command, boolean debug) {
        say(
                command.getErr(),
                "out of memory (" + full.getMessage() + ") with a heap of "
                        + (Runtime.getRuntime().maxMemory() >> 20)
                        + " MiB; use a smaller batch or image, or give the JVM more with SCGRAD_JAVA_OPTS=-Xmx...");
        trace(full, command.getErr(), debug);
        return FAILED;
    }

    private static String describe(Throwable failure) {
        Throwable told = failure instanceof UncheckedIOException unchecked ? unchecked.getCause() : failure;
        if (told instanceof FileSystemException file) {
            return describe(file);
        }
        boolean meant = told instanceof IllegalArgumentException
                || told instanceof IllegalStateException
                || told instanceof IOException
                || told.getClass().getName().startsWith("scgrad.");
        if (meant && told.getMessage() != null && !told.getMessage().isBlank()) {
            return firstLine(told.getMessage());
        }
        StackTraceElement outside = plugin(told);
        if (outside != null) {
            return "a fault in " + outside.getClassName() + " (" + outside.getFileName() + ":" + outside.getLineNumber()
                    + "), with --debug more: " + firstLine(told.toString());
        }
        return "a fault of scgrad itself, please report it with the output of --debug: " + firstLine(told.toString());
    }

    /** Where code that is neither scgrad's nor a library's threw, as in a unit of the user's own; else null. */
    private static StackTraceElement plugin(Throwable failure) {
        for (StackTraceElement frame : failure.getStackTrace()) {
            String name = frame.getClassName();
            if (name.startsWith("java.") || name.startsWith("jdk.")) {
                continue;
            }
            boolean known = name.startsWith("scgrad.")
                    || name.startsWith("org.")
                    || name.startsWith("com.")
                    || name.startsWith("picocli.");
            return known ? null : frame;
        }
        return null;
    }

    /** The JDK's messages of these are a bare path. */
    private static String describe(FileSystemException failure) {
        if (failure instanceof NoSuchFileException) {
            return "there is no file " + failure.getFile();
        }
        if (failure instanceof AccessDeniedException) {
            return "no permission for " + failure.getFile();
        }
        if (failure instanceof FileAlreadyExistsException) {
            return "there is already a file " + failure.getFile();
        }
        return firstLine(failure.getMessage());
    }

    private static String firstLine(String text) {
        return text == null ? "" : text.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    private static void say(PrintWriter err, String line) {
        err.println("scgrad: " + line);
        err.flush();
    }

    private static void trace(Throwable failure, PrintWriter err, boolean debug) {
        if (debug) {
            failure.printStackTrace(err);
            err.flush();
        }
    }
}
