package scgrad.nn;

import java.util.Collection;
import java.util.Locale;

/** What somebody who mistyped a name may have meant. */
public final class Suggestion {
    private Suggestion() {}

    /** {@code ", did you mean 'cifar10'?"}, or nothing where no name is close. */
    public static String clause(String typed, Collection<String> names) {
        String nearest = nearest(typed, names);
        return nearest == null ? "" : ", did you mean '" + nearest + "'?";
    }

    /** The name with the fewest letters to change, or null where more than a third of them would; case, hyphens and blanks do not count. */
    public static String nearest(String typed, Collection<String> names) {
        String nearest = null;
        int least = Integer.MAX_VALUE;
        for (String name : names) {
            int distance = distance(plain(typed), plain(name));
            if (distance <= (name.length() + 2) / 3 && distance < least) {
                least = distance;
                nearest = name;
            }
        }
        return nearest;
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[-_ ]", "");
    }

    /** Levenshtein's distance: how many letters to insert, drop or change. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int changed = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
