package scgrad.experiments.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scgrad.core.array.Backends;
import scgrad.experiments.data.BrokenFiles;

/** A training on a folder of images of several sizes, one of which is broken. */
class RunTest {
    @TempDir
    Path directory;

    private Path broken;

    @BeforeEach
    void images() throws IOException {
        for (String split : new String[] {"train", "val"}) {
            for (int i = 0; i < 8; i++) {
                Path file = directory.resolve("mine/" + split + "/class" + i % 2 + "/" + i + ".png");
                Files.createDirectories(file.getParent());
                BufferedImage image = new BufferedImage(20 + 3 * i, 40 - 2 * i, BufferedImage.TYPE_INT_RGB);
                for (int x = 0; x < image.getWidth(); x++) {
                    image.setRGB(x, x % image.getHeight(), (x * i * 7919) & 0xffffff);
                }
                ImageIO.write(image, "png", file.toFile());
            }
        }
        broken = Files.writeString(directory.resolve("mine/train/class1/broken.jpg"), "nothing");
    }

    private RunConfig config() {
        return RunConfig.defaults("mine")
                .with("model", "sc_resnet8")
                .with("epochs", "1")
                .with("batch", "3")
                .with("image_size", "16")
                .with("resize", "18")
                .with("crop", "0")
                .with("resized_crop", "0.3")
                .with("jitter", "0.2");
    }

    private Run run(RunConfig config, String folder) {
        return new Run(config, directory, Backends.open("cpu"), directory.resolve(folder));
    }

    @Test
    void brokenFilesAreSkippedOnRequestAndListedInTheRunsFolder() throws IOException {
        RunConfig config = config().with("skip_broken", "true");
        List<BrokenFiles.Broken> heard = new ArrayList<>();
        run(config, "one")
                .whileChecking(new BrokenFiles.Listener() {
                    @Override
                    public void onBroken(BrokenFiles.Broken one) {
                        heard.add(one);
                    }
                })
                .execute(false, Run.Start.SCRATCH);
        Path list = directory.resolve("one/skipped.txt");
        assertThat(heard).extracting(BrokenFiles.Broken::file).containsExactly(broken);
        assertThat(Files.readAllLines(list)).containsExactly(broken + ": no JPEG or PNG image");
        // the same again gives the same weights, on whatever threads the loader has
        run(config, "two").execute(false, Run.Start.SCRATCH);
        assertThat(Files.readAllBytes(directory.resolve("two/weights.safetensors")))
                .isEqualTo(Files.readAllBytes(directory.resolve("one/weights.safetensors")));
        Files.delete(broken);
        assertThatThrownBy(() -> run(config, "one").execute(true, Run.Start.SCRATCH))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(list + " lists other files than those that cannot be read now");
        run(config, "three").execute(false, Run.Start.SCRATCH);
        assertThat(directory.resolve("three/skipped.txt")).doesNotExist();
    }

    @Test
    void aBrokenFileIsAnErrorOtherwise() {
        assertThatThrownBy(() -> run(config(), "one").execute(false, Run.Start.SCRATCH))
                .hasMessageContaining("cannot decode " + broken)
                .hasMessageContaining("--skip-broken");
    }
}
