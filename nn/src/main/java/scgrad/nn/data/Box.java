package scgrad.nn.data;

/** A rectangle of an image's pixels; top and left count from 0. */
public record Box(int top, int left, int height, int width) {
    public Box {
        if (top < 0 || left < 0 || height < 1 || width < 1) {
            throw new IllegalArgumentException("box: top " + top + ", left " + left + ", height " + height + ", width "
                    + width + ", expected 0 or more, and at least one pixel");
        }
    }

    /** All of an image. */
    public static Box whole(int height, int width) {
        return new Box(0, 0, height, width);
    }

    /** These pixels of an image [H, W, C]. */
    float[] cut(float[] image, int imageWidth, int channels) {
        float[] part = new float[height * width * channels];
        for (int y = 0; y < height; y++) {
            int from = ((top + y) * imageWidth + left) * channels;
            System.arraycopy(image, from, part, y * width * channels, width * channels);
        }
        return part;
    }
}
