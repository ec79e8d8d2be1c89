package scgrad.experiments.cli;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** A build with classes of its own beside those of this program, and the steps of workloads that it makes (see {@link BenchStep}). */
final class BenchBuild {
    private final ClassLoader loader;
    private final Function<List<String>, Runnable> maker;

    @SuppressWarnings("unchecked")
    private BenchBuild(List<Path> classPath) {
        loader = new URLClassLoader(
                classPath.stream().map(BenchBuild::url).toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        try {
            maker = (Function<List<String>, Runnable>) loader.loadClass(BenchStep.class.getName())
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    "--against: the other checkout is older than this option and cannot be timed by it", e);
        }
    }

    /** This program's classes once more. */
    static BenchBuild own() {
        return new BenchBuild(Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .toList());
    }

    /** Another checkout's, which its launcher builds first where it is older than its sources. */
    static BenchBuild of(Path checkout) throws IOException {
        Path launcher = checkout.resolve("scgrad");
        if (!Files.isExecutable(launcher)) {
            throw new IllegalArgumentException(
                    "--against " + checkout + ": no launcher 'scgrad' is there; name the folder of another checkout");
        }
        try {
            Process building = new ProcessBuilder(launcher.toAbsolutePath().toString(), "--version")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            if (building.waitFor() != 0) {
                throw new IllegalArgumentException("--against " + checkout + ": it cannot be built");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        List<Path> jars = new ArrayList<>();
        for (String module : List.of("experiments", "scnet", "nn", "core")) {
            jars.addAll(jars(checkout.resolve(module).resolve("target")));
        }
        jars.addAll(jars(checkout.resolve("experiments/target/dependency")));
        return new BenchBuild(jars);
    }

    private static List<Path> jars(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file ->
                            file.toString().endsWith(".jar") && !file.toString().endsWith("-tests.jar"))
                    .sorted()
                    .toList();
        }
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(path.toString(), e);
        }
    }

    /** One step of a workload, with the build's own services. */
    Runnable step(String name, String backend, int threads) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return maker.apply(List.of(name, backend, Integer.toString(threads)));
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
