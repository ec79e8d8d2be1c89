package scgrad.core.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static scgrad.core.backend.cpu.RandomArrays.norm;
import static scgrad.core.backend.cpu.RandomArrays.normal;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.core.array.BranchGradient;
import scgrad.core.array.ChannelNorm;
import scgrad.core.array.ConvGeometry;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;
import scgrad.core.array.StepScope;
import scgrad.core.array.Unary;

/** One pass over memory gives the bits of the three kernels that it stands for. */
class PointwiseGradientsTest {
    private static final List<Backend> BACKENDS =
            List.of(Backends.open("cpu", 2), Backends.open("cpu", 3), CpuProvider.scalar(2));

    static Stream<ConvGeometry> geometries() {
        return Stream.of(
                // batch, height, width, channels, kernel, filters, stride, padding, dilation, groups
                new ConvGeometry(3, 17, 19, 20, 1, 1, 37, 1, 0, 1, 1),
                new ConvGeometry(3, 16, 16, 32, 1, 1, 128, 1, 0, 1, 1),
                new ConvGeometry(4, 16, 16, 128, 1, 1, 16, 1, 0, 1, 1),
                new ConvGeometry(5, 9, 11, 24, 1, 1, 700, 1, 0, 1, 1),
                new ConvGeometry(5, 9, 11, 700, 1, 1, 24, 1, 0, 1, 1),
                new ConvGeometry(1, 3, 2, 8, 1, 1, 8, 1, 0, 1, 1),
                new ConvGeometry(3, 16, 16, 32, 1, 1, 64, 2, 0, 1, 1),
                // by Winograd: whole blocks of one image and of several, partial tiles and channels
                new ConvGeometry(3, 16, 16, 16, 3, 3, 16, 1, 1, 1, 1),
                new ConvGeometry(5, 16, 12, 32, 3, 3, 16, 1, 1, 1, 1),
                new ConvGeometry(7, 4, 4, 48, 3, 3, 64, 1, 1, 1, 1),
                new ConvGeometry(5, 28, 26, 16, 3, 3, 16, 1, 1, 1, 1),
                new ConvGeometry(70, 7, 6, 20, 3, 3, 37, 1, 1, 1, 1),
                new ConvGeometry(2, 40, 40, 16, 3, 3, 24, 1, 1, 1, 1));
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void aSumThatIsRectifiedOnTheWayHasTheBitsOfOneThatIsZeroedAfterwards(ConvGeometry g) {
        for (Backend backend : BACKENDS) {
            for (boolean residual : new boolean[] {false, true}) {
                assertThat(gradients(backend, g, true, residual, true, true, true))
                        .as("%s, residual %s", backend.description(), residual)
                        .isDeepEqualTo(gradients(backend, g, false, residual, true, true, true));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void joinedGradientsHaveTheBitsOfThoseApart(ConvGeometry g) {
        float[][] first = null;
        for (Backend backend : BACKENDS) {
            for (boolean residual : new boolean[] {false, true}) {
                for (boolean relu : new boolean[] {false, true}) {
                    for (boolean accumulate : new boolean[] {false, true}) {
                        assertThat(gradients(backend, g, true, residual, relu, accumulate))
                                .as(
                                        "%s, residual %s, relu %s, add %s",
                                        backend.description(), residual, relu, accumulate)
                                .isDeepEqualTo(gradients(backend, g, false, residual, relu, accumulate));
                    }
                }
            }
            if (backend != BACKENDS.getLast()) {
                float[][] found = gradients(backend, g, true, true, true, true);
                assertThat(first == null ? found : first).isDeepEqualTo(found);
                first = found;
            }
        }
    }

    private static float[][] gradients(
            Backend backend, ConvGeometry g, boolean joined, boolean residual, boolean relu, boolean accumulate) {
        return gradients(backend, g, joined, residual, relu, accumulate, false);
    }

    private static float[][] gradients(
            Backend backend,
            ConvGeometry g,
            boolean joined,
            boolean residual,
            boolean relu,
            boolean accumulate,
            boolean rectify) {
        try (StepScope step = StepScope.open()) {
            Random random = new Random(5);
            Shape channels = Shape.of(g.filters());
            NDArray x = normal(backend, g.inputShape(), random);
            NDArray w = normal(backend, g.kernelShape(), random);
            NDArray z = normal(backend, g.outputShape(), random);
            NDArray dy = normal(backend, g.outputShape(), random);
            NDArray y = residual && relu ? normal(backend, g.outputShape(), random) : null;
            ChannelNorm norm = norm(backend, channels, random);
            NDArray dresidual = y == null ? null : NDArray.allocate(backend, g.outputShape());
            NDArray dz = NDArray.allocate(backend, g.outputShape());
            NDArray dx = normal(backend, g.inputShape(), random);
            NDArray dw = NDArray.allocate(backend, g.kernelShape());
            NDArray dgamma = NDArray.allocate(backend, channels);
            NDArray dbeta = NDArray.allocate(backend, channels);
            if (joined) {
                BranchGradient all = new BranchGradient(g, w, z, norm, relu, y, dy, dz, dw, dgamma, dbeta, dresidual);
                backend.conv2dBatchNormGradient(x, List.of(all), dx, accumulate, rectify);
            } else {
                backend.batchNormGradient(z, norm, relu, y, true, dy, dz, dgamma, dbeta, dresidual);
                backend.conv2dInputGradient(g, dz, w, dx, accumulate);
                if (rectify) {
                    backend.unaryGradient(Unary.RELU, 0, x, x, dx, dx);
                }
                backend.conv2dKernelGradient(g, x, dz, dw);
            }
            List<float[]> results = new ArrayList<>();
            for (NDArray result : new NDArray[] {dx, dw, dgamma, dbeta, dresidual}) {
                if (result != null) {
                    results.add(result.toFloats());
                }
            }
            return results.toArray(float[][]::new);
        }
    }
}
