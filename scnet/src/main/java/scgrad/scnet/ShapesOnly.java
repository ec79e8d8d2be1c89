package scgrad.scnet;

import java.lang.reflect.Proxy;
import scgrad.core.array.Backend;

/** A backend without numbers: kernels do nothing and buffers are empty, so that the largest network is counted in milliseconds. */
final class ShapesOnly {
    private static final Object NOTHING = new Object();

    private ShapesOnly() {}

    static Backend open() {
        // a proxy, so that a new kernel is nobody's work here
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(),
                new Class<?>[] {Backend.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "take" -> NOTHING;
                    case "roundoff" -> 0.0;
                    case "name", "description", "memory", "toString" -> "shapes only";
                    case "equals" -> self == arguments[0];
                    case "hashCode" -> System.identityHashCode(self);
                    default -> null;
                });
    }
}
