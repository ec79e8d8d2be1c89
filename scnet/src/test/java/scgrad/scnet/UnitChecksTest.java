package scgrad.scnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import scgrad.core.Autograd;
import scgrad.core.GradCheck;
import scgrad.core.OpenClDevice;
import scgrad.core.Rng;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.core.array.NDArray;
import scgrad.core.array.StepScope;
import scgrad.nn.io.SafeTensors;
import scgrad.nn.io.Weights;

/** Every registered unit in every place of the table. */
class UnitChecksTest {
    private final Backend cpu = Backends.open("cpu", 2);

    @TempDir
    Path folder;

    private static Stream<DynamicTest> forAll(Consumer<UnitChecks.Case> check) {
        return UnitChecks.all().stream()
                .map(row -> DynamicTest.dynamicTest(row.toString(), () -> {
                    try (StepScope step = StepScope.open()) {
                        check.accept(row);
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> gradients() {
        return forAll(row -> {
            GradCheck.Result result = row.gradients();
            assertThat(result.passed()).as(result.toString()).isTrue();
        });
    }

    @TestFactory
    Stream<DynamicTest> shapes() {
        return forAll(row -> assertThat(row.run(row.build(cpu), row.inputs(cpu)).shape())
                .isEqualTo(row.place().output()));
    }

    @TestFactory
    Stream<DynamicTest> theFusedFormsAreTheUnitAndThenTheActivation() {
        return forAll(row -> {
            if (row.place().averageDown()) {
                // the pooling comes behind the activation there, as in the official code
                return;
            }
            Tensor[] inputs = row.inputs(cpu);
            Tensor plain = row.build(cpu).apply(inputs[0]);
            Tensor expected =
                    switch (row.form()) {
                        case ALONE -> plain;
                        case ACTIVATED -> plain.relu();
                        case RESIDUAL -> plain.add(inputs[1]).relu();
                    };
            assertThat(row.run(row.build(cpu), inputs).toDoubles()).containsExactly(expected.toDoubles(), within(1e-5));
        });
    }

    @TestFactory
    Stream<DynamicTest> cpuAgreesWithTheReference() {
        return agrees(cpu);
    }

    @TestFactory
    Stream<DynamicTest> openclAgreesWithTheReference() {
        return agrees(OpenClDevice.open());
    }

    private static Stream<DynamicTest> agrees(Backend backend) {
        return forAll(row -> {
            List<double[]> expected = valuesAndGradients(row, Backends.open("reference"));
            List<double[]> actual = valuesAndGradients(row, backend);
            double largestOfAll =
                    expected.stream().mapToDouble(UnitChecksTest::largest).max().orElse(0);
            for (int i = 0; i < expected.size(); i++) {
                double largest = largest(expected.get(i));
                // a bias before batch normalisation changes nothing: its gradient is what the others' rounding leaves
                largest = largest < 1e-9 ? largestOfAll : largest;
                assertThat(actual.get(i))
                        .as("value 0, then gradients: " + i)
                        .containsExactly(expected.get(i), within(1e-4 * Math.max(largest, 1)));
            }
        });
    }

    private static double largest(double[] values) {
        return java.util.Arrays.stream(values).map(Math::abs).max().orElse(0);
    }

    private static List<double[]> valuesAndGradients(UnitChecks.Case row, Backend backend) {
        Unit unit = row.build(backend);
        Tensor[] inputs = row.inputs(backend);
        Tensor y = row.run(unit, inputs);
        double[] upstream = new double[y.shape().length()];
        Rng rng = Rng.of(4);
        for (int i = 0; i < upstream.length; i++) {
            upstream[i] = (float) rng.uniform(-1, 1);
        }
        double[] value = y.toDoubles();
        y.backward(NDArray.of(backend, y.shape(), upstream));
        Stream<double[]> gradients = Stream.concat(Stream.of(inputs), unit.parameters().values().stream())
                .map(tensor -> tensor.gradient().toDoubles());
        return Stream.concat(Stream.of(value), gradients).toList();
    }

    @TestFactory
    Stream<DynamicTest> aStateThatWasWrittenAndReadGivesTheSameBits() {
        return UnitChecks.all().stream()
                .filter(row -> row.form() == UnitChecks.Form.ALONE && !row.training())
                .map(row -> DynamicTest.dynamicTest(row.toString(), () -> {
                    Path file = folder.resolve("unit.safetensors");
                    Unit written = row.build(cpu);
                    SafeTensors.write(file, Weights.export(written), java.util.Map.of());
                    Unit read = row.build(cpu);
                    read.initialize(Rng.of(99));
                    Weights.load(file, Weights.read(file), read, false);
                    Tensor[] inputs = row.inputs(cpu);
                    double[] expected =
                            Autograd.noGrad(() -> row.run(written, inputs)).toDoubles();
                    assertThat(Autograd.noGrad(() -> row.run(read, inputs)).toDoubles())
                            .isEqualTo(expected);
                }));
    }
}
