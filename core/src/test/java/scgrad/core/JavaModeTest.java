package scgrad.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;
import scgrad.core.array.StepScope;
import scgrad.core.backend.opencl.JavaMode;

/** The OpenCL backend's kernels as Java, where an index out of range throws, against the reference. */
class JavaModeTest {
    private static final double TOLERANCE = 1e-4;
    private static final JavaMode JAVA = new JavaMode(1 << 18);
    private static final Backend REFERENCE = Backends.open("reference");

    /** A kernel that no operation reaches, on arrays of five rows; returns what it wrote. */
    private record Direct(String name, int arrays, BiFunction<Backend, NDArray[], List<NDArray>> kernel) {
        double[][] results(Backend backend) {
            try (StepScope step = StepScope.open()) {
                Rng rng = Rng.of(3).stream(name);
                NDArray[] in = new NDArray[arrays];
                for (int i = 0; i < arrays; i++) {
                    in[i] = NDArray.of(backend, SHAPE, values(rng));
                }
                return kernel.apply(backend, in).stream()
                        .map(NDArray::toDoubles)
                        .toArray(double[][]::new);
            }
        }

        private static double[] values(Rng rng) {
            double[] values = new double[SHAPE.length()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) rng.uniform(0, 1);
            }
            return values;
        }
    }

    private static final Shape SHAPE = Shape.of(5, 267);

    private static final List<Direct> DIRECT = List.of(
            new Direct("copy", 2, (backend, in) -> {
                backend.copy(in[0], in[1]);
                return List.of(in[1]);
            }),
            new Direct("blend", 2, (backend, in) -> {
                backend.blend(0.3, in[0], -0.7, in[1]);
                return List.of(in[1]);
            }),
            new Direct("sgd", 3, (backend, in) -> {
                backend.sgd(0.1, 0.9, 0.01, false, in[0], in[1], in[2]);
                return List.of(in[0], in[2]);
            }),
            new Direct("sgd, Nesterov", 3, (backend, in) -> {
                backend.sgd(0.1, 0.9, 0.01, true, in[0], in[1], in[2]);
                return List.of(in[0], in[2]);
            }),
            new Direct("adamw", 4, (backend, in) -> {
                backend.adamW(0.1, 0.9, 0.99, 1e-8, 0.01, 5, in[0], in[1], in[2], in[3]);
                return List.of(in[0], in[2], in[3]);
            }),
            new Direct("arg max", 1, (backend, in) -> {
                NDArray places = NDArray.allocate(backend, Shape.of(5));
                backend.argMax(in[0], places);
                return List.of(places);
            }));

    private static DynamicTest agrees(String name, Function<Backend, double[][]> results) {
        return DynamicTest.dynamicTest(name, () -> {
            double[][] expected = results.apply(REFERENCE);
            double[][] actual = results.apply(JAVA.afresh());
            for (int i = 0; i < expected.length; i++) {
                BackendConformance.assertClose(name + ": result " + i, expected[i], actual[i], TOLERANCE);
            }
        });
    }

    /** The last test sees that nothing was left out. */
    @TestFactory
    Stream<DynamicTest> agreesWithTheReference() {
        Stream<DynamicTest> operations = OpCases.all().stream()
                .map(row -> agrees(row.name(), backend -> BackendConformance.outputAndGradients(row, backend)));
        Stream<DynamicTest> direct = DIRECT.stream().map(row -> agrees(row.name(), row::results));
        DynamicTest complete = DynamicTest.dynamicTest(
                "every command ran", () -> assertThat(JAVA.idle()).isEmpty());
        return Stream.concat(Stream.concat(operations, direct), Stream.of(complete));
    }
}
