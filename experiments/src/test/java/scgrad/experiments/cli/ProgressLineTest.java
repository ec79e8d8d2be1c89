package scgrad.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private final StringWriter out = new StringWriter();
    private final AtomicLong clock = new AtomicLong();

    private ProgressLine.Lines lines(long total) {
        return new ProgressLine.Lines("epoch 1", total, "images", new PrintWriter(out, true), clock::get);
    }

    private void pass(long seconds) {
        clock.addAndGet(seconds * 1_000_000_000L);
    }

    @Test
    void oneLineInTenSecondsAndOneAtTheEnd() {
        try (ProgressLine progress = lines(400)) {
            for (int i = 0; i < 40; i++) {
                pass(1);
                progress.step(10, "loss " + i);
            }
        }
        assertThat(out.toString().lines())
                .containsExactly(
                        "epoch 1: 100/400 images (25 %), 10 images/s, 0:30 left, loss 9",
                        "epoch 1: 200/400 images (50 %), 10 images/s, 0:20 left, loss 19",
                        "epoch 1: 300/400 images (75 %), 10 images/s, 0:10 left, loss 29",
                        "epoch 1: 400/400 images (100 %), 10 images/s, 0:00 left, loss 39",
                        "epoch 1: 400/400 images (100 %), 10 images/s, took 0:40, loss 39");
    }

    @Test
    void anUnknownTotalHasNoEnd() {
        try (ProgressLine progress = lines(-1)) {
            pass(20);
            progress.step(10, "");
        }
        assertThat(out.toString().lines().findFirst()).contains("epoch 1: 10 images, 0.5 images/s, so far 0:20");
    }

    @Test
    void durations() {
        assertThat(ProgressLine.duration(59.6)).isEqualTo("1:00");
        assertThat(ProgressLine.duration(3661)).isEqualTo("1:01:01");
    }
}
