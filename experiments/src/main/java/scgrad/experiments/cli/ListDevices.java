package scgrad.experiments.cli;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Comparator;
import java.util.Map;
import picocli.CommandLine.Command;
import scgrad.core.array.Backends;

/** {@code scgrad devices}. */
@Command(name = "devices", description = "Show what there is to compute on, and what --backend auto chooses.")
final class ListDevices extends SubCommand {
    @Override
    public Integer call() {
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
        Map<String, Backends.Provider> providers = Backends.providers();
        providers.values().stream()
                .sorted(Comparator.comparingInt(Backends.Provider::preference).reversed())
                .forEach(provider -> out().printf("%-10s %s%n", provider.name(), provider.explain()));
        out().println();
        providers.values().stream()
                .max(Comparator.comparingInt(Backends.Provider::preference))
                .ifPresent(best -> out().println("auto       " + best.name() + ": preferred here over "
                        + String.join(
                                " and ",
                                providers.keySet().stream()
                                        .filter(name -> !name.equals(best.name()))
                                        .toList())
                        + "; any other runs when --backend names it"));
        return DONE;
    }
}
