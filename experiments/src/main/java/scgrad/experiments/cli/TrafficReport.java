package scgrad.experiments.cli;

import java.util.Locale;
import java.util.function.Supplier;
import scgrad.core.array.Traffic;
import scgrad.nn.train.Trainer;

/** What goes to a device and from it in a step, the mean of those that were counted; nothing on a backend that computes in the host's memory. */
final class TrafficReport implements Trainer.Listener {
    private final Supplier<Traffic> soFar;
    private Traffic before;
    private Traffic moved = Traffic.NONE;
    private long steps;

    /** @param soFar what a backend says that moved */
    TrafficReport(Supplier<Traffic> soFar) {
        this.soFar = soFar;
    }

    void begin() {
        before = soFar.get();
    }

    /** So many steps later. */
    void end(int count) {
        moved = moved.plus(soFar.get().since(before));
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
     * One line with its end, or nothing.
     *
     * @param unit what a step is called
     * @param profiled whether a profile waited for each kernel
     */
    String line(String unit, boolean profiled) {
        if (steps == 0 || moved.equals(Traffic.NONE)) {
            return "";
        }
        return String.format(
                Locale.ROOT,
                "device, each %s (mean of %,d): %.1f commands in %.1f launches; %,.0f bytes in, %,.0f bytes out, %,.0f bytes of"
                        + " commands%s%n",
                unit,
                steps,
                (double) moved.commands() / steps,
                (double) moved.launches() / steps,
                (double) moved.bytesIn() / steps,
                (double) moved.bytesOut() / steps,
                (double) moved.commandBytes() / steps,
                profiled
                        ? " (under --profile each kernel is a launch of its own; without it, launches and bytes are fewer)"
                        : "");
    }
}
