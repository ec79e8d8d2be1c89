package scgrad.nn.train;

import java.util.ArrayList;
import java.util.List;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.Binary;
import scgrad.core.array.NDArray;
import scgrad.core.array.Reduction;
import scgrad.core.array.Shape;
import scgrad.core.array.StepScope;
import scgrad.core.array.Unary;
import scgrad.nn.Module;
import scgrad.nn.data.Batch;
import scgrad.nn.data.BatchLoader;
import scgrad.nn.optim.Optimizer;
import scgrad.nn.optim.Schedule;

/**
 * The training loop: batches, loss, backward, step, and a test after each epoch. Everything it does follows from the model, the loader and
 * its {@link Settings}; listeners watch and may save, but change nothing.
 */
public final class Trainer {
    /**
     * What shapes a training beside model, data and optimizer.
     *
     * @param smoothing label smoothing, 0 for none
     * @param clip largest norm of the whole gradient, 0 for no limit
     * @param accumulate batches whose gradients are averaged into one step
     * @param average decay of the moving average of the weights that is tested, 0 for none
     */
    public record Settings(
            int epochs, Schedule schedule, double smoothing, double clip, int accumulate, double average) {
        public Settings {
            if (epochs < 1
                    || accumulate < 1
                    || !(smoothing >= 0 && smoothing < 1)
                    || !(clip >= 0)
                    || !(average >= 0 && average < 1)) {
                throw new IllegalArgumentException("training: epochs " + epochs + " and accumulate " + accumulate
                        + " must be at least 1, smoothing " + smoothing + " and average " + average
                        + " in [0, 1), clip " + clip + " at least 0");
            }
        }
    }

    /** One batch that was done. */
    public record Step(int epoch, int batch, int batches, int images, double loss, double rate) {}

    /** One epoch that was done; the training figures are running means in training mode, as usual. */
    public record Epoch(
            int epoch, double rate, double trainLoss, double trainAccuracy, Evaluation test, double seconds) {}

    /** Watches a training. */
    public interface Listener {
        default void onStep(Step step) {}

        default void onEpoch(Epoch epoch) {}

        /** A place where a checkpoint may be taken: after a step whose gradients are all used, or after an epoch. */
        default void onPause(Progress progress) {}
    }

    private final Module model;
    private final Optimizer optimizer;
    private final BatchLoader train;
    private final BatchLoader test;
    private final Settings settings;
    private final MovingAverage average;
    private final List<Listener> listeners = new ArrayList<>();
    private StepScope update;

    public Trainer(Module model, Optimizer optimizer, BatchLoader train, BatchLoader test, Settings settings) {
        this.model = model;
        this.optimizer = optimizer;
        this.train = train;
        this.test = test;
        this.settings = settings;
        this.average = settings.average > 0 ? new MovingAverage(model, settings.average) : null;
    }

    public Trainer listen(Listener listener) {
        listeners.add(listener);
        return this;
    }

    public Module model() {
        return model;
    }

    public Optimizer optimizer() {
        return optimizer;
    }

    /** Null where none was asked for. */
    public MovingAverage average() {
        return average;
    }

    /** Trains from a point on, {@link Progress#START} or where a checkpoint was taken, to the end. */
    public void run(Progress from) {
        Progress progress = from;
        while (progress.epoch() < settings.epochs) {
            progress = epoch(progress);
        }
    }

    private Progress epoch(Progress progress) {
        long started = System.nanoTime();
        model.train();
        double rate = 0;
        try (BatchLoader.Epoch batches = train.epoch(progress.epoch(), progress.batch())) {
            while (batches.hasNext()) {
                Batch batch = batches.next();
                rate = settings.schedule.rate(
                        (long) progress.epoch() * train.batches() + progress.batch(),
                        (long) settings.epochs * train.batches());
                progress = step(batch, progress, rate);
                train.recycle(batch);
            }
        }
        if (average != null) {
            average.swap();
        }
        Evaluation evaluation = Evaluation.of(model, test);
        if (average != null) {
            average.swap();
        }
        Epoch done = new Epoch(
                progress.epoch() + 1,
                rate,
                progress.lossSum() / progress.images(),
                (double) progress.correct() / progress.images(),
                evaluation,
                (System.nanoTime() - started) * 1e-9);
        Progress next = progress.nextEpoch();
        listeners.forEach(listener -> listener.onEpoch(done));
        listeners.forEach(listener -> listener.onPause(next));
        return next;
    }

