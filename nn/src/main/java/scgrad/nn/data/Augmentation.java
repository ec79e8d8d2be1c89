package scgrad.nn.data;

import java.util.Arrays;
import scgrad.core.Rng;

/**
 * What is changed at random about a training image. Every draw comes from the stream of its (seed, epoch, sample), so neither the
 * order of the batches nor the threads matter; and every kind of change has a stream of its own, so switching one on leaves the
 * others as they were.
 *
 * @param crop padding for a random crop back to the image's size; the border is raw 0 (black), as in torchvision; 0 is off
 * @param flip mirror left and right in half of the cases
 * @param cutout side of one square that is set to zero after normalisation, clipped at the edges (DeVries and Taylor, 2017); 0 is off
 * @param mixup alpha of the Beta distribution that weighs an image against another of its batch (Zhang et al., 2018); 0 is off
 * @param cutmix alpha of the Beta distribution of the area that is pasted from another image (Yun et al., 2019); 0 is off; with
 *     mixup on as well, every sample takes one of the two with equal chance
 * @param resizedCrop least area, as part of the whole, of a random part of any place, size and aspect from 3:4 to 4:3 that is resized to
 *     the image's size, as in torchvision's {@code RandomResizedCrop}; 0 is off; 0.08 is the usual for ImageNet
 * @param jitter how much brightness, contrast and saturation change, each by a factor from 1 - jitter to 1 + jitter, in a random order;
 *     0 is off
 */
public record Augmentation(
        int crop, boolean flip, int cutout, double mixup, double cutmix, double resizedCrop, double jitter) {
    private static final int CROP = 0;
    private static final int FLIP = 1;
    private static final int CUTOUT = 2;
    private static final int MIX = 3;
    // 4 is the random resized crop's
    private static final int JITTER = 5;

    public Augmentation {
        if (crop < 0 || cutout < 0 || !(mixup >= 0) || !(cutmix >= 0)) {
            throw new IllegalArgumentException("augmentation: crop " + crop + ", cutout " + cutout + ", mixup " + mixup
                    + ", cutmix " + cutmix + ", expected 0 (off) or more for each");
        }
        if (!(resizedCrop >= 0 && resizedCrop <= 1)) {
            throw new IllegalArgumentException("augmentation: resized crop " + resizedCrop
                    + ", expected the least part of the area, up to 1, or 0 (off)");
        }
        if (!(jitter >= 0) || Double.isInfinite(jitter)) {
            throw new IllegalArgumentException("augmentation: jitter " + jitter + ", expected 0 (off) or more");
        }
    }

    /** Without a resized crop and without jitter. */
    public Augmentation(int crop, boolean flip, int cutout, double mixup, double cutmix) {
        this(crop, flip, cutout, mixup, cutmix, 0, 0);
    }

    /** Images as they are. */
    public static Augmentation none() {
        return new Augmentation(0, false, 0, 0, 0);
    }

    /** The usual for CIFAR: a crop after padding by 4, and flips. */
    public static Augmentation standard() {
        return new Augmentation(4, true, 0, 0, 0);
    }

    /** The usual for ImageNet: a resized crop of 8 % of the area or more, and flips. */
    public static Augmentation resized() {
        return new Augmentation(0, true, 0, 0, 0, 0.08, 0);
    }

    /** A preset by name. */
    public static Augmentation of(String name) {
        return switch (name) {
            case "none" -> none();
            case "standard" -> standard();
            case "resized" -> resized();
            default ->
                throw new IllegalArgumentException(
                        "augmentation: no preset '" + name + "', there are none, standard, resized");
        };
    }

    /** Whether images of a batch are blended, so that targets are soft. */
    public boolean mixes() {
        return mixup > 0 || cutmix > 0;
    }

    /** The stream that decides about one sample in one epoch. */
    public static Rng stream(long seed, int epoch, int index) {
        return Rng.of(seed).stream("augment").stream(epoch).stream(index);
    }

    /** Reads an image, or with a resized crop a part of it, as [H, W, C] of 0..1: what {@link #place} goes on with. */
    void read(Dataset dataset, int index, Rng sample, float[] raw) {
        if (resizedCrop > 0) {
            dataset.image(index, new RandomResizedCrop(resizedCrop, sample), raw, 0);
        } else {
            dataset.image(index, raw, 0);
        }
    }

    /**
     * Writes {@code raw}, an image [H, W, C] of 0..1, cropped, flipped and its colours changed as {@code sample} says, normalised, and
     * with its square cut out, to {@code into} from {@code offset} on.
     */
    public void place(
            float[] raw, int height, int width, Normalization normalization, Rng sample, float[] into, int offset) {
        int channels = normalization.mean().length;
        int count = height * width * channels;
        int down = 0;
        int right = 0;
        if (crop > 0) {
            Rng random = sample.stream(CROP);
            down = random.nextInt(2 * crop + 1) - crop;
            right = random.nextInt(2 * crop + 1) - crop;
        }
        boolean mirrored = flip && sample.stream(FLIP).nextInt(2) == 1;
        int firstColumn = Math.clamp(-right, 0, width);
        int lastColumn = Math.clamp(width - (long) right, 0, width);
        for (int y = 0; y < height; y++) {
            int row = offset + y * width * channels;
            int from = y + down;
            if (from < 0 || from >= height) {
                Arrays.fill(into, row, row + width * channels, 0f);
                continue;
            }
            Arrays.fill(into, row, row + firstColumn * channels, 0f);
            Arrays.fill(into, row + lastColumn * channels, row + width * channels, 0f);
            int length = Math.max(0, lastColumn - firstColumn) * channels;
            if (length > 0) {
                System.arraycopy(
                        raw,
                        (from * width + firstColumn + right) * channels,
                        into,
                        row + firstColumn * channels,
                        length);
            }
            if (mirrored) {
                mirror(into, row, width, channels);
            }
        }
        if (jitter > 0) {
            new ColorJitter(jitter).apply(into, offset, count, channels, sample.stream(JITTER));
        }
        normalization.apply(into, offset, count);
        if (cutout > 0) {
            cut(into, offset, height, width, channels, sample.stream(CUTOUT));
        }
    }

    /** How a sample is blended with another of its batch, or null where it is not. */
    Mix mix(int position, int batchSize, int height, int width, Rng sample) {
        if (!mixes() || batchSize < 2) {
            return null;
        }
        return Mix.draw(this, position, batchSize, height, width, sample.stream(MIX));
    }

    private static void mirror(float[] image, int row, int width, int channels) {
        for (int left = 0, right = width - 1; left < right; left++, right--) {
            for (int c = 0; c < channels; c++) {
                int i = row + left * channels + c;
                int j = row + right * channels + c;
                float kept = image[i];
                image[i] = image[j];
                image[j] = kept;
            }
        }
    }

    private void cut(float[] image, int offset, int height, int width, int channels, Rng random) {
        int top = random.nextInt(height) - cutout / 2;
        int left = random.nextInt(width) - cutout / 2;
        int firstColumn = Math.max(0, left);
        int lastColumn = Math.min(width, left + cutout);
        for (int y = Math.max(0, top); y < Math.min(height, top + cutout); y++) {
            int row = offset + y * width * channels;
            Arrays.fill(image, row + firstColumn * channels, row + lastColumn * channels, 0f);
        }
    }
}
