package scgrad.experiments.run;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import scgrad.core.array.Backend;

/** Where and with what a run was made: what its record needs beside the configuration. */
public final class Environment {
    private static final int DIGEST_BYTES = 6;

    private Environment() {}

    /** The JVM in one phrase. */
    public static String java() {
        return "JDK " + Runtime.version() + " (" + System.getProperty("java.vm.vendor") + ")";
    }

    /** The first line of every run. */
    public static String headline(Backend backend, long seed) {
        return backend.description() + "; " + java() + "; seed " + seed;
    }

    /** Everything, for {@code env.json}. */
    public static Map<String, String> describe(Backend backend) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        environment.put("backend", backend.description());
        environment.put("java", java());
        environment.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        environment.put("processor", processor());
        environment.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
        environment.put("commit", commit());
        String plugins = plugins(System.getenv("SCGRAD_PLUGINS"));
        if (!plugins.isEmpty()) {
            environment.put("plugins", plugins);
        }
        return environment;
    }

    /** The jars of units of one's own, each with the beginning of its SHA-256. */
    private static String plugins(String paths) {
        if (paths == null || paths.isBlank()) {
            return "";
        }
        return Arrays.stream(paths.split(File.pathSeparator))
                .map(Path::of)
                .map(path -> path.getFileName() + digest(path))
                .collect(Collectors.joining(", "));
    }

    private static String digest(Path jar) {
        if (!Files.isRegularFile(jar)) {
            return "";
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar));
            return " sha256:" + HexFormat.of().formatHex(hash, 0, DIGEST_BYTES);
        } catch (IOException | NoSuchAlgorithmException unreadable) {
            return "";
        }
    }

    /** The processor's name. */
    public static String processor() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
                if (line.startsWith("model name")) {
                    return line.substring(line.indexOf(':') + 1).strip();
                }
            }
        } catch (IOException notLinux) {
            return "unknown";
        }
        return "unknown";
    }

    /** The sources' commit, with a plus where they were changed since; empty outside a checkout. */
    private static String commit() {
        String head = git("rev-parse", "--short=12", "HEAD");
        boolean changed = !head.isEmpty()
                && !git("status", "--porcelain", "--untracked-files=no").isEmpty();
        return changed ? head + "+" : head;
    }

    private static String git(String... arguments) {
        try {
            String[] command = new String[arguments.length + 1];
            command[0] = "git";
            System.arraycopy(arguments, 0, command, 1, arguments.length);
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
            // the launcher says where the sources are; the user may be anywhere
            String home = System.getProperty("scgrad.home");
            Process process =
                    (home == null ? builder : builder.directory(Path.of(home).toFile())).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor(5, TimeUnit.SECONDS) && process.exitValue() == 0 ? output : "";
        } catch (IOException noGit) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
