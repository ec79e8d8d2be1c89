package scgrad.experiments.cli;

import picocli.CommandLine.Option;
import scgrad.scnet.Models;

/** Which network a command works with. */
final class ModelOptions {
    @Option(
            names = "--model",
            paramLabel = "NAME[KEY=VALUE,...]",
            required = true,
            description = "A network and its options, as in sc_resnet20[rate=2,pool=max]; 'scgrad models' lists them.")
    private String text;

    Models.Spec spec() {
        return Models.Spec.parse(text);
    }
}
