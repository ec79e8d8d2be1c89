package scgrad.nn.data;

import java.util.List;

/** Some images of a data set, in the order of {@code indices}. */
public record Subset(Dataset whole, List<Integer> indices) implements Dataset {
    public Subset {
        indices = List.copyOf(indices);
    }

    /**
     * The first images of each class in turn, {@code count} in all: as balanced as the whole allows, and a larger count keeps the
     * images of a smaller one. A count of 0, or one that is not smaller than the whole, gives the whole.
     */
    public static Dataset balanced(Dataset whole, int count) {
        if (count < 0) {
            throw new IllegalArgumentException(
                    whole.name() + ": a subset of " + count + " images, expected 0 (all) or more");
        }
        if (count == 0 || count >= whole.size()) {
            return whole;
        }
        return new Subset(whole, ClassOrder.of(whole).subList(0, count));
    }

    @Override
    public String name() {
        return whole.name();
    }

    @Override
    public int size() {
        return indices.size();
    }

    @Override
    public List<String> classNames() {
        return whole.classNames();
    }

    @Override
    public int height() {
        return whole.height();
    }

    @Override
    public int width() {
        return whole.width();
    }

    @Override
    public int channels() {
        return whole.channels();
    }

    @Override
    public int label(int index) {
        return whole.label(indices.get(index));
    }

    @Override
    public void image(int index, float[] into, int offset) {
        whole.image(indices.get(index), into, offset);
    }

    @Override
    public void image(int index, Crop crop, float[] into, int offset) {
        whole.image(indices.get(index), crop, into, offset);
    }

    @Override
    public int readers() {
        return whole.readers();
    }
}
