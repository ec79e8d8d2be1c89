package scgrad.core.array;

/** How many numbers become one. */
public enum Reduction {
    SUM,
    MAX
}
