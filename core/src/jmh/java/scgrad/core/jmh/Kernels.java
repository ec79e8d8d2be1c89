package scgrad.core.jmh;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.core.array.ChannelNorm;
import scgrad.core.array.ConvGeometry;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;
import scgrad.core.array.Unary;

/** The kernels that training spends its time in, at sizes of residual networks. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Kernels {
    private static NDArray normal(Backend backend, Shape shape) {
        Random random = new Random(shape.length());
        float[] values = new float[shape.length()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        NDArray array = NDArray.persistent(backend, shape);
        backend.upload(values, array);
        return array;
    }

    /** y = a b, square. */
    @State(Scope.Benchmark)
    public static class Product {
        @Param({"256", "1024"})
        public int size;

        private Backend backend;
        private NDArray a;
        private NDArray b;
        private NDArray y;

        @Setup
        public void setUp() {
            backend = Backends.open("cpu", 0);
            a = normal(backend, Shape.of(size, size));
            b = normal(backend, Shape.of(size, size));
            y = normal(backend, Shape.of(size, size));
        }
    }

    /** Maps and channels of a residual network's stages, batch 8. */
    @State(Scope.Benchmark)
    public static class Convolution {
        @Param({"1", "3"})
        public int kernel;

        /** Height and width; channels are 3584 / size, as in a residual network. */
        @Param({"56", "28", "14"})
        public int size;

        private Backend backend;
        private ConvGeometry geometry;
        private NDArray x;
        private NDArray w;
        private NDArray y;

        @Setup
        public void setUp() {
            backend = Backends.open("cpu", 0);
            int channels = 3584 / size;
            geometry = new ConvGeometry(8, size, size, channels, kernel, kernel, channels, 1, kernel / 2, 1, 1);
            x = normal(backend, geometry.inputShape());
            w = normal(backend, geometry.kernelShape());
            y = normal(backend, geometry.outputShape());
        }
    }

    /** Batch norm with its statistics and a ReLU, batch 8. */
    @State(Scope.Benchmark)
    public static class Norm {
        @Param({"64", "256"})
        public int channels;

        private Backend backend;
        private NDArray x;
        private NDArray y;
        private ChannelNorm norm;
        private NDArray dx;
        private NDArray dgamma;
        private NDArray dbeta;

        @Setup
        public void setUp() {
            backend = Backends.open("cpu", 0);
            x = normal(backend, Shape.of(8, 28, 28, channels));
            y = normal(backend, x.shape());
            dx = normal(backend, x.shape());
            Shape each = Shape.of(channels);
            dgamma = normal(backend, each);
            dbeta = normal(backend, each);
            norm = new ChannelNorm(
                    normal(backend, each), normal(backend, each), 1e-5, normal(backend, each), normal(backend, each));
        }
    }

    /** Memory alone: an array read and written, to itself or to another. */
    @State(Scope.Benchmark)
    public static class Memory {
        @Param({"1", "8", "64"})
        public int megabytes;

        private Backend backend;
        private NDArray x;
        private NDArray y;

        @Setup
        public void setUp() {
            backend = Backends.open("cpu", 0);
            x = normal(backend, Shape.of(megabytes * 256 * 1024));
            y = normal(backend, x.shape());
        }
    }

    @Benchmark
    public void product(Product s) {
        s.backend.matmul(s.a, false, s.b, false, s.y);
    }

    @Benchmark
    public void convolution(Convolution s) {
        s.backend.conv2d(s.geometry, s.x, s.w, s.y);
    }

    @Benchmark
    public void convolutionInputGradient(Convolution s) {
        s.backend.conv2dInputGradient(s.geometry, s.y, s.w, s.x, false);
    }

    @Benchmark
    public void convolutionKernelGradient(Convolution s) {
        s.backend.conv2dKernelGradient(s.geometry, s.x, s.y, s.w);
    }

    @Benchmark
    public void memoryInPlace(Memory s) {
        s.backend.unary(Unary.SCALE, 1, s.x, s.x);
    }

    @Benchmark
    public void memoryToAnother(Memory s) {
        s.backend.unary(Unary.SCALE, 1, s.x, s.y);
    }

    @Benchmark
    public void batchNorm(Norm s) {
        s.backend.batchStatistics(s.x, s.norm.mean(), s.norm.variance());
        s.backend.batchNorm(s.x, s.norm, null, true, s.y);
    }

    @Benchmark
    public void batchNormGradient(Norm s) {
        s.backend.batchNormGradient(s.x, s.norm, true, null, true, s.y, s.dx, s.dgamma, s.dbeta, null);
    }
}
