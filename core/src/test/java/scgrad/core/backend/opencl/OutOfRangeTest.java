package scgrad.core.backend.opencl;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.aparapi.device.JavaDevice;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What OpenCL does in silence ends in Java with an error that names the index, also where one work-item falls while the others of its
 * group wait for it at a barrier.
 */
class OutOfRangeTest {
    private static final int HEAP = 1024;
    /** A place ten numbers before the heap's end. */
    private static final int NEAR = HEAP - 10;

    /** One row of eleven numbers, of which the last is behind the heap, times a column. */
    private static final int[] PRODUCT = words(NEAR, 0, 0, 1, 1, 11, 0, 0, 11, 1, 1, 11, 0, 64);

    private static final DeviceQueue QUEUE = new DeviceQueue(JavaDevice.THREAD_POOL, new JavaKernels(HEAP));

    /** A command that goes one too far, and where to. */
    private record Row(String name, int index, int code, int[] words) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static List<Row> table() {
        return List.of(
                new Row("writes behind the heap", HEAP, ElementwiseKernels.FILL, words(NEAR, 11)),
                new Row("writes before the heap", -1, ElementwiseKernels.FILL, words(-1, 2)),
                new Row("reads behind the heap", HEAP, ElementwiseKernels.COPY, words(NEAR, 0, 11)),
                new Row("before a tree", HEAP, ReductionKernels.REDUCE, words(0, NEAR, 0, 1, 11, 1, 1, 1, 11)),
                new Row("before a narrow tile", HEAP, ProductKernels.NARROW_PRODUCT, PRODUCT),
                new Row("before a large tile", HEAP, LargeProductKernels.LARGE_PRODUCT, PRODUCT),
                new Row(
                        "reads behind a mailbox",
                        DeviceQueue.LETTER,
                        MovementKernels.RECEIVE,
                        words(0, 1, DeviceQueue.LETTER, 0)),
                new Row(
                        "reads behind the tables",
                        DeviceQueue.TABLES,
                        MovementKernels.MOVE,
                        words(0, 0, 1, DeviceQueue.TABLES)));
    }

    private static int[] words(int... words) {
        return words;
    }

    @ParameterizedTest
    @MethodSource("table")
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void throwsAndEnds(Row row) {
        QUEUE.add(row.code, row.words);
        assertThatThrownBy(QUEUE::flush)
                .isInstanceOf(IllegalStateException.class)
                .rootCause()
                .isInstanceOf(ArrayIndexOutOfBoundsException.class)
                .hasMessageStartingWith("Index " + row.index + " out of bounds");
    }
}
