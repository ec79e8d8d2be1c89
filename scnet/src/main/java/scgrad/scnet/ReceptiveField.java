package scgrad.scnet;

import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import scgrad.core.Tensor;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;
import scgrad.nn.Module;

/**
 * How much each pixel of the image matters to one unit of a map: the effective receptive field (Luo, Li, Urtasun, Zemel, NeurIPS 2016). It is
 * the gradient of the centre unit, summed over its channels, with respect to the image: absolute values, summed over the colours, averaged over
 * images. Distances are in pixels, from the map's centre of mass.
 *
 * @param map {@code [H, W]} of the image, the mean over all images
 * @param images over how many
 */
public record ReceptiveField(HeatMap map, int images) {
    /** Luo et al. count a pixel in when it is above 1 - 95.45 % of the peak, two deviations of a Gaussian. */
    private static final double COUNTED = 0.0455;

    /** Of a stage, the first being 1, over images {@code [N, H, W, 3]}, at inference. */
    public static ReceptiveField of(ResNet network, Tensor images, int stage) {
        return of(network, x -> network.features(x, stage).get(stage - 1), images);
    }

    /** Of any function {@code [N, H, W, C]} to {@code [N, h, w, K]} of a module. */
    static ReceptiveField of(Module network, UnaryOperator<Tensor> function, Tensor images) {
        return Inspection.of(network, () -> {
            Tensor x = Tensor.parameter(images.value());
            Tensor y = function.apply(x);
            y.backward(centre(y));
            Shape shape = x.shape();
            double[] gradient = x.gradient().toDoubles();
            double[] map = new double[shape.size(1) * shape.size(2)];
            for (int i = 0; i < gradient.length; i++) {
                map[i / shape.channels() % map.length] += Math.abs(gradient[i]) / shape.size(0);
            }
            return new ReceptiveField(new HeatMap(shape.size(1), shape.size(2), map), shape.size(0));
        });
    }

    /** 1 at the centre unit of every image and channel, else 0. */
    private static NDArray centre(Tensor y) {
        Shape shape = y.shape();
        int channels = shape.channels();
        int places = shape.size(1) * shape.size(2);
        int centre = shape.size(1) / 2 * shape.size(2) + shape.size(2) / 2;
        double[] ones = new double[shape.length()];
        for (int n = 0; n < shape.size(0); n++) {
            int start = (n * places + centre) * channels;
            java.util.Arrays.fill(ones, start, start + channels, 1);
        }
        return NDArray.of(y.backend(), shape, ones);
    }

    /** The field over the images of both. */
    public ReceptiveField with(ReceptiveField other) {
        if (map.height() != other.map.height() || map.width() != other.map.width()) {
            throw new IllegalArgumentException("receptive field: images of " + map.height() + "x" + map.width()
                    + " and of " + other.map.height() + "x" + other.map.width() + " have no common mean");
        }
        int both = images + other.images;
        double[] mean = new double[map.values().length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (images * map.values()[i] + other.images * other.map.values()[i]) / both;
        }
        return new ReceptiveField(new HeatMap(map.height(), map.width(), mean), both);
    }

    /** The mean row of the mass; a pixel's place is its index. */
    public double centreY() {
        return mean(i -> i / map.width());
    }

    /** The mean column of the mass. */
    public double centreX() {
        return mean(i -> i % map.width());
    }

    /** The root of the second moment, both axes together: a Gaussian of deviation s has s times the root of 2. */
    public double radius() {
        double y = centreY();
        double x = centreX();
        return Math.sqrt(mean(i -> squaredDistance(i, y, x)));
    }

    /** The smallest radius that holds a share of the mass: .5 for half of it. */
    public double radius(double share) {
        double y = centreY();
        double x = centreX();
        List<Integer> outwards = IntStream.range(0, map.values().length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> squaredDistance(i, y, x)))
                .toList();
        double wanted = share * mass();
        double held = 0;
        for (int i : outwards) {
            held += map.values()[i];
            if (held >= wanted) {
                return Math.sqrt(squaredDistance(i, y, x));
            }
        }
        return Math.sqrt(squaredDistance(outwards.get(outwards.size() - 1), y, x));
    }

    /** The share of the image's pixels whose value is above 4.55 % of the greatest. */
    public double area() {
        double bar = COUNTED * map.greatest();
        return (double) java.util.Arrays.stream(map.values())
                        .filter(value -> value > bar)
                        .count()
                / map.values().length;
    }

    private double squaredDistance(int i, double y, double x) {
        double down = i / map.width() - y;
        double right = i % map.width() - x;
        return down * down + right * right;
    }

    /** Of a number for each pixel, weighted by the map. */
    private double mean(java.util.function.IntToDoubleFunction of) {
        double sum = 0;
        for (int i = 0; i < map.values().length; i++) {
            sum += map.values()[i] * of.applyAsDouble(i);
        }
        return sum / mass();
    }

    private double mass() {
        double mass = java.util.Arrays.stream(map.values()).sum();
        if (!(mass > 0)) {
            throw new IllegalStateException(
                    "receptive field: no gradient reaches the image; are the weights loaded or initialized?");
        }
        return mass;
    }
}
