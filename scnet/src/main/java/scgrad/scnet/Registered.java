package scgrad.scnet;

import java.util.List;

/** What a registry holds by name: a kind of convolution unit or of attention, with its options. */
public interface Registered {
    /** The name in {@code unit=NAME} or {@code attention=NAME}. */
    String name();

    /** One line: what it is, and who proposed it where. */
    String source();

    /** The options that it understands, with their defaults. */
    default Options defaults() {
        return Options.NONE;
    }

    /** Changes of the defaults that {@link UnitChecks} tries too. */
    default List<Options> variants() {
        return List.of();
    }
}
