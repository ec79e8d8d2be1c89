package scgrad.core.backend.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every kernel becomes OpenCL, alone and with all others; no device is needed. */
class TranslationTest {
    private static final DeviceKernels KERNELS = new DeviceKernels(1, 1, 1, 1, 1);

    /** A command's code and the kernel that runs it. */
    private record Row(int code, String kernel) {}

    private static final List<Row> TABLE = List.of(
            new Row(ElementwiseKernels.FILL, "fill"),
            new Row(ElementwiseKernels.COPY, "copy"),
            new Row(ElementwiseKernels.UNARY, "unary"),
            new Row(ElementwiseKernels.UNARY_GRADIENT, "unaryGradient"),
            new Row(ElementwiseKernels.BINARY, "binary"),
            new Row(ElementwiseKernels.BLEND, "blend"),
            new Row(ElementwiseKernels.DROPOUT, "dropout"),
            new Row(ElementwiseKernels.SGD, "sgd"),
            new Row(ElementwiseKernels.ADAMW, "adamW"),
            new Row(MovementKernels.RECEIVE, "receive"),
            new Row(MovementKernels.SEND, "send"),
            new Row(MovementKernels.MOVE, "move"),
            new Row(ReductionKernels.REDUCE, "reduce"),
            new Row(ReductionKernels.STATISTICS, "statistics"),
            new Row(ReductionKernels.MERGE_STATISTICS, "mergeStatistics"),
            new Row(ReductionKernels.NORM_SUMS, "normSums"),
            new Row(ReductionKernels.LOG_SOFTMAX, "logSoftmax"),
            new Row(ReductionKernels.LOG_SOFTMAX_GRADIENT, "logSoftmaxGradient"),
            new Row(ReductionKernels.ARG_MAX, "argMax"),
            new Row(NormKernels.BATCH_NORM, "batchNorm"),
            new Row(NormKernels.BATCH_NORM_GRADIENT, "batchNormGradient"),
            new Row(PoolingKernels.AVERAGE_POOL, "averagePool"),
            new Row(PoolingKernels.AVERAGE_POOL_GRADIENT, "averagePoolGradient"),
            new Row(PoolingKernels.MAX_POOL, "maxPool"),
            new Row(PoolingKernels.MAX_POOL_GRADIENT, "maxPoolGradient"),
            new Row(PoolingKernels.INTERPOLATE, "interpolate"),
            new Row(PoolingKernels.INTERPOLATE_GRADIENT, "interpolateGradient"),
            new Row(PoolingKernels.GATE, "gate"),
            new Row(PoolingKernels.GATE_GRADIENT, "gateGradient"),
            new Row(LargeProductKernels.LARGE_PRODUCT, "largeProduct"),
            new Row(ProductKernels.NARROW_PRODUCT, "narrowProduct"),
            new Row(GroupedKernels.GROUPED, "groupedForward"),
            new Row(GroupedKernels.GROUPED_INPUT_GRADIENT, "groupedInputGradient"),
            new Row(GroupedKernels.GROUPED_KERNEL_GRADIENT, "groupedKernelGradient"));

    @Test
    void theTableIsComplete() {
        assertThat(TABLE).extracting(Row::kernel).containsExactlyInAnyOrderElementsOf(KernelTable.kernels());
        assertThat(TABLE)
                .extracting(Row::code)
                .containsExactlyInAnyOrderElementsOf(KernelTable.codes().values());
    }

    @TestFactory
    List<DynamicTest> eachAlone() {
        return TABLE.stream()
                .map(row -> DynamicTest.dynamicTest(row.kernel(), () -> {
                    String source = Aparapi.source(KERNELS, row.kernel());
                    assertThat(source).contains("__kernel void " + row.kernel() + "(", "barrier(CLK_LOCAL_MEM_FENCE)");
                    assertSingle(source);
                }))
                .toList();
    }

    /** Each code leads to its kernel. */
    @TestFactory
    List<DynamicTest> allTogether() {
        String source = Aparapi.source();
        assertThat(source).contains("__kernel void run(");
        assertSingle(source);
        return TABLE.stream()
                .map(row -> DynamicTest.dynamicTest(row.kernel(), () -> assertThat(source)
                        .containsPattern("code==" + row.code() + "\\)\\{\\s*\\w+__" + row.kernel() + "\\(this\\);")))
                .toList();
    }

    /** Many devices have no doubles, and on others they are slow. */
    private static void assertSingle(String source) {
        assertThat(source).doesNotContainPattern("\\bdouble\\b").doesNotContain("fp64");
    }
}
