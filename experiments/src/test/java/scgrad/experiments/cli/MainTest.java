package scgrad.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line from outside: exit codes, help, and one line for each thing that goes wrong. */
class MainTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    private void assertMisused(String message, String... arguments) {
        assertThat(run(arguments)).isEqualTo(2);
        assertThat(err.toString()).startsWith("scgrad: ").contains(message);
        assertThat(err.toString().lines()).hasSize(1);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aloneItPrintsHelp() {
        assertThat(run()).isZero();
        assertThat(out.toString()).contains("Usage: scgrad", "summary", "gradcheck", "bench");
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "train",
                "eval",
                "ablate",
                "study",
                "study list",
                "study show",
                "study run",
                "study report",
                "study compare",
                "study measure",
                "study inside",
                "convert",
                "models",
                "summary",
                "gradcheck",
                "bench",
                "gradcam",
                "field",
                "calibration",
                "data",
                "devices"
            })
    void everyCommandExplainsItself(String command) {
        assertThat(run((command + " --help").split(" "))).isZero();
        assertThat(out.toString()).contains("Usage: scgrad " + command, "--debug", "--help");
    }

    @Test
    void anUnknownCommandIsOneLineWithASuggestion() {
        assertMisused("unknown command 'bnech', did you mean 'bench'?", "bnech");
    }

    @Test
    void anUnknownOptionIsOneLineWithASuggestion() {
        assertMisused("Unknown option: '--rep', did you mean '--reps'?", "bench", "--rep", "3");
    }

    @Test
    void aMissingArgumentIsNamed() {
        assertMisused("'MODEL'", "summary");
    }

    @Test
    void aWrongNumberIsNamed() {
        assertMisused("'x' is not an int", "bench", "--threads", "x", "gemm-512");
    }

    @Test
    void anUnknownModelIsWrongUsage() {
        assertMisused("did you mean 'scnet50'?", "summary", "scnt50");
    }

    @Test
    void anUnknownOptionOfAModelIsWrongUsage() {
        assertMisused("did you mean 'rate'?", "summary", "scnet50[rat=2]");
    }

    @Test
    void anUnknownDataSetIsWrongUsage() {
        assertMisused("did you mean 'cifar10'?", "data", "cifar-1");
    }

    @Test
    void studiesAreListedAndShown() {
        assertThat(run("study", "list")).isZero();
        assertThat(out.toString()).contains("design-choices", "attention", "imagenet-mini");
        assertThat(run("study", "show", "attention", "--out", folder.toString(), "--set", "network=resnet8"))
                .isZero();
        assertThat(out.toString()).contains("resnet8[attention=cbam]", "sc_resnet8[attention=ge]");
    }

    @Test
    void whatIsWrongWithAStudyIsOneLine() {
        assertMisused("did you mean 'attention'?", "study", "run", "atention");
    }

    @Test
    void anUnknownSettingOfAStudyIsOneLine() {
        assertMisused("did you mean 'epochs'?", "study", "show", "depth", "--set", "epoch=3");
    }

    @Test
    void aWrongShardIsOneLine() {
        assertMisused("shard 3/2 must be from 1/2 to 2/2", "study", "run", "depth", "--shard", "3/2");
    }

    @Test
    void aComparisonNamesFolderAndVariant() {
        assertMisused("must read DIR:VARIANT", "study", "compare", "results", "plain");
    }

    @Test
    void aStudyWithoutRunsHasNoReport() {
        assertThat(run("study", "report", "depth", "--out", folder.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("no complete run of the study depth yet");
    }

    @Test
    void missingDataAreAFailureAndNotWrongUsage() {
        assertThat(run("data", "cifar10", "--verify", "--data-dir", folder.toString()))
                .isEqualTo(1);
        assertThat(err.toString()).startsWith("scgrad: cifar10: ").contains("is missing");
        assertThat(err.toString().lines()).hasSize(1);
    }

    @Test
    void debugPrintsTheStackTraceToo() {
        assertThat(run("--debug", "summary", "scnt50")).isEqualTo(2);
        assertThat(err.toString().lines().filter(line -> line.startsWith("\tat ")))
                .isNotEmpty();
    }

    @Test
    void aSummaryHasThePapersFiguresBesideOurs() {
        assertThat(run("summary", "scnet50")).isZero();
        assertThat(out.toString()).contains("layer1.0.scconv.k2.1", "25,564,584   25,564,584", "77.8 %", "93.9 %");
    }

    @Test
    void aSummaryOfAnUnpublishedNetworkSaysThatThereAreNoFigures() {
        assertThat(run("summary", "scnet50[rate=2]", "--input", "96", "--classes", "10"))
                .isZero();
        assertThat(out.toString())
                .contains("[1, 96, 96, 3]", "[1, 10]", "not available")
                .doesNotContain("77.8");
    }

    @Test
    void everyNetworkIsListedWithItsSize() {
        assertThat(run("models")).isZero();
        assertThat(out.toString()).contains("scnet101", "44,565,416", "sc_resnet20", "rate=4,pool=avg");
    }

    @Test
    void gradientsAreCheckedByName() {
        assertThat(run("gradcheck", "conv2d, 1x1")).isZero();
        assertThat(out.toString()).contains("2 of 2 passed");
    }

    @Test
    void benchListsThePeersCases() {
        assertThat(run("bench")).isZero();
        List<String> names =
                out.toString().lines().filter(name -> !name.startsWith("data-")).toList();
        assertThat(names)
                .hasSize(44)
                .contains(
                        "gemm-1024",
                        "conv-b16-128to128-56-k3-s1-g32-train",
                        "scnet50-b1-infer",
                        "cifar-scresnet29-train")
                .doesNotContain("scnet50-b1-train");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "conv-b1-4to8-6-k3-s2-g2",
                "conv-b1-4to8-6-k3-s2-g2-train",
                "conv-b1-4to8-6-k3-s1-g1-infer",
                "gemm-17"
            })
    void benchTakesOtherSizesByName(String name) {
        assertThat(run("bench", "--reps", "1", "--threads", "1", name)).isZero();
        assertThat(out.toString().lines())
                .singleElement()
                .asString()
                .startsWith(name + "\t")
                .endsWith(" GFLOP/s");
    }

    @Test
    void benchSaysHowOtherSizesAreNamed() {
        assertMisused(
                "no case is 'conv-b1-4to8-6-k3'; 'scgrad bench' lists them, and others are",
                "bench",
                "conv-b1-4to8-6-k3");
    }

    @Test
    void benchTakesNoEmptyProduct() {
        assertMisused("no case is 'gemm-0'", "bench", "gemm-0");
    }

    @Test
    void benchComparesWithoutASweep() {
        assertMisused(
                "--against goes with neither --profile nor --sweep",
                "bench",
                "--against",
                folder.toString(),
                "--sweep",
                "gemm-17");
    }

    @Test
    void benchSaysWhatAGroupedConvolutionNeeds() {
        assertMisused("groups 3 must divide 4", "bench", "conv-b1-4to8-6-k3-s1-g3");
    }

    @Test
    void benchComparesOnlyWithACheckout() {
        assertMisused(
                "--against " + folder + ": no launcher 'scgrad'", "bench", "--against", folder.toString(), "gemm-17");
    }

    @Test
    void benchSkipsDataThatAreMissingInOneLine() {
        assertThat(run("bench", "data-cifar10", "--data-dir", folder.toString()))
                .isZero();
        assertThat(err.toString()).contains("data-cifar10 skipped: cifar10: ");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void devicesSayWhatAutoChooses() {
        assertThat(run("devices")).isZero();
        assertThat(out.toString()).contains("reference", "auto       cpu", "GFLOP/s", "--backend opencl");
    }

    @Test
    void theOpenClSourceIsWrittenWithoutADevice() {
        Path file = folder.resolve("kernels.cl");
        assertThat(run("devices", "--dump-opencl", file.toString())).isZero();
        assertThat(file).content().contains("__kernel void run(", "__global float *heap");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void anUnwritablePlaceForTheOpenClSourceIsOneLine() {
        Path file = folder.resolve("missing").resolve("kernels.cl");
        assertThat(run("devices", "--dump-opencl", file.toString())).isEqualTo(1);
        assertThat(err.toString().lines()).singleElement().asString().contains("there is no folder");
    }

    @Test
    void aContactSheetIsWritten() {
        Path sheet = folder.resolve("sheet.png");
        assertThat(run("data", "context", "--sheet", sheet.toString(), "--per-class", "2"))
                .isZero();
        assertThat(sheet).isNotEmptyFile();
        assertThat(out.toString()).contains("context train: 5000 images of 32x32x3, 10 classes");
    }
}
