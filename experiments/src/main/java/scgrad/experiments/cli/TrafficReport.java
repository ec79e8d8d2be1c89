package scgrad.experiments.cli;

import java.util.Locale;
import scgrad.core.array.Backend;
import scgrad.core.array.Traffic;
import scgrad.nn.train.Trainer;

/** What goes to a device and from it in a step, the mean of those that were counted; nothing on a backend that computes in the host's memory. */
final class TrafficReport implements Trainer.Listener {
    private final Backend backend;
    private Traffic before;
    private Traffic moved = Traffic.NONE;
    private long steps;

    /** @param backend itself, not one that a profile watches */
    TrafficReport(Backend backend) {
        this.backend = backend;
    }

    void begin() {
        before = backend.traffic();
    }

    /** So many steps later. */
    void end(int count) {
        moved = moved.plus(backend.traffic().since(before));
        steps += count;
    }

    /** Counts from one step's end to the next's within an epoch, so that tests between epochs do not count; the first begins. */
    @Override
    public void onStep(Trainer.Step step) {
        if (step.batch() > 1 && before != null) {
            end(1);
        }
        begin();
    }

    /**
     * One line, or empty.
     *
     * @param unit what a step is called
     * @param profiled whether a profile waited for each kernel
     */
    String lines(String unit, boolean profiled) {
        if (steps == 0 || moved.equals(Traffic.NONE)) {
            return "";
        }
        return String.format(
                Locale.ROOT,
                "device, each %s (mean of %,d): %.1f launches of %.1f commands; %,.0f bytes in, %,.0f bytes out, %,.0f bytes of"
                        + " commands%s%n",
                unit,
                steps,
                (double) moved.launches() / steps,
                (double) moved.commands() / steps,
                (double) moved.bytesIn() / steps,
                (double) moved.bytesOut() / steps,
                (double) moved.commandBytes() / steps,
                profiled
                        ? " (--profile launches each kernel by itself: without it, launches and bytes are fewer)"
                        : "");
    }
}
