package scgrad.core.array;

/** The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): random bits from a seed and a position, in any order. */
public final class SplitMix {
    /** 2^64 divided by the golden ratio: the step between positions. */
    public static final long GAMMA = 0x9E3779B97F4A7C15L;

    private SplitMix() {}

    /** A bijection that scrambles 64 bits. */
    public static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** A number in [0, 1), 24 bits, for a position under a seed. */
    public static float uniform(long seed, long position) {
        return (mix(seed + position * GAMMA) >>> 40) * 0x1.0p-24f;
    }
}
