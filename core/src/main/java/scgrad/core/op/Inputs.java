package scgrad.core.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import scgrad.core.array.Backend;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;

/** What an operation's forward sees: its inputs, and a place to save what its gradient will need. */
public final class Inputs {
    private final NDArray[] arrays;
    private final boolean[] given;
    private final List<NDArray> saved = new ArrayList<>();
    private final List<NDArray> further = new ArrayList<>();
    private boolean takesRectified;

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

    /** Gives several outputs: the first is what {@link Op#forward} returns. */
    public NDArray giveAll(NDArray... outputs) {
        further.addAll(Arrays.asList(outputs).subList(1, outputs.length));
        return outputs[0];
    }

    /** The outputs behind the first. */
    public List<NDArray> further() {
        return further;
    }

    /**
     * Says that the output comes from a ReLU, and that the vector-Jacobian product would have to read it to zero dy where it is not positive: it
     * takes a {@link Gradient#dyRectified} one, which somebody else zeroed, with less work.
     */
    public void takeRectified() {
        takesRectified = true;
    }

    public boolean takesRectified() {
        return takesRectified;
    }

    public NDArray[] saved() {
        return saved.toArray(NDArray[]::new);
    }
}
