package scgrad.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.Function;
import org.junit.jupiter.api.Test;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.core.array.Binary;
import scgrad.core.array.ChannelNorm;
import scgrad.core.array.ConvGeometry;
import scgrad.core.array.NDArray;
import scgrad.core.array.Reduction;
import scgrad.core.array.Shape;
import scgrad.core.array.Unary;
import scgrad.core.array.Windows;
import scgrad.core.op.Gradient;
import scgrad.core.op.Inputs;
import scgrad.core.op.Op;

/** A check that never fails proves nothing: operations with the usual mistakes in their gradients, each of which must be found. */
class GradCheckTest {
    private final Backend reference = Backends.open("reference");

    private Tensor random(int... sizes) {
        Rng rng = Rng.of(7).stream(java.util.Arrays.toString(sizes));
        double[] values = new double[Shape.of(sizes).length()];
        for (int i = 0; i < values.length; i++) {
            values[i] = rng.uniform(-1, 1);
        }
        return Tensor.parameter(reference, Shape.of(sizes), values);
    }

    private static Function<Tensor[], Tensor> op(Op op) {
        return inputs -> Autograd.apply(op, inputs);
    }

    private static NDArray[] gradients(NDArray... gradients) {
        return gradients;
    }

    private void assertFound(Op wrong, Tensor... inputs) {
        GradCheck.Result result = GradCheck.check(wrong.name(), op(wrong), inputs);
        assertThat(result.passed()).as(result.toString()).isFalse();
        assertThat(result.toString())
                .startsWith("FAIL")
                .contains("input ", "element [", "gradient ", "finite difference ");
    }

    private record WrongSign() implements Op {
        @Override
        public NDArray forward(Inputs in) {
            NDArray y = in.allocate(in.shape(0));
            in.backend().unary(Unary.EXP, 0, in.get(0), y);
            return y;
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            NDArray dx = g.like(0);
            g.backend().binary(Binary.MULTIPLY, g.dy(), g.out(), dx);
            g.backend().unary(Unary.NEGATE, 0, dx, dx);
            return gradients(dx);
        }
    }

    @Test
    void aWrongSign() {
        assertFound(new WrongSign(), random(3, 4));
    }

    /** a [N, C] times b [C]; the gradient of b is that of the first row instead of the sum over the rows. */
    private record MissingSum() implements Op {
        @Override
        public NDArray forward(Inputs in) {
            NDArray y = in.allocate(in.shape(0));
            in.backend().binary(Binary.MULTIPLY, in.get(0), in.get(1), y);
            return y;
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            NDArray da = g.like(0);
            g.backend().binary(Binary.MULTIPLY, g.dy(), g.in(1), da);
            NDArray all = g.like(0);
            g.backend().binary(Binary.MULTIPLY, g.dy(), g.in(0), all);
            NDArray first = g.allocate(Shape.of(1, all.shape().channels()));
            g.backend()
                    .copyRegion(
                            all,
                            new int[] {0, 0},
                            first,
                            new int[] {0, 0},
                            first.shape().sizes());
            return gradients(da, first);
        }
    }

    @Test
    void aBroadcastInputWhoseGradientIsNotSummed() {
        assertFound(new MissingSum(), random(3, 4), random(4));
    }

    /** Forward with padding 1, backward with padding 0; at this size and stride both give the same output shape. */
    private record OffByOnePadding() implements Op {
        private static ConvGeometry geometry(NDArray x, NDArray w, int padding) {
            return ConvGeometry.of(x.shape(), w.shape(), 3, padding, 1, 1);
        }

        @Override
        public NDArray forward(Inputs in) {
            ConvGeometry geometry = geometry(in.get(0), in.get(1), 1);
            NDArray y = in.allocate(geometry.outputShape());
            in.backend().conv2d(geometry, in.get(0), in.get(1), y);
            return y;
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            ConvGeometry geometry = geometry(g.in(0), g.in(1), 0);
            NDArray dx = g.like(0);
            NDArray dw = g.like(1);
            g.backend().conv2dInputGradient(geometry, g.dy(), g.in(1), dx, false);
            g.backend().conv2dKernelGradient(geometry, g.in(0), g.dy(), dw);
            return gradients(dx, dw);
        }
    }

    @Test
    void aConvolutionWhosePaddingIsOffByOne() {
        assertFound(new OffByOnePadding(), random(2, 6, 6, 2), random(3, 3, 2, 3));
    }

    /** Forward pools rows 0 1, 2 3; backward spreads over rows 1 2, 3 4. */
    private record ShiftedWindows() implements Op {
        private static Windows windows(int shift) {
            return new Windows(5, new int[] {shift, 2 + shift}, new int[] {2 + shift, 4 + shift}, new int[] {2, 2});
        }

        @Override
        public NDArray forward(Inputs in) {
            NDArray y = in.allocate(Shape.of(1, 2, 2, 3));
            in.backend().averagePool(windows(0), windows(0), in.get(0), y);
            return y;
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            NDArray dx = g.like(0);
            g.backend().averagePoolGradient(windows(1), windows(0), g.dy(), dx, false);
            return gradients(dx);
        }
    }

