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

    /** H * W * C: the number of values of one image. */
    default int imageLength() {
        return height() * width() * channels();
    }
}
