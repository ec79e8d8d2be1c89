package scgrad.core.backend.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.aparapi.Kernel;
import com.aparapi.device.OpenCLDevice;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scgrad.core.OpenClDevice;
import scgrad.core.array.Backends;

/** One line with the remedy for what goes wrong on a device that is there. */
class OpenClErrorsTest {
    private final OpenCLDevice device = Aparapi.device("");

    @BeforeAll
    static void deviceIsThere() {
        OpenClDevice.required();
    }

    /** Java takes the field's name, OpenCL's compiler does not: there it is a keyword. */
    private static final class Untranslatable extends Kernel {
        private final int[] sizeof = new int[16];

        @Override
        public void run() {
            sizeof[getGlobalId()] = 1;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"99", "-1", "x", "1.0"})
    void anIndexWithoutADevice(String index) {
        assertThatThrownBy(() -> Backends.open("opencl:" + index))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("no OpenCL device '" + index + "'; there ")
                .hasMessageEndingWith("counted from 0: 'scgrad devices' lists them")
                .message()
                .hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-3", "x", "2048", "99999999999999", "99999999999999999999"})
    void aHeapThatCannotBe(String asked) {
        assertThatThrownBy(() -> OpenClProvider.floats(device, asked))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("SCGRAD_OPENCL_HEAP=" + asked + " must be a number of MiB from 1 to \\d+ on .*");
    }

    @Test
    void aHeapThatCan() {
        assertThat(OpenClProvider.floats(device, " 64 ")).isEqualTo(16 << 20);
        assertThat(OpenClProvider.floats(device, null)).isPositive();
    }

    @Test
    void aKernelThatDoesNotCompile() {
        Untranslatable broken = new Untranslatable();
        assertThatThrownBy(() -> Aparapi.run(device, broken, () -> broken.execute(device.createRange(16))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(
                        "OpenCL device " + Aparapi.name(device) + " failed: OpenCL compile failed: update")
                .hasMessageContaining("--dump-opencl")
                .message()
                .hasLineCount(1);
        // never disposed: Aparapi would release a kernel that was not made, and PoCL's loader crashes
        assertThat(broken.sizeof).as("not computed in Java instead").containsOnly(0);
    }

    @Test
    void everyDeviceIsDescribed() {
        assertThat(new OpenClProvider().devices())
                .hasSameSizeAs(Aparapi.devices())
                .first()
                .asString()
                .contains(
                        Aparapi.name(Aparapi.devices().get(0)),
                        "compute units",
                        "MiB in one allocation",
                        "work-groups");
    }

    @Test
    void aDeviceIsMeasured() {
        assertThat(new OpenClProvider().measure("")).matches(".* GFLOP/s in .*, \\d+ us a launch and \\d+ us each .*");
    }
}
