package scgrad.core.backend.opencl;

import com.aparapi.device.Device;
import com.aparapi.device.OpenCLDevice;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.core.array.ProductSpeed;

/** Opens the OpenCL backend: one a device, because each has a heap of its own. */
public final class OpenClProvider implements Backends.Provider {
    /** The size of the heap on the device, MiB. */
    private static final String HEAP = "SCGRAD_OPENCL_HEAP";

    private static final long MEBIBYTE = 1 << 20;
    /** On a processor, whose memory it is; a GPU has memory of its own, and gives all that can be had. */
    private static final long USUAL_HEAP = 1024 * MEBIBYTE;
    /** Aparapi counts a buffer's bytes in an int. */
    private static final long MOST_HEAP = 2047 * MEBIBYTE;

    private static final int MEASURING_HEAP = 64 << 20;

    private static final Map<Long, OpenClBackend> OPEN = new HashMap<>();

    @Override
    public String name() {
        return "opencl";
    }

    @Override
    public String explain() {
        try {
            List<OpenCLDevice> devices = Aparapi.devices();
            return "float32 through Aparapi on " + Aparapi.name(Aparapi.device(""))
                    + (devices.size() > 1 ? " or one of " + (devices.size() - 1) + " more devices" : "");
        } catch (IllegalStateException absent) {
            return "not available: " + absent.getMessage();
        }
    }

    /** Below the cpu backend: what a device is worth shows only when its kernels are compiled, which may take half a minute. */
    @Override
    public int preference() {
        return 1;
    }

    @Override
    public String reason() {
        return "faster than the cpu backend where its product above is several times as fast (a data centre's GPU), slower on the"
                + " CPU (PoCL)";
    }

    @Override
    public List<String> devices() {
        return Aparapi.devices().stream().map(OpenClProvider::facts).toList();
    }

    private static String facts(OpenCLDevice device) {
        return device.getType().name().replace("ACC", "accelerator") + ", " + Aparapi.name(device) + ", "
                + device.getMaxComputeUnits() + " compute units, " + device.getGlobalMemSize() / MEBIBYTE
                + " MiB of memory, " + device.getMaxMemAllocSize() / MEBIBYTE
                + " MiB in one allocation; " + HEAP + " up to " + mostHeap(device) / MEBIBYTE
                + "; work-groups up to " + device.getMaxWorkGroupSize() + ", " + device.getLocalMemSize() / 1024
                + " KiB of local memory";
    }

    /** With a heap that is as small as the product allows, where the device was not opened anyway. */
    @Override
    public String measure(String device) {
        OpenCLDevice chosen = Aparapi.device(device);
        requireG1();
        synchronized (OPEN) {
            OpenClBackend opened = OPEN.get(chosen.getDeviceId());
            OpenClBackend backend =
                    opened != null ? opened : new OpenClBackend(chosen, MEASURING_HEAP / Float.BYTES).measured();
            return ProductSpeed.of(backend) + ", " + backend.launchCost();
        }
    }

    @Override
    public Optional<String> source() {
        return Optional.of(Aparapi.source());
    }

    @Override
    public Backend open(String device, int threads) {
        OpenCLDevice chosen = Aparapi.device(device);
        requireG1();
        synchronized (OPEN) {
            return OPEN.computeIfAbsent(
                    chosen.getDeviceId(),
                    id -> new OpenClBackend(chosen, floats(chosen, System.getenv(HEAP))).measured());
        }
    }

    /** Other collectors move large arrays, and Aparapi would then make the device's memory anew from the host's. */
    private static void requireG1() {
        boolean g1 = ManagementFactory.getGarbageCollectorMXBeans().stream()
                .map(GarbageCollectorMXBean::getName)
                .anyMatch(name -> name.startsWith("G1"));
        if (!g1) {
            throw new IllegalStateException("the opencl backend needs the G1 collector, which leaves large arrays where"
                    + " they are: run the JVM with -XX:+UseG1GC (the launcher does when the command"
                    + " line names opencl)");
        }
    }

    private static long mostHeap(OpenCLDevice device) {
        return Math.min(MOST_HEAP, device.getMaxMemAllocSize());
    }

    /**
     * The size of a device's heap.
     *
     * @param asked MiB, as a user wrote it, or null for the usual
     */
    static int floats(OpenCLDevice device, String asked) {
        long most = mostHeap(device);
        if (asked == null || asked.isBlank()) {
            long usual = device.getType() == Device.TYPE.GPU ? MOST_HEAP : USUAL_HEAP;
            return (int) (Math.min(Math.min(usual, Runtime.getRuntime().maxMemory() / 4), most) / 4);
        }
        long mebibytes;
        try {
            mebibytes = Long.parseLong(asked.strip());
        } catch (NumberFormatException word) {
            mebibytes = -1;
        }
        if (mebibytes < 1 || mebibytes > most / MEBIBYTE) {
            throw new IllegalArgumentException(HEAP + "=" + asked + " must be a number of MiB from 1 to "
                    + most / MEBIBYTE + " on " + Aparapi.name(device));
        }
        return (int) (mebibytes * MEBIBYTE / 4);
    }
}
