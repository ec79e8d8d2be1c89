package scgrad.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;

/** The definition itself: PyTorch's float64 figures to 1e-9, and finite differences for every operation. */
class ReferenceTest extends BackendConformance {
    @Override
    Backend backend() {
        return Backends.open("reference");
    }

    @Override
    double tolerance() {
        return 1e-9;
    }

    @TestFactory
    List<DynamicTest> gradientsMatchFiniteDifferences() {
        return OpCases.all().stream()
                .map(row -> DynamicTest.dynamicTest(row.name(), () -> {
                    GradCheck.Result result = GradCheck.check(row.name(), row.function(), row.inputs(backend(), 1));
                    assertThat(result.passed()).as(result.toString()).isTrue();
                }))
                .toList();
    }
}
