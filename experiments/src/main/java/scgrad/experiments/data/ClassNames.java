package scgrad.experiments.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** {@code classes.txt} of a folder of images: a line a class, its folder's name, a blank or tab, and a readable name. */
final class ClassNames {
    private ClassNames() {}

    /** Readable names by folder; empty where there is no such file. It may name more classes than the folder has. */
    static Map<String, String> read(Path file) throws IOException {
        Map<String, String> names = new HashMap<>();
        if (!Files.exists(file)) {
            return names;
        }
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            String[] parts = line.strip().split("\\s+", 2);
            if (parts.length < 2) {
                throw new IOException(file + ", line " + number + ": '" + line.strip()
                        + "' has no name; expected the class folder and its name, as in 'n01440764 tench'");
            }
            if (names.put(parts[0], parts[1]) != null) {
                throw new IOException(file + ", line " + number + ": " + parts[0] + " has a name already");
            }
        }
        return names;
    }
}
