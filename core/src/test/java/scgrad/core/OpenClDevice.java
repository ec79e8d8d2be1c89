package scgrad.core;

import org.junit.jupiter.api.Assumptions;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;

/** The OpenCL device that tests run on; without one they are skipped, unless SCGRAD_TEST_OPENCL=required, as on the build server. */
public final class OpenClDevice {
    private OpenClDevice() {}

    /** The backend on the first device, or the end of the test. */
    public static Backend open() {
        try {
            return Backends.open("opencl");
        } catch (IllegalStateException absent) {
            if ("required".equals(System.getenv("SCGRAD_TEST_OPENCL"))) {
                throw absent;
            }
            System.out.println("skipped, " + absent.getMessage());
            return Assumptions.abort(absent.getMessage());
        }
    }

    /** The same where only the presence matters. */
    public static void required() {
        open();
    }
}
