package scgrad.experiments.cli;

import java.io.PrintWriter;
import java.text.DecimalFormat;
import java.util.Locale;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * How far a piece of work is: a bar on a terminal, a line every ten seconds and one at the end elsewhere.
 *
 * <pre>{@code
 * try (ProgressLine progress = ProgressLine.start("epoch 1/10", 50_000, "images", err)) {
 *     progress.step(128, "loss 1.234");
 * }
 * }</pre>
 */
public abstract class ProgressLine implements AutoCloseable {
    private ProgressLine() {}

    /**
     * @param total how many steps there are, or less than 0 where nobody knows
     * @param unit what is counted, in the plural
     */
    public static ProgressLine start(String title, long total, String unit, PrintWriter err) {
        boolean terminal = System.console() != null && System.console().isTerminal();
        return terminal ? new Bar(title, total, unit) : new Lines(title, total, unit, err, System::nanoTime);
    }

    /** So many more are done; the message, which may be empty, stands behind. */
    public abstract void step(long count, String message);

    @Override
    public abstract void close();

    private static final class Bar extends ProgressLine {
        private final ProgressBar bar;

        Bar(String title, long total, String unit) {
            bar = new ProgressBarBuilder()
                    .setTaskName(title)
                    .setInitialMax(total)
                    .setUnit(" " + unit, 1)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(250)
                    .showSpeed(new DecimalFormat("#,##0"))
                    .build();
        }

        @Override
        public void step(long count, String message) {
            bar.setExtraMessage(message.isEmpty() ? "" : " " + message);
            bar.stepBy(count);
        }

        @Override
        public void close() {
            bar.close();
        }
    }

    /** For logs and pipes. */
    static final class Lines extends ProgressLine {
        private static final long INTERVAL = 10_000_000_000L;

        private final String title;
        private final long total;
        private final String unit;
        private final PrintWriter out;
        private final LongSupplier clock;
        private final long started;
        private long said;
        private long done;
        private String message = "";

        /** @param clock nanoseconds */
        Lines(String title, long total, String unit, PrintWriter out, LongSupplier clock) {
            this.title = title;
            this.total = total;
            this.unit = unit;
            this.out = out;
            this.clock = clock;
            this.started = clock.getAsLong();
            this.said = started;
        }

        @Override
        public void step(long count, String news) {
            done += count;
            message = news;
            long now = clock.getAsLong();
            if (now - said >= INTERVAL) {
                said = now;
                say(now, true);
            }
        }

        @Override
        public void close() {
            say(clock.getAsLong(), false);
        }

        private void say(long now, boolean running) {
            double seconds = (now - started) * 1e-9;
            double speed = seconds > 0 ? done / seconds : 0;
            StringBuilder line = new StringBuilder(title).append(": ").append(done);
            if (total > 0) {
                line.append('/')
                        .append(total)
                        .append(' ')
                        .append(unit)
                        .append(String.format(Locale.ROOT, " (%d %%)", done * 100 / total));
            } else {
                line.append(' ').append(unit);
            }
            line.append(String.format(Locale.ROOT, speed < 9.95 ? ", %.1f %s/s, " : ", %.0f %s/s, ", speed, unit));
            if (!running) {
                line.append("took ").append(duration(seconds));
            } else if (total > 0 && speed > 0) {
                line.append(duration((total - done) / speed)).append(" left");
            } else {
                line.append("so far ").append(duration(seconds));
            }
            out.println(message.isEmpty() ? line : line.append(", ").append(message));
            out.flush();
        }
    }

    /** Hours, minutes and seconds as 1:02:03 or 2:03. */
    static String duration(double seconds) {
        long whole = Math.round(seconds);
        return whole < 3600
                ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    }
}
