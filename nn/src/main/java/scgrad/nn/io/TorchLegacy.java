package scgrad.nn.io;

import java.math.BigInteger;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * PyTorch's format before 1.6: the pickles magic number, protocol version, machine and object, then a pickle that lists the storages' keys,
 * then each storage as a 64-bit element count and its bytes. Nothing in it is a checksum.
 */
final class TorchLegacy {
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long VERSION = 1001;

    private TorchLegacy() {}

    static Object read(FileWindow file) throws WeightFileException {
        TorchTensors tensors = new TorchTensors(file.end());
        PickleCalls calls = new PickleCalls(tensors);
        if (!MAGIC.equals(PickleMachine.read(file, calls))) {
            throw file.fail("is a pickle, but not one from torch.save: its first value is not PyTorch's magic number");
        }
        Object version = PickleMachine.read(file, calls);
        if (!(version instanceof Long number) || number != VERSION) {
            throw file.fail("is not version " + VERSION + " of PyTorch's legacy format, the only one");
        }
        Object machine = PickleMachine.read(file, calls);
        if (!(machine instanceof Map<?, ?> facts) || !Boolean.TRUE.equals(facts.get("little_endian"))) {
            throw file.fail("was saved on a big-endian machine; only little-endian files are read");
        }
        Object root = PickleMachine.read(file, calls);
        fill(file, tensors.storages(), PickleMachine.read(file, calls));
        if (file.remaining() != 0) {
            throw file.fail(file.position(), file.remaining() + " bytes follow the last storage, none may");
        }
        return root;
    }

    private static void fill(FileWindow file, Map<String, Storage> storages, Object keys) throws WeightFileException {
        if (!(keys instanceof List<?> list) || list.size() != storages.size()) {
            throw file.fail(
                    file.position(), "the list of storages does not name the " + storages.size() + " that tensors use");
        }
        Set<Object> seen = new HashSet<>();
        for (Object key : list) {
            Storage storage = key instanceof String text ? storages.get(text) : null;
            if (storage == null || !seen.add(key)) {
                throw file.fail(file.position(), "the list of storages names one that no tensor uses, or one twice");
            }
            long count = file.signedLong();
            if (count != storage.count()) {
                throw file.fail(
                        file.position() - 8,
                        "storage " + WeightFileException.quoted((String) key) + " has " + count
                                + " elements, its tensors say " + storage.count());
            }
            storage.fill(file.bytes(count * storage.type().bytes()));
        }
    }
}
