package scgrad.core.array;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** Chooses a backend by name and says why. Backends are found by {@link ServiceLoader}, so nothing here knows a concrete one. */
public final class Backends {
    private static final Map<String, Backend> OPEN = new LinkedHashMap<>();

    private Backends() {}

    /** What a backend offers before it is opened. */
    public interface Provider {
        String name();

        /** One line for {@code ./scgrad devices}; opens nothing that lasts. */
        String explain();

        /** What {@code auto} prefers, larger first; negative: never by itself. */
        int preference();

        /** Why the preference is what it is: one clause for {@code ./scgrad devices}. */
        String reason();

        /** The devices that {@link #open} takes by index, in that order, one line each; empty where there is nothing to choose. */
        default List<String> devices() {
            return List.of();
        }

        /**
         * About a second of work on a device: one line with what a product and, where that counts, a call of the device takes. What is
         * opened for it stays small.
         *
         * @param device as {@link #open} takes it
         */
        default String measure(String device) {
            return ProductSpeed.of(open(device, 0)).toString();
        }

        /** The kernels in the language of the device, where they are translated; needs no device. */
        default Optional<String> source() {
            return Optional.empty();
        }

        /**
         * Opens the backend.
         *
         * @param device an index or empty for the default
         * @param threads how many threads to use, 0 for all cores
         */
        Backend open(String device, int threads);
    }

    /** Every backend on the class path, by name. */
    public static Map<String, Provider> providers() {
        Map<String, Provider> providers = new TreeMap<>();
        ServiceLoader.load(Provider.class).forEach(provider -> providers.put(provider.name(), provider));
        return providers;
    }

    /** The backend of a name ({@code reference}, {@code cpu}, {@code opencl[:index]} or {@code auto}) on all cores; opened once. */
    public static Backend open(String name) {
        return open(name, 0);
    }

    /** The same with a number of threads. */
    public static synchronized Backend open(String name, int threads) {
        return OPEN.computeIfAbsent(name + "/" + threads, key -> {
            int colon = name.indexOf(':');
            String kind = colon < 0 ? name : name.substring(0, colon);
            Map<String, Provider> providers = providers();
            Provider provider = kind.equals("auto")
                    ? providers.values().stream()
                            .max((a, b) -> Integer.compare(a.preference(), b.preference()))
                            .orElse(null)
                    : providers.get(kind);
            if (provider == null) {
                throw new IllegalArgumentException(
                        "unknown backend '" + name + "'; one of auto, " + String.join(", ", providers.keySet()));
            }
            return provider.open(colon < 0 ? "" : name.substring(colon + 1), threads);
        });
    }
}
