package scgrad.nn.io;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import scgrad.nn.io.TorchTensors.Invalid;

/** The opcodes that make and fill tuples, lists, dictionaries and sets. */
final class PickleContainers {
    private final PickleStack stack;
    private final PickleCalls calls;

    PickleContainers(PickleStack stack, PickleCalls calls) {
        this.stack = stack;
        this.calls = calls;
    }

    /** False where the opcode is another's. */
    boolean execute(int operation) throws Invalid {
        switch (operation) {
            case ')' -> stack.push(new Tuple());
            case 0x85 -> stack.push(new Tuple(stack.pop(1)));
            case 0x86 -> stack.push(new Tuple(stack.pop(2)));
            case 0x87 -> stack.push(new Tuple(stack.pop(3)));
            case 't' -> stack.push(new Tuple(stack.popToMark()));
            case ']' -> stack.push(new ArrayList<>());
            case 'l' -> stack.push(append(new ArrayList<>(), stack.popToMark()));
            case 'a' -> {
                Object[] item = stack.pop(1);
                append(list(), item);
            }
            case 'e' -> {
                Object[] items = stack.popToMark();
                append(list(), items);
            }
            case '}' -> stack.push(new LinkedHashMap<>());
            case 'd' -> stack.push(put(new LinkedHashMap<>(), stack.popToMark()));
            case 's' -> {
                Object[] pair = stack.pop(2);
                put(map(), pair);
            }
            case 'u' -> {
                Object[] pairs = stack.popToMark();
                put(map(), pairs);
            }
            case 0x8f -> stack.push(new LinkedHashSet<>());
            case 0x90 -> {
                Object[] items = stack.popToMark();
                add(set(), items);
            }
            case 0x91 -> stack.push(add(new LinkedHashSet<>(), stack.popToMark()));
            default -> {
                return false;
            }
        }
        return true;
    }

    private static List<Object> append(List<Object> list, Object[] items) throws Invalid {
        for (Object item : items) {
            list.add(PickleCalls.value(item));
        }
        return list;
    }

    private Map<Object, Object> put(Map<Object, Object> map, Object[] pairs) throws Invalid {
        if (pairs.length % 2 != 0) {
            throw new Invalid("a dictionary key without a value");
        }
        for (int i = 0; i < pairs.length; i += 2) {
            calls.put(map, pairs[i], pairs[i + 1]);
        }
        return map;
    }

    private Set<Object> add(Set<Object> set, Object[] items) throws Invalid {
        for (Object item : items) {
            calls.add(set, item);
        }
        return set;
    }

    @SuppressWarnings("unchecked")
    private List<Object> list() throws Invalid {
        if (stack.top() instanceof ArrayList<?> list) {
            return (List<Object>) list;
        }
        throw new Invalid("appends to something that is not a list");
    }

    @SuppressWarnings("unchecked")
    private Map<Object, Object> map() throws Invalid {
        if (stack.top() instanceof LinkedHashMap<?, ?> map) {
            return (Map<Object, Object>) map;
        }
        throw new Invalid("sets an item of something that is not a dictionary");
    }

    @SuppressWarnings("unchecked")
    private Set<Object> set() throws Invalid {
        if (stack.top() instanceof LinkedHashSet<?> set) {
            return (Set<Object>) set;
        }
        throw new Invalid("adds to something that is not a set");
    }
}
