package scgrad.experiments.inside;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import scgrad.core.Rng;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.Shape;
import scgrad.core.array.StepScope;
import scgrad.experiments.data.ContactSheet;
import scgrad.nn.data.ClassOrder;
import scgrad.nn.data.Dataset;
import scgrad.nn.data.Normalization;
import scgrad.nn.data.Subset;

/**
 * The images that networks are shown.
 *
 * @param normalization what the networks' inputs went through in training
 */
public record Samples(Dataset dataset, Normalization normalization, List<Integer> indices) {
    /** Bounds the memory that a graph of large images takes. */
    private static final int BATCH = 16;

    private static final int CAPTION = 12;

    public Samples {
        indices = List.copyOf(indices);
    }

    /** So many images, or all if there are fewer, one of each class before the second of any; the seed draws which. */
    public static Samples draw(Dataset dataset, Normalization normalization, int count, long seed) {
        if (count < 1) {
            throw new IllegalArgumentException("images: " + count + " of " + dataset.name() + ", expected 1 or more");
        }
        int[] order = Rng.of(seed).stream("images").permutation(dataset.size());
        List<Integer> drawn = Arrays.stream(order).boxed().toList();
        List<Integer> dealt = ClassOrder.of(new Subset(dataset, drawn)).subList(0, Math.min(count, dataset.size()));
        return new Samples(
                dataset, normalization, dealt.stream().map(drawn::get).toList());
    }

    int size() {
        return indices.size();
    }

    int label(int i) {
        return dataset.label(indices.get(i));
    }

    /** What a caption calls a class: a name that is too long for it goes behind the number, which tells it from the others. */
    String className(int label) {
        List<String> names = dataset.classNames();
        String name = label < names.size() ? names.get(label) : "class " + label;
        return name.length() > CAPTION ? label + " " + name : name;
    }

    BufferedImage picture(int i) {
        return ContactSheet.picture(dataset, indices.get(i));
    }

    /** What is looked at in some of the images. */
    interface Look<T> {
        /** @param images {@code [N, H, W, C]}, gone afterwards */
        T at(Tensor images, List<Integer> labels);
    }

    /** Looks at all images, batch by batch. */
    <T> List<T> look(Backend backend, Look<T> look) {
        List<T> seen = new ArrayList<>();
        int length = dataset.imageLength();
        for (int from = 0; from < size(); from += BATCH) {
            List<Integer> batch = indices.subList(from, Math.min(from + BATCH, size()));
            float[] values = new float[batch.size() * length];
            for (int i = 0; i < batch.size(); i++) {
                dataset.image(batch.get(i), values, i * length);
            }
            normalization.apply(values, 0, values.length);
            Shape shape = Shape.of(batch.size(), dataset.height(), dataset.width(), dataset.channels());
            try (StepScope step = StepScope.open()) {
                seen.add(look.at(
                        Tensor.of(backend, shape, values),
                        batch.stream().map(dataset::label).toList()));
            }
        }
        return seen;
    }
}
