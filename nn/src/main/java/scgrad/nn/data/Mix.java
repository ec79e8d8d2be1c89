package scgrad.nn.data;

import scgrad.core.Rng;

/**
 * One sample's blend with a partner of its batch: over the whole image with a weight (mixup), or a box of the partner pasted into
 * the image (cutmix).
 *
 * @param partner position of the other image in the batch
 * @param weight the sample's own share of the target
 * @param box top, left, bottom, right of what is pasted, the last two exclusive; null for mixup
 */
record Mix(int partner, float weight, int[] box) {

    static Mix draw(Augmentation how, int position, int batchSize, int height, int width, Rng random) {
        int partner = (position + 1 + random.nextInt(batchSize - 1)) % batchSize;
        boolean paste = how.cutmix() > 0 && (how.mixup() == 0 || random.nextInt(2) == 1);
        double own = beta(paste ? how.cutmix() : how.mixup(), random);
        if (!paste) {
            return new Mix(partner, (float) own, null);
        }
        double side = Math.sqrt(1 - own);
        int halfHeight = (int) (height * side) / 2;
        int halfWidth = (int) (width * side) / 2;
        int y = random.nextInt(height);
        int x = random.nextInt(width);
        int[] box = {
            Math.max(0, y - halfHeight),
            Math.max(0, x - halfWidth),
            Math.min(height, y + halfHeight),
            Math.min(width, x + halfWidth)
        };
        // The share is that of the pixels that really change hands: the box may have been clipped.
        double pasted = (box[2] - box[0]) * (double) (box[3] - box[1]) / (height * (double) width);
        return new Mix(partner, (float) (1 - pasted), box);
    }

    /** Blends image {@code position} of {@code batch}; {@code plain} holds the unblended images [N, H, W, C]. */
    void apply(float[] plain, float[] batch, int position, int width, int channels, int length) {
        int own = position * length;
        int other = partner * length;
        if (box == null) {
            for (int i = 0; i < length; i++) {
                batch[own + i] = weight * plain[own + i] + (1 - weight) * plain[other + i];
            }
            return;
        }
        for (int y = box[0]; y < box[2]; y++) {
            int start = (y * width + box[1]) * channels;
            System.arraycopy(plain, other + start, batch, own + start, Math.max(0, box[3] - box[1]) * channels);
        }
    }

    /** A draw from Beta(alpha, alpha) as a ratio of two gamma draws, in logarithms because a small alpha underflows. */
    static double beta(double alpha, Rng random) {
        double difference = logGamma(alpha, random) - logGamma(alpha, random);
        return 1 / (1 + StrictMath.exp(-difference));
    }

    /** The logarithm of a draw from Gamma(shape, 1): Marsaglia and Tsang (2000), with their boost below 1. */
    private static double logGamma(double shape, Rng random) {
        double d = shape + 1 - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double x = random.nextGaussian();
            double v = 1 + c * x;
            if (v <= 0) {
                continue;
            }
            double logCube = 3 * StrictMath.log(v);
            double u = 1 - random.nextDouble();
            if (StrictMath.log(u) < 0.5 * x * x + d - d * v * v * v + d * logCube) {
                // Gamma(shape) = Gamma(shape + 1) * U^(1/shape) holds for every shape, so there is one path for all.
                return StrictMath.log(d) + logCube + StrictMath.log(1 - random.nextDouble()) / shape;
            }
        }
    }
}
