package scgrad.nn.io;

import java.util.AbstractList;
import java.util.RandomAccess;

/** A Python tuple: a list that nobody changes. A class of its own, because what PyTorch calls takes tuples and not lists. */
final class Tuple extends AbstractList<Object> implements RandomAccess {
    private final Object[] items;

    Tuple(Object... items) {
        this.items = items;
    }

    @Override
    public Object get(int index) {
        return items[index];
    }

    @Override
    public int size() {
        return items.length;
    }
}
