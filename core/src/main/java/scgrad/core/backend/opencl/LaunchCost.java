package scgrad.core.backend.opencl;

import java.util.Locale;

/**
 * What calling a device takes before any work is done, measured with the command that does nothing.
 *
 * @param launch microseconds of a launch beside its commands
 * @param command microseconds of each command in it, a pass
 */
record LaunchCost(double launch, double command) {
    private static final int REPETITIONS = 20;

    static LaunchCost of(DeviceQueue queue) {
        double one = microseconds(queue, 1);
        double all = microseconds(queue, DeviceQueue.COMMANDS);
        double command = (all - one) / (DeviceQueue.COMMANDS - 1);
        return new LaunchCost(Math.max(one - command, 0), command);
    }

    /** The best time of a launch of so many commands. */
    private static double microseconds(DeviceQueue queue, int commands) {
        queue.flush();
        long best = Long.MAX_VALUE;
        for (int i = 0; i < REPETITIONS; i++) {
            long started = System.nanoTime();
            for (int c = 0; c < commands; c++) {
                queue.add(DeviceKernels.NOTHING);
            }
            queue.flush();
            best = Math.min(best, System.nanoTime() - started);
        }
        return best * 1e-3;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.0f us a launch and %.0f us each command in it", launch, command);
    }
}
