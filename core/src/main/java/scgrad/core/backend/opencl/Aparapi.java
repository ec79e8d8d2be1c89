package scgrad.core.backend.opencl;

import com.aparapi.Kernel;
import com.aparapi.device.Device;
import com.aparapi.device.OpenCLDevice;
import com.aparapi.internal.model.ClassModel;
import com.aparapi.internal.writer.KernelWriter;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * The library, and what to say when it fails. Aparapi would go on in Java when a device fails, and logs why: here that is an error with the
 * logged reason and the remedy.
 */
final class Aparapi {
    private static final String INSTALL = "install an OpenCL loader and a driver (Debian and Ubuntu: apt install"
            + " ocl-icd-libopencl1 and your GPU's driver, or pocl-opencl-icd to compute on the CPU)";

    /** Held here, because the log manager would forget it. */
    private static final Logger LOGGER = Logger.getLogger("com.aparapi");

    private static volatile String lastWarning = "";

    static {
        LOGGER.setUseParentHandlers(false);
        LOGGER.setLevel(Level.WARNING);
        LOGGER.addHandler(new Handler() {
            @Override
            public void publish(LogRecord event) {
                if (event.getLevel().intValue() >= Level.WARNING.intValue()) {
                    lastWarning = event.getMessage();
                }
            }

            @Override
            public void flush() {
                // nothing is kept back
            }

            @Override
            public void close() {
                // nothing was opened
            }
        });
    }

    private Aparapi() {}

    /** Every OpenCL device, in the order of {@code --backend opencl:INDEX}. */
    static List<OpenCLDevice> devices() {
        List<OpenCLDevice> found;
        try {
            found = OpenCLDevice.listDevices(null);
        } catch (LinkageError | RuntimeException missing) {
            throw new IllegalStateException("OpenCL is not there (" + missing.getMessage() + "): " + INSTALL, missing);
        }
        if (found.isEmpty()) {
            throw new IllegalStateException(
                    "no OpenCL device was found: " + INSTALL + "; 'clinfo -l' lists what the" + " loader sees");
        }
        return found;
    }

    /** The device of an index, or without one the first GPU, else the first device. */
    static OpenCLDevice device(String index) {
        List<OpenCLDevice> devices = devices();
        if (index.isEmpty()) {
            return devices.stream()
                    .filter(device -> device.getType() == Device.TYPE.GPU)
                    .findFirst()
                    .orElse(devices.get(0));
        }
        int number;
        try {
            number = Integer.parseInt(index);
        } catch (NumberFormatException word) {
            number = -1;
        }
        if (number < 0 || number >= devices.size()) {
            throw new IllegalArgumentException("no OpenCL device '" + index + "'; there "
                    + (devices.size() == 1 ? "is 1" : "are " + devices.size()) + ", counted from 0: 'scgrad devices'"
                    + " lists them");
        }
        return devices.get(number);
    }

    /** Name, vendor's platform. */
    static String name(Device device) {
        if (device instanceof OpenCLDevice openCl) {
            return openCl.getName().strip() + " ("
                    + openCl.getOpenCLPlatform().getName().strip() + ")";
        }
        return device.getShortDescription();
    }

    /** Compute units; Java mode has one. */
    static int units(Device device) {
        return device instanceof OpenCLDevice openCl ? openCl.getMaxComputeUnits() : 1;
    }

    /** Calls the library, and makes sure that the device did the work. */
    static void run(Device device, Kernel kernel, Runnable call) {
        lastWarning = "";
        try {
            call.run();
        } catch (RuntimeException | AssertionError | LinkageError failure) {
            throw failed(device, failure);
        }
        if (kernel.getTargetDevice() != device) {
            throw failed(device, null);
        }
    }

    private static IllegalStateException failed(Device device, Throwable cause) {
        String reason = !lastWarning.isEmpty() ? lastWarning : cause != null ? String.valueOf(cause.getMessage()) : "";
        return new IllegalStateException(
                "OpenCL device " + name(device) + " failed: "
                        + reason.strip().replaceAll("\\s*\\R\\s*", " ")
                        + " (its compiler's own words are above, if it said any); 'scgrad devices' shows whether it is"
                        + " still there, --backend cpu computes without it, --resume goes on from the last checkpoint",
                cause);
    }

    /** The OpenCL source of a method of a kernel class and what it calls; needs no device. */
    static String source(Kernel kernel, String method) {
        try {
            return KernelWriter.writeToString(
                    ClassModel.createClassModel(kernel.getClass()).getEntrypoint(method, kernel));
        } catch (Exception broken) {
            throw new IllegalStateException(
                    "Aparapi cannot translate " + kernel.getClass().getSimpleName() + "." + method + ": "
                            + broken.getMessage(),
                    broken);
        }
    }
}
