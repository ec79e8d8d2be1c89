package scgrad.core.backend.opencl;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import scgrad.core.array.Resampling;
import scgrad.core.array.Windows;

/**
 * Describes geometries to the kernels in ints: windows, samples, strides. Each is written once, so nothing of this moves in the steady
 * state of a training.
 */
final class DeviceTables {
    /** Weights between samples are in units of this, as exact as a float in [0, 1). */
    private static final double WEIGHT = 0x1.0p24;

    private final int[] tables;
    private final Map<Key, Integer> places = new HashMap<>();
    private int used;
    private boolean changed;

    /** An array of ints that is equal where its values are. */
    private record Key(int[] values) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && Arrays.equals(values, key.values);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(values);
        }
    }

    DeviceTables(int[] tables) {
        this.tables = tables;
    }

    /** Whether there is room for one more table of any usual size; without it {@link #clear} is due. */
    boolean crowded() {
        return used > tables.length / 2;
    }

    /** Forgets all; nothing that was asked for may be waiting. */
    void clear() {
        places.clear();
        used = 0;
    }

    /** Whether something was written since this was last asked. */
    boolean takeChanged() {
        boolean was = changed;
        changed = false;
        return was;
    }

    int of(int... values) {
        return places.computeIfAbsent(new Key(values), key -> {
            if (used + values.length > tables.length) {
                throw new IllegalArgumentException("a map this large takes " + values.length
                        + " numbers to describe to the device, which has room for " + (tables.length - used));
            }
            System.arraycopy(values, 0, tables, used, values.length);
            changed = true;
            used += values.length;
            return used - values.length;
        });
    }

    int of(Windows axis) {
        int[] first = new int[axis.inputs()];
        int[] end = new int[axis.inputs()];
        Arrays.fill(first, axis.outputs());
        for (int o = axis.outputs() - 1; o >= 0; o--) {
            for (int i = axis.start()[o]; i < axis.end()[o]; i++) {
                first[i] = o;
                end[i] = Math.max(end[i], o + 1);
            }
        }
        return of(joined(axis.start(), axis.end(), axis.divisor(), first, end));
    }

    int of(Resampling axis) {
        int[] weights = new int[axis.outputs()];
        int[] first = new int[axis.inputs()];
        int[] end = new int[axis.inputs()];
        Arrays.fill(first, axis.outputs());
        for (int o = axis.outputs() - 1; o >= 0; o--) {
            weights[o] = (int) Math.round(axis.weight()[o] * WEIGHT);
            for (int i : new int[] {axis.low()[o], axis.high()[o]}) {
                first[i] = o;
                end[i] = Math.max(end[i], o + 1);
            }
        }
        return of(joined(axis.low(), axis.high(), weights, first, end));
    }

    /** Rank, sizes, and two sets of strides; axes of size 1 go, and neighbours that walk as one become one. */
    int of(int[] sizes, int[] firstStrides, int[] secondStrides) {
        int rank = 0;
        int[] kept = sizes.clone();
        int[] first = firstStrides.clone();
        int[] second = secondStrides.clone();
        for (int axis = 0; axis < sizes.length; axis++) {
            if (sizes[axis] == 1) {
                continue;
            }
            boolean joins = rank > 0
                    && first[rank - 1] == firstStrides[axis] * sizes[axis]
                    && second[rank - 1] == secondStrides[axis] * sizes[axis];
            int to = joins ? rank - 1 : rank++;
            kept[to] = joins ? kept[to] * sizes[axis] : sizes[axis];
            first[to] = firstStrides[axis];
            second[to] = secondStrides[axis];
        }
        if (rank <= 1 && (rank == 0 || first[0] == 1 && second[0] == 1)) {
            return of(0);
        }
        return of(joined(
                new int[] {rank}, Arrays.copyOf(kept, rank), Arrays.copyOf(first, rank), Arrays.copyOf(second, rank)));
    }

    private static int[] joined(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
    }
}
