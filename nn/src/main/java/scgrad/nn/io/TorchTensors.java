package scgrad.nn.io;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a checkpoint's pickle says about tensors, checked: storages by key, and views on them that stay inside. */
final class TorchTensors {
    private static final int LARGEST_RANK = 64;
    /** A tensor may show an element many times over (stride 0), but not so that a small file asks for all memory. */
    private static final int LARGEST_EXPANSION = 64;

    private static final long FREE_BYTES = 16L << 20;

    private final Map<String, Storage> storages = new LinkedHashMap<>();
    private final long largestTotal;
    private long total;

    TorchTensors(long fileBytes) {
        largestTotal = Math.max(FREE_BYTES, fileBytes * LARGEST_EXPANSION);
    }

    /** A description that does not hold; turned into a {@link WeightFileException} by whoever knows the place. */
    static final class Invalid extends Exception {
        private static final long serialVersionUID = 1;

        Invalid(String message) {
            super(message);
        }
    }

    /** The storages in the order in which the pickle named them; their bytes are still to come. */
    Map<String, Storage> storages() {
        return Collections.unmodifiableMap(storages);
    }

    /** The storage of a persistent id: ('storage', type, key, location, size[, None or (view key, offset, size)]). */
    Storage storage(Object id) throws Invalid {
        if (!(id instanceof Tuple tuple)
                || tuple.size() < 5
                || tuple.size() > 6
                || !"storage".equals(tuple.get(0))
                || !(tuple.get(1) instanceof ElementType type)
                || !(tuple.get(2) instanceof String key)
                || !(tuple.get(4) instanceof Long count)) {
            throw new Invalid("a persistent id must be ('storage', type, key, location, size)");
        }
        if (count < 0 || count > Integer.MAX_VALUE) {
            throw new Invalid("storage " + WeightFileException.quoted(key) + " of " + count
                    + " elements; 0 to 2^31-1 are possible");
        }
        Storage known = storages.computeIfAbsent(key, missing -> Storage.declared(type, count));
        if (known.type() != type || known.count() != count) {
            throw new Invalid("storage " + WeightFileException.quoted(key) + " is named as " + count + " " + type
                    + " and as " + known.count() + " " + known.type());
        }
        return tuple.size() == 6 && tuple.get(5) != null ? part(known, tuple.get(5)) : known;
    }

    private static Storage part(Storage base, Object view) throws Invalid {
        if (!(view instanceof Tuple tuple)
                || tuple.size() != 3
                || !(tuple.get(1) instanceof Long offset)
                || !(tuple.get(2) instanceof Long count)
                || offset < 0
                || count < 0
                || offset > base.count() - count) {
            throw new Invalid("a storage's view must be (key, offset, size) inside its " + base.count() + " elements");
        }
        return base.part(offset, count);
    }

    /** _rebuild_tensor(storage, offset, size, stride), or _v2 with (..., requires_grad, hooks[, metadata]). */
    WeightArray tensor(Tuple arguments) throws Invalid {
        if (arguments.size() < 4
                || arguments.size() > 7
                || !(arguments.get(0) instanceof Storage storage)
                || !(arguments.get(1) instanceof Long offset)
                || !(arguments.get(2) instanceof Tuple size)
                || !(arguments.get(3) instanceof Tuple stride)) {
            throw new Invalid("a tensor must be (storage, offset, size, stride ...)");
        }
        // Metadata marks lazily negated or conjugated values: ignoring it would give wrong ones.
        if (arguments.size() == 7
                && arguments.get(6) != null
                && !(arguments.get(6) instanceof Map<?, ?> marks && marks.isEmpty())) {
            throw new Invalid(
                    "a tensor with lazy negation or conjugation; save it after resolve_neg() and resolve_conj()");
        }
        if (size.size() != stride.size() || size.size() > LARGEST_RANK) {
            throw new Invalid("a tensor with " + size.size() + " sides and " + stride.size()
                    + " strides; as many of both, at most " + LARGEST_RANK);
        }
        int[] shape = new int[size.size()];
        long[] strides = new long[shape.length];
        for (int axis = 0; axis < shape.length; axis++) {
            shape[axis] = (int) between(size.get(axis), Integer.MAX_VALUE, "a tensor's side");
            strides[axis] = between(stride.get(axis), Long.MAX_VALUE, "a tensor's stride");
        }
        return view(storage, offset, shape, strides);
    }

    private WeightArray view(Storage storage, long offset, int[] shape, long[] strides) throws Invalid {
        String tensor = "a tensor of shape " + List.of(box(shape)) + ", strides " + List.of(box(strides)) + ", offset "
                + offset;
        long elements = WeightArray.elements(shape);
        if (elements < 0) {
            throw new Invalid(tensor + " has more than 2^31 elements");
        }
        if (offset < 0 || offset > storage.count() || elements > 0 && last(offset, shape, strides) >= storage.count()) {
            throw new Invalid(tensor + " does not lie inside its storage of " + storage.count() + " elements");
        }
        total += elements * storage.type().bytes();
        if (total > largestTotal) {
            throw new Invalid(tensor + ": the tensors up to it show more than " + largestTotal + " bytes, "
                    + LARGEST_EXPANSION + " times the file; expanded tensors must be saved as what they expand");
        }
        return new WeightArray("", shape, strides, (int) elements, offset, storage);
    }

    private static long last(long offset, int[] shape, long[] strides) {
        long last = offset;
        for (int axis = 0; axis < shape.length; axis++) {
            // Saturates instead of wrapping, so that an overflow counts as outside.
            long high = Math.multiplyHigh(shape[axis] - 1L, strides[axis]);
            long step = (shape[axis] - 1L) * strides[axis];
            if (high != 0 || step < 0 || last + step < 0) {
                return Long.MAX_VALUE;
            }
            last += step;
        }
        return last;
    }

    private static long between(Object value, long most, String what) throws Invalid {
        if (!(value instanceof Long number) || number < 0 || number > most) {
            throw new Invalid(what + " must be a whole number from 0 to " + most);
        }
        return number;
    }

    private static Object[] box(int[] values) {
        return Arrays.stream(values).boxed().toArray();
    }

    private static Object[] box(long[] values) {
        return Arrays.stream(values).boxed().toArray();
    }
}
