package scgrad.scnet;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceLoader;
import scgrad.nn.Suggestion;

/** Things by name: those of scgrad first, then services of the same type on the class path. */
final class Registry<T extends Registered> {
    private final String noun;
    private final Map<String, T> entries = new LinkedHashMap<>();

    /** @param noun what an entry is called in messages */
    Registry(String noun) {
        this.noun = noun;
    }

    Registry<T> add(T entry) {
        if (entries.putIfAbsent(entry.name(), entry) != null) {
            throw new IllegalArgumentException("two kinds of " + noun + " are named '" + entry.name() + "'");
        }
        return this;
    }

    Registry<T> addAll(ServiceLoader<T> services) {
        services.forEach(this::add);
        return this;
    }

    Map<String, T> all() {
        return Collections.unmodifiableMap(entries);
    }

    T of(String name) {
        T entry = entries.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("unknown " + noun + " '" + name + "'"
                    + Suggestion.clause(name, entries.keySet()) + "; there are "
                    + String.join(", ", entries.keySet()));
        }
        return entry;
    }
}
