package scgrad.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scgrad.core.OpenClDevice;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.experiments.run.Run;
import scgrad.experiments.run.RunConfig;
import scgrad.nn.train.Trainer;

/**
 * The first steps of sc_resnet20 on CIFAR-10 from one seed, in the usual recipe with a smaller rate, on two backends: float32 differences grow
 * along a training.
 * {@code -Dscgrad.steps=50} takes all that {@code results/opencl} tells of.
 */
class BackendsTrainAlikeTest {
    private static final Path DATA = Path.of("../../shared/data");
    private static final int STEPS = Integer.getInteger("scgrad.steps", 5);
    private static final int BATCH = 128;
    /** The largest of the one-cycle schedule. With the usual 0.3 the cpu backend with Winograd and without drift apart as fast as two backends. */
    private static final double RATE = 0.05;

    /** Ends a training that would take ten epochs. */
    private static final class Enough extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @TempDir
    Path folder;

    @Test
    void cpuAndOpencl() throws Exception {
        assumeTrue(Files.exists(DATA), "skipped: CIFAR-10 is not in " + DATA);
        List<Double> opencl = losses(OpenClDevice.open());
        List<Double> cpu = losses(Backends.open("cpu"));
        double worst = 0;
        for (int step = 0; step < STEPS; step++) {
            double difference = Math.abs(opencl.get(step) - cpu.get(step)) / cpu.get(step);
            System.out.printf("%d %.6f %.6f %.2e%n", step + 1, cpu.get(step), opencl.get(step), difference);
            worst = Math.max(worst, difference);
            assertThat(opencl.get(step))
                    .as("loss of step " + (step + 1))
                    .isCloseTo(cpu.get(step), within((step < 5 ? 1e-4 : 2e-2) * cpu.get(step)));
        }
        System.out.printf("largest relative difference of %d losses: %.2e%n", STEPS, worst);
    }

    private List<Double> losses(Backend backend) throws Exception {
        List<Double> losses = new ArrayList<>();
        RunConfig config = RunConfig.defaults("cifar10")
                .with("test_images", Integer.toString(BATCH))
                .with("batch", Integer.toString(BATCH))
                .with("rate", Double.toString(RATE));
        Run run = new Run(config, DATA, backend, folder.resolve(backend.name())).listen(new Trainer.Listener() {
            @Override
            public void onStep(Trainer.Step step) {
                losses.add(step.loss());
                if (losses.size() == STEPS) {
                    throw new Enough();
                }
            }
        });
        assertThatThrownBy(() -> run.execute(false, Run.Start.SCRATCH)).isInstanceOf(Enough.class);
        return losses;
    }
}
