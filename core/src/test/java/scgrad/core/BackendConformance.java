package scgrad.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;
import scgrad.core.array.StepScope;

/** What every backend must pass; a new backend inherits it and names itself. */
abstract class BackendConformance {
    abstract Backend backend();

    /** Largest difference allowed, relative to the tensor's largest value. */
    abstract double tolerance();

    @TestFactory
    List<DynamicTest> agreesWithTheReference() {
        Backend reference = Backends.open("reference");
        return OpCases.all().stream()
                .map(row -> DynamicTest.dynamicTest(row.name(), () -> {
                    double[][] expected = outputAndGradients(row, reference);
                    double[][] actual = outputAndGradients(row, backend());
                    for (int i = 0; i < expected.length; i++) {
                        assertClose(
                                row.name() + (i == 0 ? ": output" : ": gradient " + (i - 1)),
                                expected[i],
                                actual[i],
                                tolerance());
                    }
                }))
                .toList();
    }

    @TestFactory
    List<DynamicTest> linearOperationsHaveTheirAdjoint() {
        return OpCases.all().stream()
                .filter(OpCases.Case::linear)
                .map(row -> DynamicTest.dynamicTest(row.name(), () -> {
                    GradCheck.Result result = GradCheck.adjoint(row.name(), row.function(), row.inputs(backend(), 3));
                    assertThat(result.passed()).as(result.toString()).isTrue();
                }))
                .toList();
    }

    @Test
    void findsTheFirstLargest() {
        try (StepScope step = StepScope.open()) {
            double[] values = new double[3 * 700];
            Rng rng = Rng.of(2);
            for (int i = 0; i < 1400; i++) {
                values[i] = Math.floor(rng.uniform(0, 9));
            }
            values[699] = 9;
            NDArray places = NDArray.allocate(backend(), Shape.of(3));
            backend().argMax(NDArray.of(backend(), Shape.of(3, 700), values), places);
            int first = 700;
            while (values[first] != 8) {
                first++;
            }
            assertThat(places.toDoubles()).containsExactly(699, first - 700, 0);
        }
    }

    @TestFactory
    List<DynamicTest> matchesPyTorch() {
        return GoldenOps.cases().stream()
                .map(golden -> DynamicTest.dynamicTest(golden.name(), () -> golden.check(backend(), tolerance())))
                .toList();
    }

    /** A gradient of the output that is kept, or seen by somebody else, must not be written over; one that nobody sees may. */
    @TestFactory
    List<DynamicTest> leavesGradientsThatOthersSee() {
        return OpCases.all().stream()
                .map(row -> DynamicTest.dynamicTest(row.name(), () -> {
                    double[][] expected = outputAndGradients(row, backend());
                    try (StepScope step = StepScope.open()) {
                        for (boolean keep : new boolean[] {false, true}) {
                            Tensor[] inputs = row.inputs(backend(), 1);
                            Tensor y = row.function().apply(inputs);
                            double[] values = upstream(y.shape());
                            NDArray upstream = NDArray.of(backend(), y.shape(), values);
                            NDArray seen = keep ? upstream : upstream.share();
                            (keep ? y.keep() : y).backward(upstream);
                            assertThat(seen.toDoubles()).isEqualTo(values);
                            for (int i = 0; i < inputs.length; i++) {
                                assertThat(inputs[i].gradient().toDoubles()).isEqualTo(expected[i + 1]);
                            }
                        }
                    }
                }))
                .toList();
    }

    private static double[] upstream(Shape shape) {
        Rng rng = Rng.of(5);
        double[] upstream = new double[shape.length()];
        for (int i = 0; i < upstream.length; i++) {
            upstream[i] = (float) rng.uniform(-1, 1);
        }
        return upstream;
    }

    static double[][] outputAndGradients(OpCases.Case row, Backend backend) {
        try (StepScope step = StepScope.open()) {
            Tensor[] inputs = row.inputs(backend, 1);
            Tensor y = row.function().apply(inputs);
            Shape shape = y.shape();
            double[][] results = new double[inputs.length + 1][];
            results[0] = y.toDoubles();
            y.backward(NDArray.of(backend, shape, upstream(shape)));
            for (int i = 0; i < inputs.length; i++) {
                results[i + 1] = inputs[i].gradient().toDoubles();
            }
            return results;
        }
    }

    static void assertClose(String what, double[] expected, double[] actual, double tolerance) {
        assertThat(actual.length).as(what).isEqualTo(expected.length);
        double largest = 0;
        for (double value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < expected.length; i++) {
            double difference = Math.abs(expected[i] - actual[i]);
            if (!(difference <= tolerance * Math.max(largest, 1e-12))) {
                throw new AssertionError(what + ", element " + i + ": " + actual[i] + " instead of " + expected[i]
                        + " (largest " + largest + ")");
            }
        }
    }
}
