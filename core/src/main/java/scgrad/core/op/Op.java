package scgrad.core.op;

import scgrad.core.array.NDArray;

/**
 * A differentiable operation: forward, and next to it the vector-Jacobian product. A record whose components are its attributes. It
 * sees arrays, never the graph; un-broadcasting, accumulation and "does anyone need this gradient" are the engine's.
 */
public interface Op {

    /** The name in error messages and graphs. */
    default String name() {
        String name = getClass().getSimpleName();
        return Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    /** The output, freshly allocated or a view of an input; of several outputs the first, see {@link Inputs#giveAll}. */
    NDArray forward(Inputs in);

    /**
     * One gradient per input, null where {@code g.wants(i)} is false or there is none. A gradient may have the output's broadcast shape
     * where its input was stretched.
     */
    NDArray[] vjp(Gradient g);
}
