package scgrad.nn.data;

import java.util.ArrayList;
import java.util.List;

/** The images of a data set dealt out like cards: the first of every class, then the second of every class, and so on. */
public final class ClassOrder {
    private ClassOrder() {}

    /** All indices of {@code dataset} in that order. */
    public static List<Integer> of(Dataset dataset) {
        List<List<Integer>> members = members(dataset);
        List<Integer> order = new ArrayList<>(dataset.size());
        for (int round = 0; order.size() < dataset.size(); round++) {
            for (List<Integer> indices : members) {
                if (round < indices.size()) {
                    order.add(indices.get(round));
                }
            }
        }
        return order;
    }

    /** The indices of each class, in ascending order. */
    public static List<List<Integer>> members(Dataset dataset) {
        List<List<Integer>> members = new ArrayList<>();
        for (int label = 0; label < dataset.classes(); label++) {
            members.add(new ArrayList<>());
        }
        for (int index = 0; index < dataset.size(); index++) {
            members.get(dataset.label(index)).add(index);
        }
        return members;
    }
}
