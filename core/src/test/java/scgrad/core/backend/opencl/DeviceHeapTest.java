package scgrad.core.backend.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Places in the device's memory; needs no device. */
class DeviceHeapTest {
    private static final int MEGA = 1 << 20;

    private final DeviceHeap heap = new DeviceHeap(4 * MEGA, 1);
    /** What is dropped comes back. */
    private final List<Block> held = new ArrayList<>();

    private Block take(int length, boolean persistent) {
        Block block = heap.take(length, persistent);
        held.add(block);
        return block;
    }

    @Test
    void aFullHeapSaysWhatIsInUseAndWhatToDo() {
        take(MEGA, true);
        take(MEGA, true);
        take(MEGA / 2, false);
        assertThatThrownBy(() -> heap.take(2 * MEGA, false))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("8388608 bytes asked for, 10485760 of 16777216 in use")
                .hasMessageContaining("largest tensors: 2 x 4.2 MB, 2.1 MB")
                .hasMessageContaining("smaller batch")
                .hasMessageContaining("SCGRAD_OPENCL_HEAP")
                .message()
                .hasLineCount(1);
    }

    @Test
    void moreThanTheWholeHeapIsAskedForInTheSameWords() {
        assertThatThrownBy(() -> heap.take(5L << 30, true))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("21474836480 bytes asked for, 0 of 16777216 in use (largest tensors: none)");
    }

    @Test
    void whatComesBackJoinsItsNeighbours() {
        Block first = take(MEGA, true);
        Block second = take(MEGA, true);
        Block third = take(MEGA, false);
        heap.give(first);
        heap.give(third);
        heap.give(second);
        assertThat(heap.used()).isZero();
        assertThat(heap.take(4 * MEGA - 64, false).offset()).isEqualTo(64);
    }
}
