package scgrad.nn.data;

import scgrad.core.Rng;

/**
 * A part of an image of random area and aspect, to be resized to the network's input: the crop of Inception's training (Szegedy et al.,
 * 2015), drawn as torchvision's {@code RandomResizedCrop} draws it.
 *
 * @param least smallest part of the image's area, up to 1
 * @param sample the sample's stream; it does not advance, so the same sample has the same crop however often it is asked
 */
record RandomResizedCrop(double least, Rng sample) implements Crop {
    private static final double NARROWEST = 3 / 4.0;
    private static final double WIDEST = 4 / 3.0;
    private static final int TRIES = 10;
    /** The stream among the sample's others. */
    private static final int STREAM = 4;

    @Override
    public Box of(int height, int width) {
        Rng random = sample.stream(STREAM);
        for (int i = 0; i < TRIES; i++) {
            double area = random.uniform(least, 1) * height * width;
            double aspect = StrictMath.exp(random.uniform(StrictMath.log(NARROWEST), StrictMath.log(WIDEST)));
            int w = (int) Math.rint(Math.sqrt(area * aspect));
            int h = (int) Math.rint(Math.sqrt(area / aspect));
            if (0 < w && w <= width && 0 < h && h <= height) {
                int top = random.nextInt(height - h + 1);
                int left = random.nextInt(width - w + 1);
                return new Box(top, left, h, w);
            }
        }
        return central(height, width);
    }

    /** The largest part in the middle whose aspect is allowed. */
    private static Box central(int height, int width) {
        double aspect = (double) width / height;
        int w = aspect > WIDEST ? (int) Math.rint(height * WIDEST) : width;
        int h = aspect < NARROWEST ? (int) Math.rint(width / NARROWEST) : height;
        return new Box((height - h) / 2, (width - w) / 2, h, w);
    }
}
