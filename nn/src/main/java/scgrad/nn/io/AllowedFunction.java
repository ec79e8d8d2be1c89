package scgrad.nn.io;

import java.util.Map;

/** The Python callables that a checkpoint may name. Any other name is refused where it stands; none is ever looked up or run. */
enum AllowedFunction {
    ORDERED_DICT,
    REBUILD_TENSOR,
    REBUILD_PARAMETER,
    PARAMETER,
    SIZE,
    SET,
    FROZEN_SET,
    BYTES,
    ENCODE;

    private static final Map<String, AllowedFunction> BY_NAME = Map.ofEntries(
            Map.entry("collections.OrderedDict", ORDERED_DICT),
            Map.entry("torch._utils._rebuild_tensor_v2", REBUILD_TENSOR),
            // Before 0.4, without requires_grad and hooks; published checkpoints of 2018 have it.
            Map.entry("torch._utils._rebuild_tensor", REBUILD_TENSOR),
            Map.entry("torch._utils._rebuild_parameter", REBUILD_PARAMETER),
            Map.entry("torch.nn.parameter.Parameter", PARAMETER),
            Map.entry("torch.Size", SIZE),
            // Sets and bytes in protocol 2, which torch.save uses, are calls; protocol 4 has opcodes for them.
            Map.entry("__builtin__.set", SET),
            Map.entry("builtins.set", SET),
            Map.entry("__builtin__.frozenset", FROZEN_SET),
            Map.entry("builtins.frozenset", FROZEN_SET),
            Map.entry("__builtin__.bytes", BYTES),
            Map.entry("builtins.bytes", BYTES),
            Map.entry("_codecs.encode", ENCODE));

    /** An AllowedFunction, an ElementType for a storage class, or null where the name is not on the list. */
    static Object named(String module, String name) {
        if (module.equals("torch") || module.equals("torch.cuda")) {
            ElementType type = ElementType.ofTorchStorage(name);
            if (type != null) {
                return type;
            }
        }
        return BY_NAME.get(module + "." + name);
    }
}
