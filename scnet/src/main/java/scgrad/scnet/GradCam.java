package scgrad.scnet;

import java.util.ArrayList;
import java.util.List;
import scgrad.core.Autograd;
import scgrad.core.Tensor;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;

/**
 * Where an image speaks for a class (Grad-CAM; Selvaraju et al., ICCV 2017, equations 1 and 2): with the activations A of a stage,
 *
 * <pre>
 *   w_c = mean over the map of d logit / d A_c
 *   map = relu(sum over c of w_c A_c)
 * </pre>
 *
 * divided by its greatest value, so that 0 is no evidence and 1 the strongest.
 *
 * @param map {@code [h, w]}, the size of the stage's output; all 0 where nothing speaks for the class
 * @param explained the class whose evidence the map shows
 * @param predicted the class with the greatest logit
 * @param probability the predicted class's, by softmax
 */
public record GradCam(HeatMap map, int explained, int predicted, double probability) {

    /** Of the predicted class at the last stage, for each of the images {@code [N, H, W, 3]}. */
    public static List<GradCam> of(ResNet network, Tensor images) {
        return of(network, images, network.design().depths().size());
    }

    /** Of the predicted class at a stage, the first being 1, for each of the images {@code [N, H, W, 3]}. */
    public static List<GradCam> of(ResNet network, Tensor images, int stage) {
        return explain(network, images, stage, null);
    }

    /** The same of a given class for each image. */
    public static List<GradCam> of(ResNet network, Tensor images, int stage, int[] classes) {
        int count = network.design().classes();
        if (classes.length != images.shape().size(0)) {
            throw new IllegalArgumentException(
                    "Grad-CAM: images " + images.shape() + " need as many classes, got " + classes.length);
        }
        for (int label : classes) {
            if (label < 0 || label >= count) {
                throw new IllegalArgumentException("Grad-CAM: class " + label + " is outside 0.." + (count - 1));
            }
        }
        return explain(network, images, stage, classes);
    }

    private static List<GradCam> explain(ResNet network, Tensor images, int stage, int[] classes) {
        if (network.design().classes() < 1) {
            throw new IllegalArgumentException("Grad-CAM: a network without classes has nothing to explain");
        }
        return Inspection.of(network, () -> {
            Tensor features =
                    Autograd.noGrad(() -> network.features(images, stage).get(stage - 1));
            Tensor activations = Tensor.parameter(features.value());
            Tensor logits = network.logits(stage, activations);
            double[] scores = logits.toDoubles();
            int count = logits.shape().size(1);
            int[] explained = classes == null ? new int[images.shape().size(0)] : classes;
            double[] chosen = new double[scores.length];
            for (int n = 0; n < explained.length; n++) {
                explained[n] = classes == null ? greatest(scores, n * count, count) : classes[n];
                chosen[n * count + explained[n]] = 1;
            }
            // at inference no image sees another: one walk back gives each its own logit's gradient
            logits.backward(NDArray.of(logits.backend(), logits.shape(), chosen));
            double[] values = activations.toDoubles();
            double[] gradients = activations.gradient().toDoubles();
            List<GradCam> maps = new ArrayList<>();
            for (int n = 0; n < explained.length; n++) {
                int predicted = greatest(scores, n * count, count);
                maps.add(new GradCam(
                        map(values, gradients, n, activations.shape()),
                        explained[n],
                        predicted,
                        probability(scores, n * count, count, predicted)));
            }
            return maps;
        });
    }

    private static HeatMap map(double[] values, double[] gradients, int n, Shape shape) {
        int places = shape.size(1) * shape.size(2);
        int channels = shape.size(3);
        int start = n * places * channels;
        double[] weights = new double[channels];
        for (int i = 0; i < places * channels; i++) {
            weights[i % channels] += gradients[start + i] / places;
        }
        double[] map = new double[places];
        double greatest = 0;
        for (int place = 0; place < places; place++) {
            for (int c = 0; c < channels; c++) {
                map[place] += weights[c] * values[start + place * channels + c];
            }
            map[place] = Math.max(map[place], 0);
            greatest = Math.max(greatest, map[place]);
        }
        for (int place = 0; place < places && greatest > 0; place++) {
            map[place] /= greatest;
        }
        return new HeatMap(shape.size(1), shape.size(2), map);
    }

    private static int greatest(double[] scores, int start, int count) {
        int best = 0;
        for (int k = 1; k < count; k++) {
            best = scores[start + k] > scores[start + best] ? k : best;
        }
        return best;
    }

    private static double probability(double[] scores, int start, int count, int label) {
        double sum = 0;
        for (int k = 0; k < count; k++) {
            sum += Math.exp(scores[start + k] - scores[start + label]);
        }
        return 1 / sum;
    }
}
