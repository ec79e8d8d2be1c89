package scgrad.nn.data;

/**
 * Images and their targets, ready for a step. All arrays are exactly as long as their shape says, also in a short last batch.
 * A batch is valid until it is given back with {@link BatchLoader#recycle}.
 */
public final class Batch {
    private final int size;
    private final int classes;
    private final float[] images;
    private final float[] targets;
    private final int[] labels;
    private final int[] indices;
    // The loader's working space travels with the batch, so that nothing is allocated for the next one.
    final float[] plain;
    int number;
    boolean mixed;
    boolean recycled;

    Batch(int size, int imageLength, int classes, boolean mixes) {
        this.size = size;
        this.classes = classes;
        this.images = new float[size * imageLength];
        this.targets = new float[size * classes];
        this.labels = new int[size];
        this.indices = new int[size];
        this.plain = mixes ? new float[size * imageLength] : null;
    }

    /** N, the number of images. */
    public int size() {
        return size;
    }

    /** K, the number of classes. */
    public int classes() {
        return classes;
    }

    /** The batch's place in its epoch, from 0. */
    public int number() {
        return number;
    }

    /** [N, H, W, C], normalised. */
    public float[] images() {
        return images;
    }

    /** [N, K], each row sums to 1; one-hot unless the batch is {@linkplain #mixed mixed}. */
    public float[] targets() {
        return targets;
    }

    /** [N], each image's own class, whatever was mixed into it. */
    public int[] labels() {
        return labels;
    }

    /** [N], where the images stand in the data set. */
    public int[] indices() {
        return indices;
    }

    /** Whether mixup or cutmix blended images, so that targets say more than labels. */
    public boolean mixed() {
        return mixed;
    }
}
