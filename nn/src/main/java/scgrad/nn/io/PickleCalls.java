package scgrad.nn.io;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import scgrad.nn.io.TorchTensors.Invalid;

/** What the allowed functions give for their arguments. */
final class PickleCalls {
    /** Keys that Java's hash tables cannot order among the others (tuples, mixed types): few, so that no file makes a table slow. */
    private static final int MOST_UNORDERED_KEYS = 1000;

    private final TorchTensors tensors;
    private int unorderedKeys;

    PickleCalls(TorchTensors tensors) {
        this.tensors = tensors;
    }

    TorchTensors tensors() {
        return tensors;
    }

    Object call(Object function, Tuple arguments) throws Invalid {
        if (!(function instanceof AllowedFunction allowed)) {
            throw new Invalid("calls something that is not a function");
        }
        Object first = arguments.isEmpty() ? null : arguments.get(0);
        return switch (allowed) {
            case ORDERED_DICT -> pairs(first);
            case REBUILD_TENSOR -> tensors.tensor(arguments);
            case REBUILD_PARAMETER, PARAMETER -> parameter(first);
            case SIZE -> new Tuple(items(first).toArray());
            case SET -> set(items(first));
            case FROZEN_SET -> Collections.unmodifiableSet(set(items(first)));
            case BYTES -> bytes(arguments.isEmpty() ? "" : first, "latin1");
            case ENCODE -> bytes(first, arguments.size() == 2 ? arguments.get(1) : null);
        };
    }

    /** How much a call copies, so that the machine can count it as work. */
    static long work(Tuple arguments) {
        Object first = arguments.isEmpty() ? null : arguments.get(0);
        if (first instanceof List<?> list) {
            return list.size();
        }
        return first instanceof String text ? text.length() / 16 : 0;
    }

    private static Object parameter(Object first) throws Invalid {
        if (first instanceof WeightArray array) {
            return array;
        }
        throw new Invalid(
                "a Parameter without a tensor: saved by a PyTorch before 0.4; load and save it with a newer one");
    }

    private static List<?> items(Object first) throws Invalid {
        if (first == null) {
            return List.of();
        }
        if (first instanceof List<?> list) {
            return list;
        }
        throw new Invalid("calls a collection with something that is not a list");
    }

    private Map<Object, Object> pairs(Object first) throws Invalid {
        Map<Object, Object> map = new LinkedHashMap<>();
        for (Object item : items(first)) {
            if (!(item instanceof List<?> pair) || pair.size() != 2) {
                throw new Invalid("an OrderedDict from items that are not pairs");
            }
            put(map, pair.get(0), pair.get(1));
        }
        return map;
    }

    private Set<Object> set(List<?> items) throws Invalid {
        Set<Object> set = new LinkedHashSet<>();
        for (Object item : items) {
            add(set, item);
        }
        return set;
    }

    void put(Map<Object, Object> map, Object key, Object value) throws Invalid {
        map.put(key(key, map.keySet()), value(value));
    }

    void add(Set<Object> set, Object item) throws Invalid {
        set.add(key(item, set));
    }

    /** A value that may stand in a container: not a function or a storage, which only calls take. */
    static Object value(Object value) throws Invalid {
        if (value instanceof AllowedFunction || value instanceof ElementType || value instanceof Storage) {
            throw new Invalid(
                    "a function, type or bare storage as a value; only tensors and plain Python values are read");
        }
        return value;
    }

    private Object key(Object key, Set<Object> others) throws Invalid {
        if (key instanceof Tuple tuple) {
            for (Object item : tuple) {
                scalar(item);
            }
        } else {
            scalar(key);
        }
        boolean alike = others.isEmpty() || sameClass(key, others.iterator().next());
        if ((key instanceof Tuple || !alike) && ++unorderedKeys > MOST_UNORDERED_KEYS) {
            throw new Invalid(
                    "more than " + MOST_UNORDERED_KEYS + " dictionary keys that are tuples or of mixed types");
        }
        return key;
    }

    private static boolean sameClass(Object one, Object other) {
        return one == null || other == null ? one == other : one.getClass() == other.getClass();
    }

    private static void scalar(Object key) throws Invalid {
        if (key != null && !(key instanceof String || key instanceof Number || key instanceof Boolean)) {
            throw new Invalid("a dictionary key or set element that is not a text, a number or a flat tuple of these");
        }
    }

    private static byte[] bytes(Object text, Object encoding) throws Invalid {
        if (!(text instanceof String string)
                || !"latin1".equals(encoding)
                || string.chars().anyMatch(c -> c > 255)) {
            throw new Invalid("bytes must be a text of characters below 256 in latin1");
        }
        return string.getBytes(StandardCharsets.ISO_8859_1);
    }
}
