package scgrad.core.backend.opencl;

import com.aparapi.Kernel;
import com.aparapi.device.Device;
import com.aparapi.device.OpenCLDevice;
import com.aparapi.internal.model.ClassModel;
import com.aparapi.internal.opencl.OpenCLLoader;
import com.aparapi.internal.writer.KernelWriter;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * The library, and what to say when it fails. Aparapi would go on in Java when a device fails, and logs why: here that ends the call, with the
 * logged reason and the remedy.
 */
final class Aparapi {
    private static final String LIBRARY =
            "the OpenCL library (libOpenCL.so.1 on Linux, OpenCL.dll on Windows) could not be"
                    + " loaded: install it (Debian and Ubuntu: apt install ocl-icd-libopencl1) and a driver (your GPU's, or"
                    + " pocl-opencl-icd to compute on the CPU)";
    private static final String DRIVER =
            "no OpenCL device was found: install a driver (your GPU's, or on Debian and Ubuntu"
                    + " pocl-opencl-icd to compute on the CPU); 'clinfo -l' lists what the OpenCL library sees";

    /** Held here, because the log manager would forget it. */
    private static final Logger LOGGER = Logger.getLogger("com.aparapi");

    private static final String BAD_COMPILER =
            ": update its driver, or report this with what the driver printed above and"
                    + " the file of 'scgrad devices --dump-opencl FILE'";
    private static final String LOST_DEVICE =
            ": 'scgrad devices' shows whether it is still there, and train --resume goes on from the last checkpoint";

    private static final String DEVICE_FAILED = "Device failed for ";

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
                // the next thing that Aparapi does is to print a stack trace and to compute in Java
                if (event.getMessage().startsWith(DEVICE_FAILED)) {
                    throw new DeviceFailure();
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

    /** Ends a call of the library at the place where it would go on without the device. */
    private static final class DeviceFailure extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** Every OpenCL device, in the order of {@code --backend opencl:INDEX}. */
    static List<OpenCLDevice> devices() {
        List<OpenCLDevice> found;
        try {
            if (!OpenCLLoader.isOpenCLAvailable()) {
                throw new IllegalStateException(LIBRARY);
            }
            found = OpenCLDevice.listDevices(null);
        } catch (LinkageError missing) {
            throw new IllegalStateException(LIBRARY, missing);
        }
        if (found.isEmpty()) {
            throw new IllegalStateException(DRIVER);
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
        String logged = !lastWarning.isEmpty() ? lastWarning : String.valueOf(cause == null ? "" : cause.getMessage());
        // the library puts the kernel and all its devices before the reason
        String reason = logged.replaceFirst("(?s)^" + DEVICE_FAILED + ".*?}: ", "")
                .strip()
                .replaceAll("\\s*\\R\\s*", " ");
        return new IllegalStateException(
                "OpenCL device " + name(device) + " failed: " + reason
                        + (reason.contains("compile") ? BAD_COMPILER : LOST_DEVICE)
                        + "; --backend cpu computes without it",
                cause);
    }

    /** The OpenCL source of all kernels; needs no device. */
    static String source() {
        return source(new DeviceKernels(1, 1, 1, 1, 1), "run");
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
