package scgrad.core.backend.opencl;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What the families of {@link DeviceKernels} declare: a command's code is a constant of a hundred or more, a kernel takes and returns nothing. */
final class KernelTable {
    private static final int FIRST_FAMILY = 100;

    private KernelTable() {}

    private static List<Class<?>> families() {
        List<Class<?>> families = new ArrayList<>();
        for (Class<?> family = DeviceKernels.class.getSuperclass();
                family != DeviceMemory.class;
                family = family.getSuperclass()) {
            families.add(family);
        }
        return families;
    }

    /** Names and codes of all commands. */
    static Map<String, Integer> codes() {
        Map<String, Integer> codes = new TreeMap<>();
        for (Class<?> family : families()) {
            for (Field field : family.getDeclaredFields()) {
                if (field.getType() == int.class
                        && Modifier.isStatic(field.getModifiers())
                        && value(field) >= FIRST_FAMILY) {
                    codes.put(field.getName(), value(field));
                }
            }
        }
        return codes;
    }

    private static int value(Field constant) {
        try {
            constant.setAccessible(true);
            return constant.getInt(null);
        } catch (IllegalAccessException closed) {
            throw new AssertionError(closed);
        }
    }

    /** Names of all kernels. */
    static Set<String> kernels() {
        Set<String> names = new TreeSet<>();
        methods()
                .filter(method -> method.getParameterCount() == 0 && method.getReturnType() == void.class)
                .forEach(method -> names.add(method.getName()));
        return names;
    }

    /** Kernels and what they call. */
    static Stream<Method> methods() {
        return families().stream()
                .flatMap(family -> Arrays.stream(family.getDeclaredMethods()))
                .filter(method -> !method.isSynthetic());
    }
}
