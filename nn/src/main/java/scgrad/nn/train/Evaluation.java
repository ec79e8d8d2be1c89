package scgrad.nn.train;

import scgrad.core.Autograd;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.Shape;
import scgrad.core.array.StepScope;
import scgrad.nn.Module;
import scgrad.nn.data.Batch;
import scgrad.nn.data.BatchLoader;

/**
 * How a model does on a data set.
 *
 * @param confusion which class was taken for which; a prediction is the largest logit
 * @param top5 images whose class is among the five largest logits
 * @param loss mean cross entropy
 */
public record Evaluation(Confusion confusion, int top5, double loss) {
    private static final int BEST = 5;

    /** Runs the model in inference mode over every batch; the model's mode is restored. */
    public static Evaluation of(Module model, BatchLoader loader) {
        boolean training = model.training();
        model.eval();
        Confusion confusion = null;
        int images = 0;
        int top5 = 0;
        double loss = 0;
        try (BatchLoader.Epoch epoch = loader.epoch(0)) {
            while (epoch.hasNext()) {
                Batch batch = epoch.next();
                float[] logits = logits(model, batch, loader);
                int classes = logits.length / batch.size();
                confusion = confusion == null ? Confusion.of(classes) : confusion;
                for (int i = 0; i < batch.size(); i++) {
                    int label = batch.labels()[i];
                    int rank = rank(logits, i * classes, classes, label);
                    confusion.add(label, rank == 0 ? label : largest(logits, i * classes, classes, label));
                    top5 += rank < BEST ? 1 : 0;
                    loss += crossEntropy(logits, i * classes, classes, label);
                }
                images += batch.size();
                loader.recycle(batch);
            }
        } finally {
            if (training) {
                model.train();
            }
        }
        return new Evaluation(confusion, top5, loss / images);
    }

    private static float[] logits(Module model, Batch batch, BatchLoader loader) {
        try (StepScope step = StepScope.open()) {
            Tensor x = images(model.backend(), batch, loader);
            float[] logits = Autograd.noGrad(() -> model.apply(x)).toFloats();
            if (logits.length / batch.size() < batch.classes()) {
                throw new IllegalArgumentException("the model has " + logits.length / batch.size()
                        + " outputs, the data set " + loader.dataset().name() + " has " + batch.classes() + " classes");
            }
            return logits;
        }
    }

    static Tensor images(Backend backend, Batch batch, BatchLoader loader) {
        var data = loader.dataset();
        return Tensor.of(backend, Shape.of(batch.size(), data.height(), data.width(), data.channels()), batch.images());
    }

    /** How many logits are larger than the label's; of equal ones the first is taken as larger. */
    static int rank(float[] logits, int offset, int classes, int label) {
        int rank = 0;
        for (int k = 0; k < classes; k++) {
            float other = logits[offset + k];
            // a NaN is never right
            boolean ahead = !(other < logits[offset + label]) && (other != logits[offset + label] || k < label);
            rank += k != label && ahead ? 1 : 0;
        }
        return Float.isNaN(logits[offset + label]) ? classes : rank;
    }

    /** The first of the largest logits other than the label's. */
    private static int largest(float[] logits, int offset, int classes, int label) {
        int best = label == 0 && classes > 1 ? 1 : 0;
        for (int k = best + 1; k < classes; k++) {
            best = k != label && logits[offset + k] > logits[offset + best] ? k : best;
        }
        return best;
    }

    private static double crossEntropy(float[] logits, int offset, int classes, int label) {
        double max = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < classes; k++) {
            max = Math.max(max, logits[offset + k]);
        }
        double sum = 0;
        for (int k = 0; k < classes; k++) {
            sum += StrictMath.exp(logits[offset + k] - max);
        }
        return max + StrictMath.log(sum) - logits[offset + label];
    }

    public int images() {
        return confusion.images();
    }

    /** Images whose largest logit is their class. */
    public int correct() {
        return confusion.correct();
    }

    /** The share of correct images. */
    public double accuracy() {
        return (double) correct() / images();
    }

    /** The share of images whose class is among the five largest logits. */
    public double top5Accuracy() {
        return (double) top5 / images();
    }
}
