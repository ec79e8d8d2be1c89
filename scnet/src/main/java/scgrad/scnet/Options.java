package scgrad.scnet;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import scgrad.nn.Suggestion;

/** Named values in square brackets behind a name, {@code sc_resnet20[pool=max,rate=2]}: read strictly, unknown keys refused with a suggestion. */
public record Options(Map<String, String> values) {
    public static final Options NONE = new Options(Map.of());

    public Options {
        values = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** Pairs of key and value. */
    public static Options of(String... pairs) {
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            values.put(pairs[i], pairs[i + 1]);
        }
        return new Options(values);
    }

    /** Reads {@code key=value,key=value}. */
    public static Options parse(String owner, String text) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String pair : text.isBlank() ? new String[0] : text.split(",")) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(owner + ": option '" + pair + "' must read key=value");
            }
            String key = pair.substring(0, equals).strip();
            if (values.put(key, pair.substring(equals + 1).strip()) != null) {
                throw new IllegalArgumentException(owner + ": option '" + key + "' is given twice");
            }
        }
        return new Options(values);
    }

    /** These defaults with other values on top; a key that has no default is an error. */
    public Options with(String owner, Options other) {
        Map<String, String> merged = new LinkedHashMap<>(values);
        other.values.forEach((key, value) -> {
            if (!values.containsKey(key)) {
                throw new IllegalArgumentException(
                        owner + ": unknown option '" + key + "'" + Suggestion.clause(key, values.keySet()) + "; it has "
                                + (values.isEmpty() ? "none" : String.join(", ", new TreeSet<>(values.keySet()))));
            }
            merged.put(key, value);
        });
        return new Options(merged);
    }

    /** The part whose keys another set of options has. */
    public Options only(Options keys) {
        Map<String, String> part = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            if (keys.values.containsKey(key)) {
                part.put(key, value);
            }
        });
        return new Options(part);
    }

    /** The part whose keys begin with a prefix, without it. */
    Options without(String prefix) {
        Map<String, String> part = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                part.put(key.substring(prefix.length()), value);
            }
        });
        return new Options(part);
    }

    /** The value, or null. */
    public String text(String key) {
        return values.get(key);
    }

    /** A value that must have a default: without one the code that reads it is wrong, not its user. */
    private String required(String key) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalStateException("option '" + key + "' is read but not among the defaults ("
                    + String.join(", ", values.keySet()) + ")");
        }
        return value;
    }

    public int integer(String key) {
        String value = required(key);
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("option " + key + "=" + value + " must be a whole number");
        }
    }

    public boolean flag(String key) {
        return choice(key, "true", "false").equals("true");
    }

    /** A value that must be one of a few. */
    public String choice(String key, String... allowed) {
        String given = required(key);
        for (String value : allowed) {
            if (value.equalsIgnoreCase(given)) {
                return value;
            }
        }
        throw new IllegalArgumentException(
                "option " + key + "=" + given + " must be one of " + String.join(", ", allowed));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        values.forEach((key, value) ->
                text.append(text.isEmpty() ? "" : ",").append(key).append('=').append(value));
        return text.toString();
    }
}
