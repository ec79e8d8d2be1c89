package scgrad.scnet;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.regex.Pattern;
import scgrad.nn.Suggestion;

/** Things by name: those of scgrad first, then services of the same type on the class path. */
final class Registry<T extends Registered> {
    /** What can stand behind an equals sign in a network's options. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+");

    private final String noun;
    private final Class<T> type;
    private final Map<String, T> entries = new LinkedHashMap<>();
    /** Whether the services are among the entries: they are looked for when first asked for, so that a broken one has a caller to tell. */
    private boolean complete;

    /** @param noun what an entry is called in messages */
    Registry(String noun, Class<T> type) {
        this.noun = noun;
        this.type = type;
    }

    synchronized Registry<T> add(T entry) {
        String name = entry.name();
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(noun + " '" + name + "' of "
                    + entry.getClass().getName() + ": a name consists of letters, digits, _ and -");
        }
        T other = entries.putIfAbsent(name, entry);
        if (other != null) {
            throw new IllegalArgumentException(
                    noun + " '" + name + "' of " + entry.getClass().getName() + ": the name is taken, by "
                            + other.getClass().getName() + "; choose another");
        }
        return this;
    }

    private void complete() {
        if (complete) {
            return;
        }
        List<T> services = new ArrayList<>();
        try {
            ServiceLoader.load(type).forEach(services::add);
        } catch (ServiceConfigurationError broken) {
            throw new IllegalArgumentException(
                    broken.getMessage() + "; a jar's META-INF/services/" + type.getName()
                            + " must name public classes that implement " + type.getSimpleName()
                            + " and have a public constructor without parameters",
                    broken);
        }
        services.forEach(this::add);
        complete = true;
    }

    synchronized Map<String, T> all() {
        complete();
        return Collections.unmodifiableMap(entries);
    }

    T of(String name) {
        Map<String, T> all = all();
        T entry = all.get(name);
        if (entry == null) {
            String suggestion = Suggestion.clause(name, all.keySet());
            throw new IllegalArgumentException("unknown " + noun + " '" + name + "'" + suggestion + "; there are "
                    + String.join(", ", all.keySet())
                    + (suggestion.isEmpty()
                            ? "; one of your own needs its jar in SCGRAD_PLUGINS, and its class in the jar's META-INF/services/"
                                    + type.getName()
                            : ""));
        }
        return entry;
    }
}
