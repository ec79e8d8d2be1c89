package scgrad.core.backend.opencl;

import com.aparapi.device.JavaDevice;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import scgrad.core.array.Backend;

/** The OpenCL backend without OpenCL: its kernels run as Java, a thread a work-item, and an index out of range throws. */
public final class JavaMode {
    private final Recorder kernels;
    private final Backend backend;

    /** Notes the codes of the commands that run. */
    private static final class Recorder extends JavaKernels {
        private final Set<Integer> ran = new ConcurrentSkipListSet<>();

        Recorder(int heap) {
            super(heap);
        }

        @Override
        public void run() {
            ran.add(word(0));
            super.run();
        }
    }

    /** @param heap numbers in the heap */
    public JavaMode(int heap) {
        kernels = new Recorder(heap);
        backend = new OpenClBackend(JavaDevice.THREAD_POOL, kernels);
    }

    /** The backend with an empty memory: what nobody wrote is not a number, so that whoever reads it is found out. */
    public Backend afresh() {
        Arrays.fill(kernels.heap, OpenClBackend.RESERVED, kernels.heap.length, Float.NaN);
        Arrays.fill(kernels.left, Float.NaN);
        Arrays.fill(kernels.right, Float.NaN);
        return backend;
    }

    /** Names of the commands that never ran. */
    public Set<String> idle() {
        Set<String> idle = new TreeSet<>();
        KernelTable.codes().forEach((name, code) -> {
            if (!kernels.ran.contains(code)) {
                idle.add(name);
            }
        });
        return idle;
    }
}
