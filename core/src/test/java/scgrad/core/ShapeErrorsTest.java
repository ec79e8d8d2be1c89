package scgrad.core;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.core.array.NDArray;
import scgrad.core.array.Resampling;
import scgrad.core.array.Shape;

/** A shape that does not fit is said at once, in one line with the operation and every shape that matters. */
class ShapeErrorsTest {
    private final Backend reference = Backends.open("reference");

    private Tensor zeros(int... sizes) {
        return Tensor.constant(NDArray.full(reference, Shape.of(sizes), 0));
    }

    private interface Body {
        Object run();
    }

    private static void assertMessage(Body body, String message) {
        assertThatThrownBy(body::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void convolution() {
        assertMessage(
                () -> zeros(2, 8, 8, 64).conv2d(zeros(3, 3, 32, 128), null, 1, 1, 1, 1),
                "conv2d: input [2, 8, 8, 64] has 64 channels, kernel [3, 3, 32, 128] with groups=1 expects 32");
        assertMessage(
                () -> zeros(2, 8, 8, 64).conv2d(zeros(3, 3, 32, 127), null, 1, 1, 1, 2),
                "conv2d: kernel [3, 3, 32, 127] has 127 filters, which groups=2 does not divide");
        assertMessage(
                () -> zeros(8, 64).conv2d(zeros(3, 3, 64, 8), null, 1, 1, 1, 1),
                "conv2d: input [8, 64] must be [N, H, W, C] and kernel [3, 3, 64, 8] [KH, KW, C/groups, K]");
        assertMessage(
                () -> zeros(1, 2, 2, 4).conv2d(zeros(3, 3, 4, 4), null, 1, 0, 1, 1),
                "conv2d: input [1, 2, 2, 4] with padding 0 is smaller than kernel [3, 3, 4, 4] with dilation 1");
        assertMessage(
                () -> zeros(1, 2, 2, 4).conv2d(zeros(3, 3, 4, 4), null, 0, 1, 1, 1),
                "conv2d: stride 0, dilation 1 and groups 1 must be at least 1, padding 1 at least 0");
    }

    @Test
    void products() {
        assertMessage(
                () -> zeros(2, 3).matmul(zeros(4, 5)),
                "matmul: [2, 3] times [4, 5] does not fit: expects [M, K] times [K, N]");
        assertMessage(
                () -> zeros(2, 3).linear(zeros(5, 4), null),
                "linear: input [2, 3] does not fit weight [5, 4]: expects [N, C] and [K, C]");
    }

    @Test
    void broadcasting() {
        assertMessage(
                () -> zeros(2, 3, 4).add(zeros(3, 5)),
                "add: shapes [2, 3, 4] and [3, 5] do not broadcast: sizes 4 and 5 at axis -1");
        assertMessage(
                () -> zeros(2, 3).mul(zeros(3, 3)),
                "mul: shapes [2, 3] and [3, 3] do not broadcast: sizes 2 and 3 at axis -2");
    }

    @Test
    void normalisation() {
        assertMessage(
                () -> zeros(2, 3, 3, 8).batchNorm(zeros(4), zeros(8), null, null, 1e-5, 0.1, null, false),
                "batchNorm: input [2, 3, 3, 8] has 8 channels, scale or shift has shape [4]");
        assertMessage(
                () -> zeros(2, 3, 3, 8).batchNorm(zeros(8), zeros(8), null, null, 1e-5, 0.1, zeros(2, 3, 3, 4), true),
                "batchNorm: input [2, 3, 3, 8] and residual [2, 3, 3, 4] must have the same shape");
    }

    @Test
    void images() {
        assertMessage(() -> zeros(3, 4).averagePool(2, 2), "averagePool: expects an image [N, H, W, C], got [3, 4]");
        assertMessage(
                () -> zeros(1, 3, 3, 2).maxPool(4, 4, 0, false),
                "pool2d: a map of size 3 with padding 0 is smaller than the kernel 4");
        assertMessage(
                () -> zeros(1, 3, 3, 2).interpolate(Resampling.Mode.NEAREST, 0, 3),
                "interpolate: sizes must be at least 1, got 3 to 0");
        assertMessage(
                () -> zeros(1, 4, 4, 2).calibrationGate(zeros(1, 1, 1, 3), zeros(1, 4, 4, 2), Resampling.Mode.NEAREST),
                "calibrationGate: value [1, 4, 4, 2], context [1, 1, 1, 3] and identity [1, 4, 4, 2] do not fit:"
                        + " batch and channels must agree");
    }

    @Test
    void losses() {
        assertMessage(
                () -> zeros(4, 10).crossEntropy(zeros(4, 9)),
                "crossEntropy: logits [4, 10] and targets [4, 9] must both be [N, K]");
        assertMessage(
                () -> zeros(4, 10).crossEntropy(new int[] {1, 2, 3}, 0),
                "crossEntropy: logits [4, 10] need 4 labels, got 3");
        assertMessage(() -> zeros(1, 10).crossEntropy(new int[] {10}, 0), "crossEntropy: label 10 is outside 0..9");
    }

    @Test
    void movement() {
        assertMessage(() -> zeros(2, 3).reshape(7), "reshape: [2, 3] has 6 elements, [7] has 7");
        assertMessage(
                () -> Tensor.concat(-1, zeros(2, 3), zeros(3, 3)),
                "concat: shapes [2, 3] and [3, 3] differ outside axis -1");
        assertMessage(() -> zeros(2, 3).slice(1, 1, 4), "slice: 1 to 4 is outside axis 1 of [2, 3]");
        assertMessage(() -> zeros(2, 3).permute(0, 0), "permute: [0, 0] is no order of the axes of [2, 3]");
        assertMessage(() -> zeros(2, 3).sum(2), "shape [2, 3] has no axis 2");
    }

    @Test
    void makingAndReading() {
        assertMessage(() -> Tensor.of(reference, Shape.of(2, 2), 1.0, 2.0), "shape [2, 2] takes 4 values, got 2");
        assertMessage(() -> zeros(2, 2).item(), "item: [2, 2] has 4 elements, not one");
    }
}
