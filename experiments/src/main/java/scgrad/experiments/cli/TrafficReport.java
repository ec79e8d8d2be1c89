package scgrad.experiments.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import scgrad.core.array.Traffic;
import scgrad.nn.train.Trainer;

/**
 * What goes to a device and from it in a step: the median of those that were counted, which a checkpoint now and then does not change. Nothing
 * on a backend that computes in the host's memory.
 */
final class TrafficReport implements Trainer.Listener {
    private final Supplier<Traffic> soFar;
    private Traffic before;
    private final List<Part> parts = new ArrayList<>();

    /** What moved in some steps. */
    private record Part(Traffic moved, int steps) {}

    /** @param soFar what a backend says that moved */
    TrafficReport(Supplier<Traffic> soFar) {
        this.soFar = soFar;
    }

    void begin() {
        before = soFar.get();
    }

    /** So many steps later. */
    void end(int count) {
        parts.add(new Part(soFar.get().since(before), count));
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
        if (parts.stream().allMatch(part -> part.moved.equals(Traffic.NONE))) {
            return "";
        }
        return String.format(
                Locale.ROOT,
                "device, each %s (median of %,d): %.1f commands in %.1f launches; %,.0f bytes in, %,.0f bytes out, %,.0f bytes of"
                        + " commands%s%n",
                unit,
                parts.stream().mapToInt(Part::steps).sum(),
                median(Traffic::commands),
                median(Traffic::launches),
                median(Traffic::bytesIn),
                median(Traffic::bytesOut),
                median(Traffic::commandBytes),
                profiled
                        ? " (under --profile each kernel is a launch of its own; without it, launches and bytes are fewer)"
                        : "");
    }

    private double median(ToLongFunction<Traffic> figure) {
        double[] each = parts.stream()
                .mapToDouble(part -> (double) figure.applyAsLong(part.moved) / part.steps)
                .sorted()
                .toArray();
        return each[each.length / 2];
    }
}
