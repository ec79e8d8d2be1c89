package scgrad.core.op;

import java.util.ArrayList;
import java.util.List;
import scgrad.core.array.Backend;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;

/** What an operation's forward sees: its inputs, and a place to save what its gradient will need. */
public final class Inputs {
    private final NDArray[] arrays;
    private final boolean[] given;
    private final List<NDArray> saved = new ArrayList<>();

    public Inputs(NDArray... arrays) {
        this(arrays, new boolean[arrays.length]);
    }

    /** @param given which inputs nobody reads again, so that {@link #over} may take their place */
    public Inputs(NDArray[] arrays, boolean[] given) {
        this.arrays = arrays;
        this.given = given;
    }

    public NDArray get(int index) {
        return arrays[index];
    }

    public int count() {
        return arrays.length;
    }

    public Shape shape(int index) {
        return arrays[index].shape();
    }

    public Backend backend() {
        return arrays[0].backend();
    }

    public NDArray allocate(Shape shape) {
        return NDArray.allocate(backend(), shape);
    }

    /** An array of an input's shape, to write a result to: the input itself where nobody reads it again. */
    public NDArray over(int index) {
        return given[index] ? arrays[index] : allocate(arrays[index].shape());
    }

    /** Keeps an array for {@link Gradient#saved}. */
    public NDArray save(NDArray array) {
        saved.add(array);
        return array;
    }

    public NDArray[] saved() {
        return saved.toArray(NDArray[]::new);
    }
}
