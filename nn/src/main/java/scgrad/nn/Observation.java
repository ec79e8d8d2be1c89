package scgrad.nn;

import java.util.function.Supplier;
import scgrad.core.Tensor;

/** Lets a summary, a check for NaN or a visualisation see what each module computes, without the modules knowing. */
public final class Observation {
    /** Told after each module, children before their parents. */
    public interface Observer {
        void computed(Module module, Tensor input, Tensor output);
    }

    private static final ThreadLocal<Observer> CURRENT = new ThreadLocal<>();

    private Observation() {}

    /** Runs a body while an observer watches this thread. */
    public static <T> T during(Observer observer, Supplier<T> body) {
        Observer before = CURRENT.get();
        CURRENT.set(observer);
        try {
            return body.get();
        } finally {
            CURRENT.set(before);
        }
    }

    /** Whether anybody watches this thread: then modules compute one by one, nothing is fused. */
    static boolean watched() {
        return CURRENT.get() != null;
    }

    static void tell(Module module, Tensor input, Tensor output) {
        Observer observer = CURRENT.get();
        if (observer != null) {
            observer.computed(module, input, output);
        }
    }
}
