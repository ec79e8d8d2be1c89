package scgrad.nn.data;

/** Which part of an image is taken, said when its size is known: only whoever opens a file learns that. */
@FunctionalInterface
public interface Crop {
    /** The part of an image of this size; the same for the same size. */
    Box of(int height, int width);
}
