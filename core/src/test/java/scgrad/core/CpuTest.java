package scgrad.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;

/** The CPU backend against the reference and PyTorch, and against itself with other numbers of threads. */
class CpuTest extends BackendConformance {
    @Override
    Backend backend() {
        return Backends.open("cpu", 2);
    }

    @Override
    double tolerance() {
        return 1e-4;
    }

    @TestFactory
    List<DynamicTest> anyNumberOfThreadsGivesTheSameBits() {
        return OpCases.all().stream()
                .map(row -> DynamicTest.dynamicTest(row.name(), () -> {
                    double[][] one = outputAndGradients(row, Backends.open("cpu", 1));
                    for (int threads = 2; threads <= 3; threads++) {
                        assertThat(outputAndGradients(row, Backends.open("cpu", threads)))
                                .isDeepEqualTo(one);
                    }
                }))
                .toList();
    }
}
