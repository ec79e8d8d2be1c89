package scgrad.core;

import org.junit.jupiter.api.Assumptions;
import scgrad.core.array.Backends;

/** Whether tests on an OpenCL device can run: skipped without one, unless SCGRAD_TEST_OPENCL=required, as on the build server. */
public final class OpenClDevice {
    private OpenClDevice() {}

    public static void required() {
        try {
            Backends.open("opencl");
        } catch (IllegalStateException absent) {
            if ("required".equals(System.getenv("SCGRAD_TEST_OPENCL"))) {
                throw absent;
            }
            System.out.println("skipped, " + absent.getMessage());
            Assumptions.abort(absent.getMessage());
        }
    }
}
