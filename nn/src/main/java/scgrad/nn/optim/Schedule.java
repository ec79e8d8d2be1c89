package scgrad.nn.optim;

import java.util.Arrays;

/** The learning rate over a training of {@code total} steps. Each prints itself as it is written in a configuration. */
public sealed interface Schedule {
    /** The rate at a step, 0 .. total-1. */
    double rate(long step, long total);

    /** Always the same. */
    record Constant(double rate) implements Schedule {
        @Override
        public double rate(long step, long total) {
            return rate;
        }

        @Override
        public String toString() {
            return "constant(" + rate + ")";
        }
    }

    /** Multiplied by {@code factor} at each milestone, given as parts of the whole training. */
    record MultiStep(double rate, double factor, double... milestones) implements Schedule {
        @Override
        public double rate(long step, long total) {
            long passed = Arrays.stream(milestones)
                    .filter(milestone -> step >= Math.round(milestone * total))
                    .count();
            return rate * Math.pow(factor, passed);
        }

        @Override
        public String toString() {
            return "multistep(" + rate + ", x" + factor + " at " + Arrays.toString(milestones) + ")";
        }
    }

    /** Half a cosine from rate to 0 (Loshchilov and Hutter, SGDR, ICLR 2017, without restarts). */
    record Cosine(double rate) implements Schedule {
        @Override
        public double rate(long step, long total) {
            return rate * (1 + StrictMath.cos(Math.PI * step / total)) / 2;
        }

        @Override
        public String toString() {
            return "cosine(" + rate + ")";
        }
    }

    /**
     * Up from peak/25 for the first part, down to almost 0 in the rest, both along half a cosine: PyTorch's {@code OneCycleLR} (Smith and
     * Topin, 2018).
     */
    record OneCycle(double peak, double warm) implements Schedule {
        private static final double START = 1.0 / 25;
        private static final double END = START * 1e-4;

        @Override
        public double rate(long step, long total) {
            // a training too short to warm up begins at the peak
            double top = Math.max(warm * total - 1, 0);
            double last = total - 1;
            return step <= top
                    ? between(peak * START, peak, top > 0 ? step / top : 1)
                    : between(peak, peak * END, (step - top) / (last - top));
        }

        private static double between(double from, double to, double part) {
            return to + (from - to) / 2 * (1 + StrictMath.cos(Math.PI * part));
        }

        @Override
        public String toString() {
            return "onecycle(" + peak + ", warm " + warm + ")";
        }
    }

    /** Linear from 0 for a number of steps, then another schedule from its own beginning. */
    record WarmUp(long steps, Schedule then) implements Schedule {
        @Override
        public double rate(long step, long total) {
            return step < steps
                    ? then.rate(0, Math.max(total - steps, 1)) * (step + 1) / steps
                    : then.rate(step - steps, Math.max(total - steps, 1));
        }

        @Override
        public String toString() {
            return "warmup(" + steps + " steps, " + then + ")";
        }
    }

    /**
     * A schedule by name: {@code constant}, {@code multistep} (divided by 10 at a half and three quarters), {@code cosine}, {@code onecycle}
     * (a quarter up).
     */
    static Schedule of(String name, double rate) {
        return switch (name) {
            case "constant" -> new Constant(rate);
            case "multistep" -> new MultiStep(rate, 0.1, 0.5, 0.75);
            case "cosine" -> new Cosine(rate);
            case "onecycle" -> new OneCycle(rate, 0.25);
            default ->
                throw new IllegalArgumentException(
                        "unknown schedule '" + name + "'; one of constant, multistep, cosine, onecycle");
        };
    }
}
