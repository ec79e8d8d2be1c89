package scgrad.experiments.cli;

import java.util.Locale;
import picocli.CommandLine.Command;
import scgrad.scnet.ConvUnit;
import scgrad.scnet.ConvUnits;
import scgrad.scnet.Models;
import scgrad.scnet.Options;
import scgrad.scnet.PaperFigures;
import scgrad.scnet.Summary;

/** {@code scgrad models}. */
@Command(
        name = "models",
        description = "List the networks with their sizes, and the convolution units with their options.",
        footer = {"", "A network is written NAME or NAME[KEY=VALUE,...], for example sc_resnet20[rate=2,pool=max]."})
final class ListModels extends SubCommand {
    private static final String ROW = "%-20s %12s %12s %8s  %s%n";

    @Override
    public Integer call() {
        out().printf(ROW, "network", "parameters", "MACs", "top-1 %", "published by");
        Models.all().forEach((name, defaults) -> {
            Models.Spec spec = new Models.Spec(name, Options.NONE);
            Summary summary = Summary.of(spec, 0, 0);
            PaperFigures.Figures figures = PaperFigures.of(spec);
            out().printf(
                            ROW,
                            name,
                            String.format(Locale.ROOT, "%,d", summary.parameters()),
                            String.format(Locale.ROOT, "%.1fM", summary.multiplyAccumulates() * 1e-6),
                            figures == null ? "-" : figures.top1(),
                            figures == null ? "" : figures.source());
        });
        out().println();
        out().println(
                        "MACs: multiply-accumulates of convolutions and linear layers for one image, 224x224 and 1000 classes, or 32x32 and 10 for");
        out().println(
                        "CIFAR networks (behind a stem of one 3x3). '-': nobody published one. Options of every network, with those of resnet50:");
        out().println("  " + Models.all().get("resnet50"));
        out().println();
        out().println("Convolution units, chosen with unit=NAME:");
        for (ConvUnit unit : ConvUnits.all().values()) {
            out().println("  " + unit.name() + ": " + unit.source());
            if (!unit.defaults().values().isEmpty()) {
                out().println("      " + unit.defaults());
            }
        }
        return DONE;
    }
}
