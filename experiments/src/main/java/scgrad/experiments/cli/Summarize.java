package scgrad.experiments.cli;

import java.math.BigDecimal;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import scgrad.scnet.Models;
import scgrad.scnet.PaperFigures;
import scgrad.scnet.Summary;

/** {@code scgrad summary}. */
@Command(
        name = "summary",
        description =
                "Show a network layer by layer: shapes, parameters, multiply-accumulates, and the paper's figures beside ours.")
final class Summarize extends SubCommand {
    private static final String NOTHING = "not available";

    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            description = "NAME or NAME[KEY=VALUE,...]; 'scgrad models' lists them.")
    private String model;

    @Option(
            names = "--input",
            paramLabel = "PIXELS",
            defaultValue = "0",
            description = "Height and width (default: 224, or 32 for CIFAR networks).")
    private int size;

    @Option(
            names = "--classes",
            paramLabel = "N",
            defaultValue = "0",
            description = "Classes (default: 1000, or 10 for CIFAR networks).")
    private int classes;

    @Override
    public Integer call() {
        Models.Spec spec = Models.Spec.parse(model);
        Summary summary = Summary.of(spec, classes, size);
        int width = summary.layers().stream()
                .mapToInt(layer -> layer.path().length())
                .max()
                .orElse(0);
        String row = "%-" + Math.max(width, 5) + "s  %-14s %-20s %12s %16s%n";
        out().println(spec + ", one image " + summary.input());
        out().printf(row, "layer", "kind", "output", "parameters", "MACs");
        for (Summary.Layer layer : summary.layers()) {
            out().printf(
                            row,
                            layer.path(),
                            layer.kind(),
                            layer.output(),
                            count(layer.parameters()),
                            count(layer.multiplyAccumulates()));
        }
        out().println();
        compare(spec, summary);
        return DONE;
    }

    private void compare(Models.Spec spec, Summary summary) {
        // the paper's figures are for the usual image and classes
        boolean usual = summary.layers().equals(Summary.of(spec, 0, 0).layers());
        PaperFigures.Figures paper = usual ? PaperFigures.of(spec) : null;
        boolean exact =
                paper != null && PaperFigures.parametersExactly(spec.name()).isPresent();
        String row = "%-46s %16s   %s%n";
        out().printf(row, "total", "ours", paper == null ? "published" : paper.title() + ", " + paper.source());
        out().printf(
                        row,
                        "parameters",
                        count(summary.parameters()),
                        exact
                                ? String.format(
                                        Locale.ROOT,
                                        "%,d",
                                        PaperFigures.parametersExactly(spec.name())
                                                .getAsLong())
                                : figure(paper == null ? null : paper.parameters(), " M"));
        out().printf(row, "multiply-adds, convolutions and linear layers", count(summary.multiplyAccumulates()), "");
        out().printf(
                        row,
                        "multiply-adds, batch norms too",
                        count(summary.multiplyAddsWithNorms()),
                        figure(paper == null ? null : paper.multiplyAdds(), " G"));
        out().printf(
                        row,
                        "operations, twice that",
                        count(2 * summary.multiplyAddsWithNorms()),
                        figure(paper == null ? null : paper.operations(), " G"));
        out().printf(row, "top-1 accuracy", "", figure(paper == null ? null : paper.top1(), " %"));
        out().printf(row, "top-5 accuracy", "", figure(paper == null ? null : paper.top5(), " %"));
    }

    private static String count(long number) {
        return number == 0 ? "" : String.format(Locale.ROOT, "%,d", number);
    }

    private static String figure(BigDecimal published, String unit) {
        return published == null ? NOTHING : published + unit;
    }
}
