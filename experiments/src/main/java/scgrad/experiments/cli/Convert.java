package scgrad.experiments.cli;

import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import scgrad.core.array.Backends;
import scgrad.nn.io.SafeTensors;
import scgrad.nn.io.WeightArray;
import scgrad.nn.io.Weights;
import scgrad.scnet.Models;
import scgrad.scnet.ResNet;

/** {@code scgrad convert}: weights of any readable format to safetensors in PyTorch's layout. */
@Command(
        name = "convert",
        description =
                "Reads .pth, .pt, .th (never executing a pickle), .safetensors or a checkpoint, and writes safetensors in PyTorch's layout.",
        footer = {
            "",
            "Examples:",
            "  scgrad convert resnet20.th resnet20.safetensors",
            "  scgrad convert scnet50.pth scnet50.safetensors --model scnet50     (checked: every key and shape must fit)"
        })
final class Convert extends SubCommand {
    @Parameters(index = "0", paramLabel = "IN", description = "The file to read.")
    private Path in;

    @Parameters(index = "1", paramLabel = "OUT", description = "The .safetensors file to write.")
    private Path to;

    @Option(
            names = "--model",
            paramLabel = "NAME[KEY=VALUE,...]",
            description = "Check the weights against this network, and write its keys.")
    private String model;

    @Option(names = "--allow-missing", description = "With --model: what the file does not have is written as zeros.")
    private boolean allowMissing;

    @Override
    public Integer call() throws Exception {
        if (!to.getFileName().toString().endsWith(".safetensors")) {
            throw new IllegalArgumentException("OUT " + to + " must end in .safetensors");
        }
        Map<String, WeightArray> weights = Weights.read(in);
        Map<String, String> metadata = Map.of("format", "pt");
        if (model != null) {
            WeightArray head =
                    weights.containsKey("fc.weight") ? weights.get("fc.weight") : weights.get("linear.weight");
            ResNet network = Models.create(Backends.open("cpu"), model, head == null ? 1000 : head.shape()[0]);
            Weights.load(in, weights, network, allowMissing);
            weights = Weights.export(network);
            metadata = Map.of("format", "pt", "model", model);
        }
        SafeTensors.write(to, weights, metadata);
        long numbers = weights.values().stream().mapToLong(WeightArray::count).sum();
        out().printf("%s: %d arrays, %,d numbers%n", to, weights.size(), numbers);
        return DONE;
    }
}
