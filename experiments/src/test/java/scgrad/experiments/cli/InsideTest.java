package scgrad.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scgrad.core.Rng;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.experiments.data.ContactSheet;
import scgrad.experiments.data.Datasets;
import scgrad.experiments.inside.Samples;
import scgrad.nn.Module;
import scgrad.nn.io.SafeTensors;
import scgrad.nn.io.Weights;
import scgrad.scnet.Models;

/** The commands gradcam, field and calibration from outside, on the built-in data set. */
class InsideTest {
    /** The margin, a line of text and the gap between pictures. */
    private static final int MARGIN = 18;

    private static final int LINE = 18;
    private static final int GAP = 14;
    private static final int HEAD = LINE + 6;

    @TempDir
    static Path folder;

    private static Path plain;
    private static Path calibrated;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void weights() throws IOException {
        plain = weights("resnet8");
        calibrated = weights("sc_resnet8");
    }

    private static Path weights(String model) throws IOException {
        Backend cpu = Backends.open("cpu", 1);
        Module network = Models.create(cpu, model, 10).initialize(Rng.of(1).stream("init"));
        Path file = folder.resolve(model + ".safetensors");
        SafeTensors.write(file, Weights.export(network), Map.of());
        return file;
    }

    private int run(String command, String... arguments) {
        List<String> all = new ArrayList<>(List.of(command, "--image-size", "16", "--test-images", "40"));
        all.addAll(List.of("--train-images", "10", "--backend", "cpu", "--threads", "2"));
        all.addAll(List.of(arguments));
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), all.toArray(String[]::new));
    }

    private void assertMisused(String message, String command, String... arguments) {
        assertThat(run(command, arguments)).isEqualTo(2);
        assertThat(err.toString().lines().filter(line -> line.startsWith("scgrad: ")))
                .singleElement()
                .asString()
                .contains(message);
        assertThat(out.toString()).isEmpty();
    }

    private static BufferedImage read(Path file) throws IOException {
        return ImageIO.read(file.toFile());
    }

    /** The pictures' pixels from a place on, 8 times as large as they were. */
    private static void assertShown(BufferedImage sheet, int left, int top, BufferedImage image) {
        for (int y = 0; y < 128; y++) {
            for (int x = 0; x < 128; x++) {
                assertThat(sheet.getRGB(left + x, top + y)).isEqualTo(image.getRGB(x / 8, y / 8));
            }
        }
    }

    @Test
    void gradcamShowsARowForEachImageAndAColumnForEachNetwork() throws IOException {
        Path file = folder.resolve("maps").resolve("gradcam.png");
        assertThat(run(
                        "gradcam",
                        "--model",
                        "resnet8",
                        "--weights",
                        plain.toString(),
                        "--model",
                        "sc_resnet8",
                        "--weights",
                        calibrated.toString(),
                        "--images",
                        "3",
                        "--seed",
                        "5",
                        "--out",
                        file.toString()))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).isEqualTo("wrote " + file + System.lineSeparator());
        BufferedImage sheet = read(file);
        assertThat(sheet.getWidth()).isEqualTo(2 * MARGIN + 3 * 128 + 2 * GAP);
        assertThat(sheet.getHeight()).isEqualTo(2 * MARGIN + HEAD + 3 * (128 + LINE + GAP) + LINE);
        Datasets.Split split =
                Datasets.open(Datasets.Choice.of("context").sized(16).limited(10, 40));
        Samples samples = Samples.draw(split.test(), split.normalization(), 3, 5);
        for (int i = 0; i < 3; i++) {
            BufferedImage image =
                    ContactSheet.picture(split.test(), samples.indices().get(i));
            assertShown(sheet, MARGIN, MARGIN + HEAD + i * (128 + LINE + GAP), image);
        }
    }

    @Test
    void sameArgumentsGiveTheSameFile() throws IOException {
        Path first = folder.resolve("first.png");
        Path second = folder.resolve("second.png");
        for (Path file : List.of(first, second)) {
            run(
                    "gradcam",
                    "--model",
                    "resnet8",
                    "--weights",
                    plain.toString(),
                    "--images",
                    "2",
                    "--class",
                    "predicted",
                    "--stage",
                    "2",
                    "--out",
                    file.toString());
        }
        assertThat(first).hasSameBinaryContentAs(second);
    }

    @Test
    void fieldsNeedNoWeightsAndAreATableToo() throws IOException {
        Path file = folder.resolve("field.png");
        Path csv = folder.resolve("field.csv");
        assertThat(run(
                        "field",
                        "--model",
                        "resnet8",
                        "--model",
                        "sc_resnet8[rate=2,pool=max]",
                        "--stage",
                        "1",
                        "--images",
                        "17",
                        "--scale",
                        "log",
                        "--out",
                        file.toString(),
                        "--csv",
                        csv.toString()))
                .as(err.toString())
                .isZero();
        BufferedImage sheet = read(file);
        assertThat(sheet.getWidth()).isEqualTo(2 * MARGIN + 2 * 256 + GAP);
        assertThat(sheet.getHeight()).isEqualTo(2 * MARGIN + HEAD + LINE + 256 + 4 * LINE + GAP + LINE);
        List<String> lines = Files.readAllLines(csv);
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).isEqualTo("model,stage,images,height,width,radius,radius_50,radius_90,area");
        assertThat(lines.get(1)).startsWith("\"resnet8\",1,17,16,16,");
        assertThat(lines.get(2)).startsWith("\"sc_resnet8[rate=2,pool=max]\",1,17,16,16,");
        assertThat(out.toString()).contains("radius", "resnet8 ", "wrote " + csv);
    }

    @Test
    void calibrationShowsTheLastUnitOfEachStageOrThoseOfOne() throws IOException {
        Path usual = folder.resolve("usual.png");
        Path stage = folder.resolve("stage.png");
        List<String> arguments =
                List.of("--model", "sc_resnet8", "--weights", calibrated.toString(), "--images", "2", "--out");
        for (Path file : List.of(usual, stage)) {
            List<String> all = new ArrayList<>(arguments);
            all.add(file.toString());
            all.addAll(file == stage ? List.of("--stage", "2") : List.of());
            assertThat(run("calibration", all.toArray(String[]::new)))
                    .as(err.toString())
                    .isZero();
        }
        int height = 2 * MARGIN + HEAD + LINE + 2 * (128 + LINE + GAP) + LINE;
        assertThat(read(usual).getHeight()).isEqualTo(height);
        assertThat(read(stage).getHeight()).isEqualTo(height);
        // paths are wider than pictures: columns are as wide as the longest of them
        assertThat(read(usual).getWidth()).isGreaterThanOrEqualTo(2 * MARGIN + 4 * 128 + 3 * GAP);
        assertThat(read(usual).getWidth())
                .isGreaterThan(read(stage).getWidth() + 128)
                .isLessThan(2 * read(stage).getWidth());
    }

    @Test
    void aStageThatIsNotThereIsSaid() {
        assertMisused(
                "stage 4: resnet8 has stages 1 to 3",
                "gradcam",
                "--stage",
                "4",
                "--model",
                "resnet8",
                "--weights",
                plain.toString());
        err.getBuffer().setLength(0);
        assertMisused("stage 4: sc_resnet8 has stages 1 to 3", "field", "--stage", "4", "--model", "sc_resnet8");
        err.getBuffer().setLength(0);
        assertMisused(
                "stage 9: sc_resnet8 has stages 1 to 3",
                "calibration",
                "--stage",
                "9",
                "--model",
                "sc_resnet8",
                "--weights",
                calibrated.toString());
    }

    @Test
    void fewerWeightsThanModelsIsSaid() {
        String message = "--weights is there 1 times and --model 2 times; give one for each";
        for (String command : List.of("gradcam", "field")) {
            err.getBuffer().setLength(0);
            assertMisused(message, command, "--model", "resnet8", "--model", "resnet14", "--weights", plain.toString());
        }
        err.getBuffer().setLength(0);
        assertMisused("--weights is there 0 times", "gradcam", "--model", "resnet8");
        err.getBuffer().setLength(0);
        assertMisused("'--weights=FILE'", "calibration", "--model", "sc_resnet8");
    }

    @Test
    void weightsThatDoNotFitAreAFailure() {
        assertThat(run("gradcam", "--model", "sc_resnet8", "--weights", plain.toString()))
                .isEqualTo(1);
        assertThat(err.toString()).contains("does not fit the model");
    }

    @Test
    void aNetworkWithoutGatesAndAUnitThatIsNotThereAreSaid() {
        assertMisused("resnet8 has no gates", "calibration", "--model", "resnet8", "--weights", plain.toString());
        err.getBuffer().setLength(0);
        assertMisused(
                "did you mean 'layer1.0.unit1.scconv'?",
                "calibration",
                "--model",
                "sc_resnet8",
                "--weights",
                calibrated.toString(),
                "--unit",
                "layer1.0.unit1.sconv");
    }

    @Test
    void anUnknownClassOrScaleIsSaid() {
        assertMisused("[TRUE, PREDICTED]", "gradcam", "--model", "resnet8", "--class", "cat");
        err.getBuffer().setLength(0);
        assertMisused("[SQRT, LOG]", "field", "--model", "resnet8", "--scale", "cubic");
    }
}