    private Progress step(Batch batch, Progress progress, double rate) {
        boolean first = progress.batch() % settings.accumulate == 0;
        boolean last = (progress.batch() + 1) % settings.accumulate == 0 || progress.batch() + 1 == train.batches();
        // gradients live in the step's memory, so one scope spans all the batches of an update
        if (first) {
            update = StepScope.open();
        }
        Progress after;
        boolean learnt = false;
        try {
            after = learn(batch, progress, rate, last);
            learnt = true;
        } finally {
            if (last || !learnt) {
                update.close();
            }
        }
        Step done = new Step(
                progress.epoch() + 1,
                progress.batch() + 1,
                train.batches(),
                batch.size(),
                (after.lossSum() - progress.lossSum()) / batch.size(),
                rate);
        listeners.forEach(listener -> listener.onStep(done));
        if (last && after.batch() < train.batches()) {
            listeners.forEach(listener -> listener.onPause(after));
        }
        return after;
    }

    private Progress learn(Batch batch, Progress progress, double rate, boolean last) {
        Tensor x = Evaluation.images(model.backend(), batch, train);
        Tensor logits = model.apply(x);
        Tensor loss = logits.crossEntropy(targets(batch, logits.shape()));
        double[] outcome = outcome(batch, logits, loss);
        double value = outcome[0];
        int correct = (int) outcome[1];
        if (!Double.isFinite(value)) {
            throw Divergence.diagnose(model, x, value, progress.epoch() + 1, progress.batch() + 1, rate);
        }
        (settings.accumulate > 1 ? loss.mul(1.0 / settings.accumulate) : loss).backward();
        if (last) {
            if (settings.clip > 0) {
                clip();
            }
            optimizer.step(rate);
            if (average != null) {
                average.update();
            }
        }
        return progress.after(batch.size(), value, correct);
    }

    private Tensor targets(Batch batch, Shape logits) {
        int classes = batch.classes();
        if (logits.size(1) != classes) {
            throw new IllegalArgumentException("the model has " + logits.size(1) + " outputs, the data set "
                    + train.dataset().name() + " has " + classes + " classes");
        }
        float[] targets = batch.targets();
        if (settings.smoothing > 0) {
            float[] smooth = new float[batch.size() * classes];
            for (int i = 0; i < smooth.length; i++) {
                smooth[i] = (float) (targets[i] * (1 - settings.smoothing) + settings.smoothing / classes);
            }
            targets = smooth;
        }
        return Tensor.of(model.backend(), Shape.of(batch.size(), classes), targets);
    }

    /** The loss and how many images are correct: all that a step brings back from the device, at once. */
    private static double[] outcome(Batch batch, Tensor logits, Tensor loss) {
        Backend backend = loss.backend();
        float[] labels = new float[batch.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = batch.labels()[i];
        }
        NDArray hits = NDArray.allocate(backend, Shape.of(labels.length));
        backend.argMax(logits.value(), hits);
        backend.binary(Binary.EQUAL, hits, NDArray.of(backend, hits.shape(), labels), hits);
        NDArray correct = NDArray.allocate(backend, Shape.of());
        backend.reduce(Reduction.SUM, hits, hits.shape().mask(), correct);
        NDArray outcome = NDArray.allocate(backend, Shape.of(2));
        int[] one = {1};
        backend.copyRegion(loss.value().reshape(Shape.of(1)), new int[] {0}, outcome, new int[] {0}, one);
        backend.copyRegion(correct.reshape(Shape.of(1)), new int[] {0}, outcome, new int[] {1}, one);
        return outcome.toDoubles();
    }

    /** Scales all gradients down together where their joint norm is above the limit (Pascanu, Mikolov, Bengio, ICML 2013). */
    private void clip() {
        Backend backend = model.backend();
        NDArray sum = NDArray.full(backend, Shape.of(), 0);
        List<NDArray> gradients = new ArrayList<>();
        for (Tensor parameter : optimizer.parameters().values()) {
            NDArray gradient = parameter.gradient();
            if (gradient != null) {
                gradients.add(gradient);
                NDArray square = NDArray.allocate(backend, gradient.shape());
                NDArray total = NDArray.allocate(backend, Shape.of());
                backend.binary(Binary.MULTIPLY, gradient, gradient, square);
                backend.reduce(Reduction.SUM, square, gradient.shape().mask(), total);
                backend.binary(Binary.ADD, sum, total, sum);
                square.release();
                total.release();
            }
        }
        double norm = Math.sqrt(sum.toDoubles()[0]);
        if (norm > settings.clip) {
            gradients.forEach(gradient -> backend.unary(Unary.SCALE, settings.clip / norm, gradient, gradient));
        }
    }
}
