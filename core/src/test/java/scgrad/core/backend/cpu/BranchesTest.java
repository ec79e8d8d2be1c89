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
import scgrad.core.array.Branch;
import scgrad.core.array.BranchGradient;
import scgrad.core.array.ChannelNorm;
import scgrad.core.array.ConvGeometry;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;
import scgrad.core.array.StepScope;

/** Convolutions of the same input that are taken together. */
class BranchesTest {
    private static final List<Backend> BACKENDS =
            List.of(Backends.open("cpu", 1), Backends.open("cpu", 2), Backends.open("cpu", 3), CpuProvider.scalar(2));

    /** What all branches read, and the filters of each. */
    private record Fork(int batch, int height, int width, int channels, int kernel, int stride, int... filters) {
        List<ConvGeometry> geometries() {
            List<ConvGeometry> geometries = new ArrayList<>();
            for (int count : filters) {
                geometries.add(new ConvGeometry(
                        batch, height, width, channels, kernel, kernel, count, stride, kernel / 2, 1, 1));
            }
            return geometries;
        }
    }

    static Stream<Fork> forks() {
        return Stream.of(
                new Fork(3, 17, 19, 128, 1, 1, 16, 16),
                new Fork(2, 8, 8, 7, 1, 1, 16, 16, 16),
                new Fork(1, 5, 3, 40, 1, 1, 16, 16),
                new Fork(3, 17, 19, 20, 1, 1, 8, 37),
                new Fork(2, 16, 16, 64, 1, 1, 32, 32),
                new Fork(1, 7, 7, 96, 1, 1, 64, 64),
                new Fork(1, 7, 7, 24, 1, 1, 600, 16),
                new Fork(2, 9, 9, 300, 1, 1, 128, 128),
                new Fork(2, 9, 9, 20, 1, 2, 16, 16),
                new Fork(2, 9, 9, 16, 3, 1, 16, 16));
    }

    @ParameterizedTest
    @MethodSource("forks")
    void outputsHaveTheBitsOfThoseOneAfterTheOther(Fork fork) {
        for (Backend backend : BACKENDS) {
            for (int kind = 0; kind < 4; kind++) {
                try (StepScope step = StepScope.open()) {
                    compare(backend, fork, kind);
                }
            }
        }
    }

    private static void compare(Backend backend, Fork fork, int kind) {
        Random random = new Random(7);
        List<Branch> together = new ArrayList<>();
        NDArray x = normal(backend, fork.geometries().getFirst().inputShape(), random);
        for (ConvGeometry g : fork.geometries()) {
            boolean plain = kind == 0 || kind == 3 && together.isEmpty();
            ChannelNorm norm = plain ? null : norm(backend, Shape.of(g.filters()), random);
            NDArray w = normal(backend, g.kernelShape(), random);
            NDArray y = NDArray.allocate(backend, g.outputShape());
            // of the third kind only one has a ReLU, of the fourth all but one have a norm
            together.add(new Branch(g, w, norm, kind == 1 || kind == 2 && together.isEmpty(), y));
        }
        backend.conv2dBranches(x, together);
        for (Branch b : together) {
            NDArray alone = NDArray.allocate(backend, b.geometry().outputShape());
            if (b.norm() == null) {
                backend.conv2d(b.geometry(), x, b.w(), alone);
            } else {
                backend.conv2dNorm(b.geometry(), x, b.w(), b.norm(), null, b.relu(), alone);
            }
            assertThat(b.y().toFloats())
                    .as("%s, kind %d", backend.description(), kind)
                    .containsExactly(alone.toFloats());
        }
    }

    @ParameterizedTest
    @MethodSource("forks")
    void gradientsAreThoseOneAfterTheOther(Fork fork) {
        float[][] first = null;
        for (Backend backend : BACKENDS) {
            for (boolean accumulate : new boolean[] {false, true}) {
                float[][] together = gradients(backend, fork, true, accumulate);
                float[][] apart = gradients(backend, fork, false, accumulate);
                for (int i = 0; i < apart.length; i++) {
                    assertClose(together[i], apart[i]);
                }
                if (accumulate && backend != BACKENDS.getLast()) {
                    assertThat(first == null ? together : first)
                            .as(backend.description())
                            .isDeepEqualTo(together);
                    first = together;
                }
            }
        }
    }

    private static void assertClose(float[] actual, float[] expected) {
        double norm = 0;
        double distance = 0;
        for (int i = 0; i < expected.length; i++) {
            norm += (double) expected[i] * expected[i];
            distance += Math.pow((double) actual[i] - expected[i], 2);
        }
        assertThat(Math.sqrt(distance)).isLessThanOrEqualTo(2e-6 * Math.sqrt(norm));
    }

    /** Of the input, rectified where it is added to, and of each kernel and norm. */
    private static float[][] gradients(Backend backend, Fork fork, boolean together, boolean accumulate) {
        try (StepScope step = StepScope.open()) {
            Random random = new Random(11);
            List<BranchGradient> branches = new ArrayList<>();
            NDArray x = normal(backend, fork.geometries().getFirst().inputShape(), random);
            NDArray dx = normal(backend, x.shape(), random);
            for (ConvGeometry g : fork.geometries()) {
                Shape channels = Shape.of(g.filters());
                branches.add(new BranchGradient(
                        g,
                        normal(backend, g.kernelShape(), random),
                        normal(backend, g.outputShape(), random),
                        norm(backend, Shape.of(g.filters()), random),
                        true,
                        null,
                        normal(backend, g.outputShape(), random),
                        NDArray.allocate(backend, g.outputShape()),
                        NDArray.allocate(backend, g.kernelShape()),
                        NDArray.allocate(backend, channels),
                        NDArray.allocate(backend, channels),
                        null));
            }
            if (together) {
                backend.conv2dBatchNormGradient(x, branches, dx, accumulate, accumulate);
            } else {
                for (int i = 0; i < branches.size(); i++) {
                    boolean last = i == branches.size() - 1;
                    backend.conv2dBatchNormGradient(
                            x, branches.subList(i, i + 1), dx, accumulate || i > 0, accumulate && last);
                }
            }
            List<float[]> results = new ArrayList<>(List.of(dx.toFloats()));
            for (BranchGradient b : branches) {
                results.addAll(List.of(
                        b.dw().toFloats(), b.dgamma().toFloats(), b.dbeta().toFloats()));
            }
            return results.toArray(float[][]::new);
        }
    }
}
