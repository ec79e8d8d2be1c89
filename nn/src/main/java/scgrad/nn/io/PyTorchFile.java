package scgrad.nn.io;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A file from {@code torch.save}, in today's zip format or the legacy one. Its pickle is read as data: whatever would call anything but the
 * constructors of tensors and plain collections is refused by name.
 *
 * <p>A zip file has checksums, and a damaged value is an error. The legacy format has none: there, a changed value inside a storage cannot be
 * noticed; shapes and sizes are still checked against each other and the file. All sizes are little-endian; arrays keep PyTorch's layout.
 */
public final class PyTorchFile {
    private static final int ZIP_START = 'P' | 'K' << 8;
    private static final int PICKLE_START = 0x80;
    private static final String DATA_PARALLEL = "module.";
    /** The names under which training scripts keep a state dict, the commonest first. */
    private static final List<String> USUAL_KEYS =
            List.of("state_dict", "model_state_dict", "model", "net", "network", "model_state", "weights", "params");

    private final Path path;
    private final Format format;
    private final Object root;

    /** The two formats of torch.save. */
    public enum Format {
        /** A zip archive, the default since PyTorch 1.6. */
        ZIP,
        /** Pickles and storages one after the other. */
        LEGACY
    }

    private PyTorchFile(Path path, Format format, Object root) {
        this.path = path;
        this.format = format;
        this.root = root;
    }

    /** Reads a whole file. */
    public static PyTorchFile read(Path path) throws WeightFileException {
        try (FileWindow file = FileWindow.open(path)) {
            if (file.end() < 2) {
                throw file.fail("has " + file.end() + " bytes; that is no file from torch.save");
            }
            int start = file.part(0, 2).unsignedShort();
            if (start == ZIP_START) {
                return new PyTorchFile(path, Format.ZIP, TorchZip.read(file));
            }
            if ((start & 0xFF) == PICKLE_START) {
                return new PyTorchFile(path, Format.LEGACY, TorchLegacy.read(file));
            }
            throw file.fail("is no file from torch.save: it starts with neither a zip archive nor a pickle");
        }
    }

    /** The format of the file. */
    public Format format() {
        return format;
    }

    /**
     * What was saved, as Java values: dict is a Map in its order, list, tuple and torch.Size a List, set a Set, str a String, int a Long (a
     * BigInteger beyond 64 bits), float a Double, bool a Boolean, bytes a byte[], None null, and a tensor or Parameter a {@link WeightArray}
     * without a name. Python values may contain themselves, and so may these.
     */
    public Object root() {
        return root;
    }

    /**
     * The tensors of the state dict by name: what was saved itself, or what it holds under state_dict, model_state_dict, model, net and
     * the like. A {@code module.} before every name, left by DataParallel, is taken off. Values that are no tensors are left out.
     */
    public Map<String, WeightArray> stateDict() throws WeightFileException {
        if (!(root instanceof Map<?, ?> top)) {
            throw new WeightFileException(path, "holds no state dict: what was saved is not a dictionary");
        }
        for (String key : USUAL_KEYS) {
            Map<String, WeightArray> tensors = tensors(top.get(key));
            if (!tensors.isEmpty()) {
                return withoutModule(tensors);
            }
        }
        Map<String, WeightArray> tensors = tensors(top);
        if (tensors.isEmpty()) {
            throw new WeightFileException(
                    path,
                    "holds no state dict: no tensors at the top or under any of " + String.join(", ", USUAL_KEYS));
        }
        return withoutModule(tensors);
    }

    private static Map<String, WeightArray> tensors(Object value) {
        Map<String, WeightArray> tensors = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, item) -> {
                if (key instanceof String name && item instanceof WeightArray array) {
                    tensors.put(name, array.renamed(name));
                }
            });
        }
        return tensors;
    }

    private static Map<String, WeightArray> withoutModule(Map<String, WeightArray> tensors) {
        if (!tensors.keySet().stream().allMatch(name -> name.startsWith(DATA_PARALLEL))) {
            return tensors;
        }
        Map<String, WeightArray> stripped = new LinkedHashMap<>();
        tensors.forEach((name, array) -> {
            String shortName = name.substring(DATA_PARALLEL.length());
            stripped.put(shortName, array.renamed(shortName));
        });
        return stripped;
    }
}
