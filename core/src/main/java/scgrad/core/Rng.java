package scgrad.core;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import scgrad.core.array.SplitMix;

/**
 * A random stream that is named, not shared: {@code Rng.of(seed).stream("init")} gives the same numbers whatever other streams were
 * drawn from before, on every machine and thread.
 *
 * <p>The generator is SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014): its whole
 * state is one long, so a checkpoint stores a stream as one number. Not thread-safe: give every thread or sample its own stream.
 */
public final class Rng {
    private long state;

    private Rng(long state) {
        this.state = state;
    }

    /** The root stream of a seed. */
    public static Rng of(long seed) {
        return new Rng(SplitMix.mix(seed + SplitMix.GAMMA));
    }

    /** A stream with the state that {@link #state} returned. */
    public static Rng restore(long state) {
        return new Rng(state);
    }

    /** A stream of its own under a name; this stream does not advance. */
    public Rng stream(String name) {
        CRC32 crc = new CRC32();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        return stream(crc.getValue());
    }

    /** A stream of its own under a number (a sample, an epoch); this stream does not advance. */
    public Rng stream(long index) {
        return new Rng(SplitMix.mix(state ^ SplitMix.mix(index * SplitMix.GAMMA + 0x632BE59BD9B4E019L)));
    }

    /** The whole state, for a checkpoint. */
    public long state() {
        return state;
    }

    /** 64 random bits. */
    public long nextLong() {
        state += SplitMix.GAMMA;
        return SplitMix.mix(state);
    }

    /** Uniform in [0, 1), 53 bits. */
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    /** Uniform in [low, high). */
    public double uniform(double low, double high) {
        return low + (high - low) * nextDouble();
    }

    /** Uniform in 0 .. bound-1. */
    public int nextInt(int bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("rng: bound " + bound + " must be positive");
        }
        return (int) Math.multiplyHigh(nextLong() >>> 1, (long) bound << 1);
    }

    /** Standard normal, by the Box-Muller transform; StrictMath, so that every machine gives the same bits. */
    public double nextGaussian() {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
        return radius * StrictMath.cos(2 * Math.PI * nextDouble());
    }

    /** A random order of 0 .. count-1 (Fisher and Yates). */
    public int[] permutation(int count) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int j = nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
