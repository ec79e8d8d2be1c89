package scgrad.experiments.cli;

import java.io.PrintWriter;
import java.util.Locale;
import scgrad.nn.train.Trainer;

/** Shows a training: a bar or lines while an epoch runs, one line after it. */
final class TrainingLine implements Trainer.Listener {
    private final String title;
    private final int epochs;
    private final PrintWriter out;
    private final PrintWriter err;
    private ProgressLine line;

    /** @param title before "epoch 1/10"; may be empty */
    TrainingLine(String title, int epochs, PrintWriter out, PrintWriter err) {
        this.title = title;
        this.epochs = epochs;
        this.out = out;
        this.err = err;
    }

    @Override
    public void onStep(Trainer.Step step) {
        if (line == null) {
            line = ProgressLine.start(
                    title + "epoch " + step.epoch() + "/" + epochs,
                    (long) step.batches() * step.images(),
                    "images",
                    err);
        }
        line.step(step.images(), String.format(Locale.ROOT, "loss %.4f, rate %.4g", step.loss(), step.rate()));
        if (step.batch() == step.batches()) {
            line.close();
            line = null;
        }
    }

    @Override
    public void onEpoch(Trainer.Epoch epoch) {
        out.printf(
                Locale.ROOT,
                "%sepoch %d/%d: training loss %.4f, accuracy %.2f %%; test %d of %d correct (%.2f %%), loss %.4f; %s%n",
                title,
                epoch.epoch(),
                epochs,
                epoch.trainLoss(),
                100 * epoch.trainAccuracy(),
                epoch.test().correct(),
                epoch.test().images(),
                100 * epoch.test().accuracy(),
                epoch.test().loss(),
                ProgressLine.duration(epoch.seconds()));
        out.flush();
    }
}
