package scgrad.core.backend.cpu;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which tiles run fastest here: measured once per machine and JDK, and remembered in a small file under the user's cache folder. All
 * tiles give the same bits, so that nothing but speed depends on it.
 *
 * <p>The system property {@code scgrad.tiles}, or the environment variable {@code SCGRAD_TILES}, pins the choice to one by its name, or says
 * {@code measure} to do it again. Where the folder cannot be read or written nothing is remembered, and nobody is bothered.
 */
final class TileChoice {
    static final String MEASURE = "measure";
    /** The first candidate keeps its place unless another is faster by this factor, so that noise does not decide. */
    private static final double CLEARLY = 1.08;

    private final Path file;
    private final String key;

    /**
     * @param file where to remember
     * @param key what the choice depends on besides the file's name: a JVM that was told to use narrower vectors has other candidates
     */
    TileChoice(Path file, String key) {
        this.file = file;
        this.key = key;
    }

    static TileChoice ofMachine(int widest) {
        String name = "tiles-" + plain(cpu()) + "-" + plain(Runtime.version().toString()) + ".properties";
        return new TileChoice(cacheFolder().resolve(name), widest + "bit");
    }

    /** What the user says: a tile's name, {@link #MEASURE}, or nothing. */
    static String wish() {
        String property = System.getProperty("scgrad.tiles", "");
        String variable = System.getenv("SCGRAD_TILES");
        return !property.isBlank() ? property.strip() : variable == null ? "" : variable.strip();
    }

    Tiles choose(List<Tiles> candidates, String wish) {
        if (!wish.isEmpty() && !wish.equals(MEASURE)) {
            Tiles pinned = named(candidates, wish);
            if (pinned == null) {
                throw new IllegalArgumentException("scgrad.tiles: there is no '" + wish + "' on this machine; one of "
                        + candidates.stream().map(Tiles::name).collect(Collectors.joining(", ")) + ", or " + MEASURE);
            }
            return pinned;
        }
        Properties memory = read();
        Tiles remembered = wish.equals(MEASURE) ? null : named(candidates, memory.getProperty(key, ""));
        if (remembered != null) {
            return remembered;
        }
        TileMeasurement.Result result = TileMeasurement.of(candidates);
        Tiles best = candidates.get(best(result.speeds()));
        if (result.settled()) {
            memory.setProperty(key, best.name());
            for (int i = 0; i < candidates.size(); i++) {
                memory.setProperty(
                        key + "." + candidates.get(i).name(),
                        String.format(Locale.ROOT, "%.1f GFLOP/s", result.speeds()[i]));
            }
            write(memory);
        }
        return best;
    }

    private static Tiles named(List<Tiles> candidates, String name) {
        return candidates.stream()
                .filter(tiles -> tiles.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** The fastest, or the first where no other is clearly faster. */
    static int best(double[] speeds) {
        int fastest =
                IntStream.range(0, speeds.length).reduce(0, (one, other) -> speeds[other] > speeds[one] ? other : one);
        return speeds[fastest] > CLEARLY * speeds[0] ? fastest : 0;
    }

    private Properties read() {
        Properties memory = new Properties();
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            memory.load(reader);
        } catch (IOException | IllegalArgumentException | SecurityException unreadable) {
            memory.clear();
        }
        return memory;
    }

    /** Replaces the file as a whole, so that another process sees the old one or the new one. */
    private void write(Properties memory) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path temporary = Files.createTempFile(file.toAbsolutePath().getParent(), ".tiles", ".tmp");
            try {
                try (Writer writer = Files.newBufferedWriter(temporary)) {
                    memory.store(writer, "the fastest tiles by vector width; delete this file to measure again");
                }
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException | SecurityException | UnsupportedOperationException notRemembered) {
            return;
        }
    }

    private static Path cacheFolder() {
        String set = System.getenv("XDG_CACHE_HOME");
        Path folder =
                set == null || set.isBlank() ? Path.of(System.getProperty("user.home", "."), ".cache") : Path.of(set);
        return folder.resolve("scgrad");
    }

    /** The processor's name where the system tells it. */
    private static String cpu() {
        try (BufferedReader lines = Files.newBufferedReader(Path.of("/proc/cpuinfo"))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("model name")) {
                    return line.substring(line.indexOf(':') + 1);
                }
            }
        } catch (IOException | SecurityException elsewhere) {
            // macOS and Windows have no such file
        }
        String identifier = System.getenv("PROCESSOR_IDENTIFIER");
        return identifier == null ? System.getProperty("os.arch", "unknown") : identifier;
    }

    private static String plain(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    }
}