    @Test
    void aPoolingWindowThatIsOffByOne() {
        assertFound(new ShiftedWindows(), random(1, 5, 5, 3));
    }

    /** Training mode whose gradient takes the batch's statistics for constants. */
    private record StatisticsForgotten() implements Op {
        private static ChannelNorm norm(NDArray mean, NDArray variance, NDArray gamma, NDArray beta) {
            return new ChannelNorm(mean, variance, 1e-5, gamma, beta);
        }

        @Override
        public NDArray forward(Inputs in) {
            NDArray mean = in.save(in.allocate(in.shape(1)));
            NDArray variance = in.save(in.allocate(in.shape(1)));
            in.backend().batchStatistics(in.get(0), mean, variance);
            NDArray y = in.allocate(in.shape(0));
            in.backend().batchNorm(in.get(0), norm(mean, variance, in.get(1), in.get(2)), null, false, y);
            return y;
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            NDArray dx = g.like(0);
            NDArray dgamma = g.like(1);
            NDArray dbeta = g.like(2);
            g.backend()
                    .batchNormGradient(
                            g.in(0),
                            norm(g.saved(0), g.saved(1), g.in(1), g.in(2)),
                            false,
                            null,
                            false,
                            g.dy(),
                            dx,
                            dgamma,
                            dbeta,
                            null);
            return gradients(dx, dgamma, dbeta);
        }
    }

    @Test
    void aBatchNormThatForgetsItsStatistics() {
        assertFound(new StatisticsForgotten(), random(2, 3, 3, 4), random(4), random(4));
    }

    /** A gradient that is right everywhere but in one element. */
    private record OneElement() implements Op {
        @Override
        public NDArray forward(Inputs in) {
            NDArray y = in.allocate(in.shape(0));
            in.backend().unary(Unary.SCALE, 2, in.get(0), y);
            return y;
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            double[] dx = g.dy().toDoubles();
            for (int i = 0; i < dx.length; i++) {
                dx[i] *= i == 5 ? 2.001 : 2;
            }
            return gradients(NDArray.of(g.backend(), g.in(0).shape(), dx));
        }
    }

    @Test
    void theReportNamesInputElementAndBothValues() {
        GradCheck.Result result = GradCheck.check("one element", op(new OneElement()), random(2, 4));
        assertThat(result.passed()).isFalse();
        assertThat(result.detail())
                .matches("input 0 \\[2, 4], element \\[1, 1]: gradient -?[0-9.]+, finite difference -?[0-9.]+");
        String[] numbers = result.detail().replaceAll(".*gradient ", "").split(", finite difference ");
        assertThat(Double.parseDouble(numbers[0]) / Double.parseDouble(numbers[1]))
                .isBetween(1.00049, 1.00051);
    }

    /** The gradient of a sum over rows that nobody stretched over the rows again. */
    private record NotStretched() implements Op {
        @Override
        public NDArray forward(Inputs in) {
            NDArray y = in.allocate(Shape.of(in.shape(0).size(1)));
            in.backend().reduce(Reduction.SUM, in.get(0), in.shape(0).mask(0), y);
            return y;
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            return gradients(g.dy().share());
        }
    }

    @Test
    void aGradientOfAnotherShape() {
        Tensor x = random(3, 4);
        assertThatThrownBy(() -> GradCheck.check("not stretched", op(new NotStretched()), x))
                .hasMessage("notStretched: its gradient for input 0 has shape [4], the input has [3, 4]");
    }

    /** Says that nothing flows to its input. */
    private record NoGradient() implements Op {
        @Override
        public NDArray forward(Inputs in) {
            NDArray y = in.allocate(in.shape(0));
            in.backend().unary(Unary.SCALE, 2, in.get(0), y);
            return y;
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            return gradients((NDArray) null);
        }
    }

    @Test
    void aGradientThatIsMissing() {
        assertFound(new NoGradient(), random(2, 2));
    }

    @Test
    void theAdjointCheckFindsWhatIsWrongInFloat32Too() {
        Backend cpu = Backends.open("cpu", 2);
        Tensor x = Tensor.parameter(
                NDArray.of(cpu, Shape.of(1, 5, 5, 3), random(1, 5, 5, 3).toDoubles()));
        assertThat(GradCheck.adjoint("shifted", op(new ShiftedWindows()), x).passed())
                .isFalse();
        assertThat(GradCheck.adjoint("right", in -> in[0].averagePool(2, 2), x).passed())
                .isTrue();
    }

    @Test
    void aRightOneWithAKinkPasses() {
        // the first input is exactly at the kink of nothing, but close to it
        Tensor x = Tensor.parameter(reference, Shape.of(4), 1e-5, -1e-5, 0.5, -0.5);
        assertThat(GradCheck.check("relu", in -> in[0].relu(), x).passed()).isTrue();
    }

    @Test
    void float32IsRefused() {
        Tensor x = Tensor.parameter(Backends.open("cpu", 2), Shape.of(2), 1, 2);
        assertThatThrownBy(() -> GradCheck.check("exp", in -> in[0].exp(), x))
                .hasMessage("gradcheck: finite differences need float64, use the reference backend and not cpu");
    }
}
