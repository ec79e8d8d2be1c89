package scgrad.experiments.cli;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import scgrad.core.array.Backends;
import scgrad.nn.io.AtomicFile;

/** {@code scgrad devices}. */
@Command(name = "devices", description = "Show what there is to compute on, and what --backend auto chooses.")
final class ListDevices extends SubCommand {
    @Option(
            names = "--dump-opencl",
            paramLabel = "FILE",
            description = "Only write the OpenCL source that Aparapi makes of the kernels; needs no device.")
    private Path file;

    @Override
    public Integer call() throws IOException {
        if (file != null) {
            dump();
            return DONE;
        }
        Runtime jvm = Runtime.getRuntime();
        out().println("JDK      " + Runtime.version() + ", " + System.getProperty("java.vm.name") + ", "
                + System.getProperty("java.vendor"));
        out().println("system   " + System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                + System.getProperty("os.arch"));
        out().println("cores    " + jvm.availableProcessors());
        String memory = ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? (system.getTotalMemorySize() >> 20) + " MiB, of which "
                : "";
        out().println("memory   " + memory + (jvm.maxMemory() >> 20)
                + " MiB for the JVM's heap (more: SCGRAD_JAVA_OPTS=-Xmx...)");
        out().println();
        List<Backends.Provider> providers = Backends.providers().values().stream()
                .sorted(Comparator.comparingInt(Backends.Provider::preference).reversed())
                .toList();
        providers.forEach(this::show);
        out().println();
        Backends.Provider best = providers.get(0);
        out().printf("auto       %s: %s%n", best.name(), best.reason());
        providers.stream().skip(1).forEach(other -> out().printf(
                        "           only by name, --backend %s: %s%n", other.name(), other.reason()));
        return DONE;
    }

    private void show(Backends.Provider provider) {
        out().printf("%-10s %s%n", provider.name(), provider.explain());
        List<String> devices;
        try {
            devices = provider.devices();
        } catch (IllegalStateException absent) {
            // explained already
            return;
        }
        for (int i = 0; i < devices.size(); i++) {
            out().printf("  %-10s %s%n", provider.name() + ":" + i, devices.get(i));
            measure(provider, Integer.toString(i));
        }
        if (devices.isEmpty() && provider.preference() >= 0) {
            measure(provider, "");
        }
        out().flush();
    }

    /** A device that fails here is a line, and the next one is tried. */
    private void measure(Backends.Provider provider, String device) {
        out().flush();
        String line;
        try {
            line = Patience.with(Patience.COMPILING, err(), () -> provider.measure(device));
        } catch (IllegalStateException broken) {
            line = broken.getMessage();
        }
        out().println("           " + line);
    }

    private void dump() throws IOException {
        String source = Backends.providers().get("opencl").source().orElseThrow();
        AtomicFile.write(file, stream -> stream.write(source.getBytes(StandardCharsets.UTF_8)));
        out().println("OpenCL source in " + file);
    }
}
