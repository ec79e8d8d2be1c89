package scgrad.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import scgrad.core.array.Traffic;
import scgrad.nn.train.Trainer;

class TrafficReportTest {
    private final AtomicReference<Traffic> moved = new AtomicReference<>(Traffic.NONE);
    private final TrafficReport report = new TrafficReport(moved::get);

    private static Traffic sum(Traffic a, Traffic b) {
        return new Traffic(
                a.commands() + b.commands(),
                a.launches() + b.launches(),
                a.commandBytes() + b.commandBytes(),
                a.bytesIn() + b.bytesIn(),
                a.bytesOut() + b.bytesOut());
    }

    private void step(int batch, Traffic inIt) {
        moved.set(sum(moved.get(), inIt));
        report.onStep(new Trainer.Step(1, batch, 3, 8, 1, 0.1));
    }

    @Test
    void aStepIsCountedFromTheEndOfTheOneBefore() {
        Traffic test = new Traffic(1000, 1000, 1000, 1000, 1000);
        for (Traffic first : List.of(Traffic.NONE, test)) {
            step(1, first);
            step(2, new Traffic(10, 1, 400, 2000, 8));
            step(3, new Traffic(10, 1, 400, 2000, 8));
        }
        Traffic checkpoint = new Traffic(900, 90, 9000, 0, 1 << 20);
        step(4, checkpoint);
        assertThat(report.line("step", false))
                .isEqualToIgnoringNewLines("device, each step (median of 5): 10.0 commands in 1.0 launches;"
                        + " 2,000 bytes in, 8 bytes out, 400 bytes of commands");
    }

    @Test
    void aBackendInTheHostsMemoryIsNotMentioned() {
        step(1, Traffic.NONE);
        step(2, Traffic.NONE);
        assertThat(report.line("step", true)).isEmpty();
    }
}
