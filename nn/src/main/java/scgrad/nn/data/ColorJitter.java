package scgrad.nn.data;

import scgrad.core.Rng;

/**
 * Brightness, contrast and saturation changed at random, one after the other in a random order, as torchvision's {@code ColorJitter}
 * does: each blends the image with a poorer one (black, its mean grey, itself in grey) by a factor from 1 - strength to 1 + strength.
 */
record ColorJitter(double strength) {
    /** Red, green and blue in grey (ITU-R BT.601). */
    private static final float[] LUMA = {.299f, .587f, .114f};

    /** Changes {@code count} values of one image [H, W, C], 0..1, in place. */
    void apply(float[] image, int offset, int count, int channels, Rng random) {
        int[] order = random.permutation(3);
        float[] factors = new float[3];
        for (int i = 0; i < 3; i++) {
            factors[i] = (float) random.uniform(Math.max(0, 1 - strength), 1 + strength);
        }
        for (int change : order) {
            switch (change) {
                case 0 -> brightness(image, offset, count, factors[0]);
                case 1 -> contrast(image, offset, count, channels, factors[1]);
                default -> saturation(image, offset, count, channels, factors[2]);
            }
        }
    }

    static void brightness(float[] image, int offset, int count, float factor) {
        for (int i = offset; i < offset + count; i++) {
            image[i] = blend(image[i], 0, factor);
        }
    }

    static void contrast(float[] image, int offset, int count, int channels, float factor) {
        double sum = 0;
        for (int i = offset; i < offset + count; i += channels) {
            sum += grey(image, i, channels);
        }
        float mean = (float) (sum / (count / channels));
        for (int i = offset; i < offset + count; i++) {
            image[i] = blend(image[i], mean, factor);
        }
    }

    static void saturation(float[] image, int offset, int count, int channels, float factor) {
        for (int i = offset; i < offset + count; i += channels) {
            float grey = grey(image, i, channels);
            for (int c = 0; c < channels; c++) {
                image[i + c] = blend(image[i + c], grey, factor);
            }
        }
    }

    private static float blend(float value, float poorer, float factor) {
        return Math.clamp(factor * value + (1 - factor) * poorer, 0f, 1f);
    }

    private static float grey(float[] image, int pixel, int channels) {
        if (channels != 3) {
            return image[pixel];
        }
        return LUMA[0] * image[pixel] + LUMA[1] * image[pixel + 1] + LUMA[2] * image[pixel + 2];
    }
}
