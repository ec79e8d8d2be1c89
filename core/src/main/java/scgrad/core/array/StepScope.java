package scgrad.core.array;

import java.util.ArrayList;
import java.util.List;

/**
 * A step: what is allocated inside, and is not persistent, gives its memory back when the scope closes. Scopes nest; each thread has
 * its own.
 *
 * <pre>{@code
 * try (StepScope step = StepScope.open()) {
 *     loss(model.forward(x)).backward();
 *     optimizer.step();
 * }
 * }</pre>
 */
public final class StepScope implements AutoCloseable {
    private static final ThreadLocal<StepScope> CURRENT = new ThreadLocal<>();

    private final StepScope outer = CURRENT.get();
    private final List<Storage> storages = new ArrayList<>();

    private StepScope() {}

    public static StepScope open() {
        StepScope scope = new StepScope();
        CURRENT.set(scope);
        return scope;
    }

    static void register(Storage storage) {
        StepScope scope = CURRENT.get();
        if (scope != null) {
            scope.storages.add(storage);
        }
    }

    /** Makes an array that another thread has allocated one of this thread's scope. */
    public static void adopt(NDArray array) {
        StepScope scope = CURRENT.get();
        if (scope != null && !scope.storages.contains(array.storage())) {
            scope.storages.add(array.storage());
        }
    }

    /** Leaves an array of this scope to the one around it. */
    public void keep(NDArray array) {
        if (storages.remove(array.storage()) && outer != null) {
            outer.storages.add(array.storage());
        }
    }

    @Override
    public void close() {
        storages.forEach(Storage::free);
        storages.clear();
        CURRENT.set(outer);
    }
}
