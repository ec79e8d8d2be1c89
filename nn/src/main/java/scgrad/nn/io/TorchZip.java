package scgrad.nn.io;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** PyTorch's format since 1.6: a zip archive with the pickle in {@code NAME/data.pkl} and each storage in {@code NAME/data/KEY}. */
final class TorchZip {
    private static final String PICKLE = "data.pkl";

    private TorchZip() {}

    static Object read(FileWindow file) throws WeightFileException {
        ZipArchive zip = new ZipArchive(file);
        String folder = folder(file, zip);
        String order = folder + "byteorder";
        if (zip.names().contains(order)) {
            byte[] text = zip.read(order, "little".length());
            if (!new String(text, StandardCharsets.ISO_8859_1).equals("little")) {
                throw file.fail("was saved on a big-endian machine; only little-endian files are read");
            }
        }
        FileWindow pickle = zip.open(folder + PICKLE);
        TorchTensors tensors = new TorchTensors(file.end());
        Object root = PickleMachine.read(pickle, new PickleCalls(tensors));
        if (pickle.remaining() != 0) {
            throw file.fail(pickle.position(), pickle.remaining() + " bytes follow the pickle, none may");
        }
        for (Map.Entry<String, Storage> named : tensors.storages().entrySet()) {
            Storage storage = named.getValue();
            storage.fill(zip.read(
                    folder + "data/" + named.getKey(),
                    storage.count() * storage.type().bytes()));
        }
        return root;
    }

    private static String folder(FileWindow file, ZipArchive zip) throws WeightFileException {
        List<String> pickles = zip.names().stream()
                .filter(name -> name.endsWith("/" + PICKLE) && name.indexOf('/') == name.length() - PICKLE.length() - 1)
                .toList();
        if (pickles.size() != 1) {
            throw file.fail("is a zip file with " + pickles.size() + " entries NAME/" + PICKLE
                    + "; a file from torch.save has exactly one");
        }
        return pickles.get(0).substring(0, pickles.get(0).length() - PICKLE.length());
    }
}
