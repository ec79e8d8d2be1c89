package scgrad.core.backend.opencl;

import com.aparapi.Kernel;
import com.aparapi.Range;
import com.aparapi.exception.AparapiBrokenBarrierException;
import com.aparapi.internal.kernel.IKernelBarrier;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The kernel as Java, a virtual thread a work-item, one work-group after the other. Aparapi's own Java mode gives each of the 256 work-items a thread of
 * a fork-join pool, which sleeps and wakes at every barrier: all operations took 75 s on two cores, of which 21 remain, and once did not end.
 */
class JavaKernels extends DeviceKernels {
    JavaKernels(int heap) {
        super(heap, DeviceQueue.COMMANDS, DeviceQueue.TABLES, DeviceQueue.LETTER, DeviceQueue.PARCEL);
    }

    /** Where the work-items of a group wait for each other; once one has failed, whoever waits or comes is sent away. */
    private static final class Barrier extends Phaser implements IKernelBarrier {
        private final AtomicReference<Throwable> failure = new AtomicReference<>();

        Barrier(int workItems) {
            super(workItems);
        }

        @Override
        public boolean block() {
            if (arriveAndAwaitAdvance() < 0) {
                throw new AparapiBrokenBarrierException("another work-item failed");
            }
            return true;
        }

        @Override
        public boolean isReleasable() {
            return false;
        }

        @Override
        public void breakBarrier(Throwable cause) {
            failure.compareAndSet(null, cause);
            forceTermination();
        }

        @Override
        public void cancelBarrier() {
            forceTermination();
        }
    }

    @Override
    public synchronized Kernel execute(Range range, int passes) {
        int workItems = range.getLocalSize(0) * range.getLocalSize(1);
        Barrier barrier = new Barrier(workItems);
        Thread[] threads = new Thread[workItems];
        for (int i = 0; i < workItems; i++) {
            int x = i % range.getLocalSize(0);
            int y = i / range.getLocalSize(0);
            threads[i] = Thread.startVirtualThread(() -> workItem(range, passes, x, y, barrier));
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException stop) {
                barrier.breakBarrier(stop);
            }
        }
        Throwable failure = barrier.failure.get();
        if (failure != null) {
            throw new IllegalStateException(failure);
        }
        return this;
    }

    /** The work-item {@code (x, y)} of every group in every pass. */
    private void workItem(Range range, int passes, int x, int y, Barrier barrier) {
        try {
            Kernel kernel = clone();
            KernelState state = kernel.getKernelState();
            state.setRange(range);
            state.setLocalBarrier(barrier);
            state.setLocalId(0, x);
            state.setLocalId(1, y);
            for (int pass = 0; pass < passes; pass++) {
                state.setPassId(pass);
                for (int group = 0; group < range.getNumGroups(0) * range.getNumGroups(1); group++) {
                    int column = group % range.getNumGroups(0);
                    int row = group / range.getNumGroups(0);
                    state.setGroupId(0, column);
                    state.setGroupId(1, row);
                    state.setGlobalId(0, column * range.getLocalSize(0) + x);
                    state.setGlobalId(1, row * range.getLocalSize(1) + y);
                    kernel.run();
                    barrier.block();
                }
            }
            // nobody waits for this work-item any more, even if it met fewer barriers than the others
            barrier.arriveAndDeregister();
        } catch (RuntimeException | Error failure) {
            barrier.breakBarrier(failure);
        }
    }
}
