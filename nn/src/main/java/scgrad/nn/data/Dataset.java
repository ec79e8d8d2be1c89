package scgrad.nn.data;

import java.util.List;

/**
 * Labelled images of one size, read by index. Implementations are safe to read from several threads at once, and the same index
 * always gives the same image.
 */
public interface Dataset {
    /** What a report calls it: {@code cifar10 train}. */
    String name();

    /** The number of images. */
    int size();

    /** The number of classes, at least the greatest label + 1. */
    default int classes() {
        return classNames().size();
    }

    /** A readable name for each label. */
    List<String> classNames();

    /** H, in pixels. */
    int height();

    /** W, in pixels. */
    int width();

    /** C, 3 for colour. */
    int channels();

    /** The class of an image, 0 .. classes-1. */
    int label(int index);

    /** Writes image {@code index}, [H, W, C] with values 0..1, to {@code into} from {@code offset} on. */
    void image(int index, float[] into, int offset);

    /**
     * Writes a part of image {@code index}, resized to [H, W, C], to {@code into} from {@code offset} on. Data sets whose images have
     * more pixels than H x W cut the part out of those.
     */
    default void image(int index, Crop crop, float[] into, int offset) {
        float[] whole = new float[imageLength()];
        image(index, whole, 0);
        Box box = crop.of(height(), width());
        float[] part = box.cut(whole, width(), channels());
        float[] resized = Resize.of(part, box.height(), box.width(), channels(), height(), width());
        System.arraycopy(resized, 0, into, offset, resized.length);
    }

    /** How many background threads are worth reading it with: more than one where an image takes long to make. */
    default int readers() {
        return 1;
    }

    /** H * W * C: the number of values of one image. */
    default int imageLength() {
        return height() * width() * channels();
    }
}
