package scgrad.experiments.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import scgrad.core.GradCheck;
import scgrad.core.OpCases;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.core.array.StepScope;
import scgrad.scnet.UnitChecks;

/** {@code scgrad gradcheck}. */
@Command(
        name = "gradcheck",
        description =
                "Compare the gradients of every operation and of every convolution unit with finite differences, in float64.",
        footer = {"", "Exit code 1 where one differs. Example: scgrad gradcheck 'conv2d.*'"})
final class CheckGradients extends SubCommand {
    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "NAME-REGEX",
            description = "Only those in whose name this occurs (default: all).")
    private String pattern;

    private record Row(String name, Supplier<GradCheck.Result> check) {}

    @Override
    public Integer call() {
        List<Row> rows = rows();
        int failed = 0;
        for (Row row : rows) {
            GradCheck.Result result = check(row);
            failed += result.passed() ? 0 : 1;
            out().println(result);
        }
        out().println((rows.size() - failed) + " of " + rows.size() + " passed"
                + (failed > 0 ? ", " + failed + " failed" : "") + " (relative difference at most " + GradCheck.TOLERANCE
                + ")");
        return failed > 0 ? FAILED : DONE;
    }

    private static GradCheck.Result check(Row row) {
        try (StepScope step = StepScope.open()) {
            return row.check.get();
        } catch (RuntimeException thrown) {
            // one broken operation must not hide the others
            return new GradCheck.Result(row.name, false, Double.NaN, thrown.toString());
        }
    }

    private List<Row> rows() {
        Backend reference = Backends.open("reference");
        List<Row> rows = new ArrayList<>();
        for (OpCases.Case row : OpCases.all()) {
            rows.add(new Row(row.name(), () -> GradCheck.check(row.name(), row.function(), row.inputs(reference, 1))));
        }
        for (UnitChecks.Case row : UnitChecks.all()) {
            rows.add(new Row(row.toString(), row::gradients));
        }
        if (pattern != null) {
            Pattern wanted = compile(pattern);
            rows.removeIf(row -> !wanted.matcher(row.name).find());
            if (rows.isEmpty()) {
                throw new IllegalArgumentException("gradcheck: '" + pattern
                        + "' occurs in no name; 'scgrad gradcheck' without it runs and lists all");
            }
        }
        return rows;
    }

    static Pattern compile(String regex) {
        try {
            return Pattern.compile(regex);
        } catch (PatternSyntaxException wrong) {
            throw new IllegalArgumentException(
                    "'" + regex + "' is no regular expression: " + wrong.getDescription(), wrong);
        }
    }
}
