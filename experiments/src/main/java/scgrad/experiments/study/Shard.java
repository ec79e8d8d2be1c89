package scgrad.experiments.study;

/**
 * A part of a study's runs for one process: every {@code count}-th from {@code index} on.
 *
 * @param index from 1, as it is typed
 */
public record Shard(int index, int count) {
    public static final Shard WHOLE = new Shard(1, 1);

    public Shard {
        if (count < 1 || index < 1 || index > count) {
            throw new IllegalArgumentException("shard " + index + "/" + count + " must be from 1/" + Math.max(count, 1)
                    + " to " + Math.max(count, 1) + "/" + Math.max(count, 1));
        }
    }

    /** Reads {@code 2/3}. */
    public static Shard parse(String text) {
        String[] parts = text.split("/", -1);
        try {
            if (parts.length == 2) {
                return new Shard(Integer.parseInt(parts[0].strip()), Integer.parseInt(parts[1].strip()));
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("shard '" + text + "' must read i/n, as in 2/3");
    }

    /** Whether the member at a place, from 0, belongs to it. */
    boolean has(int place) {
        return place % count == index - 1;
    }
}
