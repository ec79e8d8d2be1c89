package scgrad.nn.data;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Brings images of values 0..1 to about zero mean and unit deviation, channel by channel: (x - mean) / deviation. */
public record Normalization(String name, float[] mean, float[] deviation) {
    private static final List<Normalization> PRESETS = List.of(
            rgb("none", 0f, 0f, 0f, 1f, 1f, 1f),
            rgb("context", .46f, .46f, .46f, .15f, .15f, .15f),
            rgb("cifar10", .4914f, .4822f, .4465f, .2470f, .2435f, .2616f),
            rgb("cifar100", .5071f, .4865f, .4409f, .2673f, .2564f, .2762f),
            rgb("imagenet", .485f, .456f, .406f, .229f, .224f, .225f));

    public Normalization {
        if (mean.length != deviation.length || mean.length == 0) {
            throw new IllegalArgumentException("normalization " + name + ": " + mean.length + " means and "
                    + deviation.length + " deviations, expected one of each for every channel");
        }
        for (float value : deviation) {
            if (!(value > 0)) {
                throw new IllegalArgumentException(
                        "normalization " + name + ": deviation " + value + " must be positive");
            }
        }
    }

    /** A preset by name; an unknown name is an error that lists the names. */
    public static Normalization of(String name) {
        for (Normalization preset : PRESETS) {
            if (preset.name.equals(name)) {
                return preset;
            }
        }
        throw new IllegalArgumentException("normalization: no preset '" + name + "', there are " + names());
    }

    /** The names of the presets: {@code none, context, cifar10, cifar100, imagenet}. */
    public static String names() {
        return PRESETS.stream().map(Normalization::name).collect(Collectors.joining(", "));
    }

    /** Normalises {@code count} values of [H, W, C] images in place, from {@code offset} on. */
    public void apply(float[] images, int offset, int count) {
        int channels = mean.length;
        for (int c = 0; c < channels; c++) {
            float center = mean[c];
            float scale = 1 / deviation[c];
            for (int i = offset + c; i < offset + count; i += channels) {
                images[i] = (images[i] - center) * scale;
            }
        }
    }

    /** The values 0..1 that {@link #apply} was given: for showing images. */
    public void undo(float[] images, int offset, int count) {
        int channels = mean.length;
        for (int i = 0; i < count; i++) {
            images[offset + i] = images[offset + i] * deviation[i % channels] + mean[i % channels];
        }
    }

    private static Normalization rgb(String name, float r, float g, float b, float dr, float dg, float db) {
        return new Normalization(name, new float[] {r, g, b}, new float[] {dr, dg, db});
    }

    // A record compares arrays by identity; two equal normalisations are equal.
    @Override
    public boolean equals(Object other) {
        return other instanceof Normalization that
                && name.equals(that.name)
                && Arrays.equals(mean, that.mean)
                && Arrays.equals(deviation, that.deviation);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * name.hashCode() + Arrays.hashCode(mean)) + Arrays.hashCode(deviation);
    }

    @Override
    public String toString() {
        return name;
    }
}
