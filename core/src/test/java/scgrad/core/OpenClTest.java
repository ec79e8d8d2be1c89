package scgrad.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import scgrad.core.array.Backend;

/** The OpenCL backend against the reference and PyTorch, and against itself, run again. */
class OpenClTest extends BackendConformance {
    @BeforeAll
    static void deviceIsThere() {
        OpenClDevice.required();
    }

    @Override
    Backend backend() {
        return OpenClDevice.open();
    }

    @Override
    double tolerance() {
        return 1e-4;
    }

    @TestFactory
    List<DynamicTest> theSameBitsAgain() {
        return OpCases.all().stream()
                .map(row -> DynamicTest.dynamicTest(row.name(), () -> assertThat(outputAndGradients(row, backend()))
                        .isDeepEqualTo(outputAndGradients(row, backend()))))
                .toList();
    }
}
