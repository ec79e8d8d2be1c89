package scgrad.core.array;

/**
 * Memory of one kind.
 *
 * @param kind in words that users read
 * @param bytes now
 * @param peak the most at one moment
 */
public record MemoryUse(String kind, long bytes, long peak) {}
