package scgrad.nn.io;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import scgrad.nn.io.TorchTensors.Invalid;

/** The pickle machine's memory: a stack with marks, below which nothing can be taken, and the memo. */
final class PickleStack {
    private final List<Object> values = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Long, Object> memo = new HashMap<>();

    void push(Object value) {
        values.add(value);
    }

    Object pop() throws Invalid {
        top();
        return values.remove(values.size() - 1);
    }

    Object top() throws Invalid {
        int floor = marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
        if (values.size() <= floor) {
            throw new Invalid("takes a value from an empty stack");
        }
        return values.get(values.size() - 1);
    }

    void mark() {
        marks.add(values.size());
    }

    /** Takes everything above the last mark, and the mark. */
    Object[] popToMark() throws Invalid {
        if (marks.isEmpty()) {
            throw new Invalid("goes back to a mark that was not set");
        }
        List<Object> above = values.subList(marks.remove(marks.size() - 1), values.size());
        Object[] items = above.toArray();
        above.clear();
        return items;
    }

    /** Removes the top: a value, or the last mark where nothing stands above it. */
    void discard() throws Invalid {
        if (!marks.isEmpty() && marks.get(marks.size() - 1) == values.size()) {
            marks.remove(marks.size() - 1);
        } else {
            pop();
        }
    }

    Object[] pop(int count) throws Invalid {
        Object[] items = new Object[count];
        for (int i = count - 1; i >= 0; i--) {
            items[i] = pop();
        }
        return items;
    }

    /** The only value that is left at the end. */
    Object result() throws Invalid {
        Object result = pop();
        if (!values.isEmpty() || !marks.isEmpty()) {
            throw new Invalid("ends with " + values.size() + " values left over");
        }
        return result;
    }

    void remember(long key) throws Invalid {
        memo.put(key, top());
    }

    /** Under the next free number, as protocol 4 counts. */
    void remember() throws Invalid {
        remember(memo.size());
    }

    void recall(long key) throws Invalid {
        if (!memo.containsKey(key)) {
            throw new Invalid("recalls value " + key + ", which was not stored");
        }
        push(memo.get(key));
    }
}
