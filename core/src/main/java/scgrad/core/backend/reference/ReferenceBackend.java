package scgrad.core.backend.reference;

import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import scgrad.core.array.Backend;
import scgrad.core.array.Binary;
import scgrad.core.array.ChannelNorm;
import scgrad.core.array.ConvGeometry;
import scgrad.core.array.Index;
import scgrad.core.array.NDArray;
import scgrad.core.array.Reduction;
import scgrad.core.array.Resampling;
import scgrad.core.array.SplitMix;
import scgrad.core.array.Unary;
import scgrad.core.array.Windows;

/**
 * The executable definition of every kernel: float64, plain loops, one thread. Each kernel reads like its formula; none is optimised.
 */
public final class ReferenceBackend implements Backend {

    static double[] data(NDArray array) {
        return (double[]) array.buffer();
    }

    private static int length(NDArray array) {
        return array.shape().length();
    }

    @Override
    public String name() {
        return "reference";
    }

    @Override
    public String description() {
        return "reference: float64, plain loops, 1 thread";
    }

    @Override
    public double roundoff() {
        return 0x1.0p-53;
    }

    @Override
    public Object take(long length, boolean persistent) {
        return new double[Math.toIntExact(length)];
    }

    @Override
    public void give(Object buffer, long length) {
        // the collector's work: nothing is pooled here
    }

    @Override
    public void upload(float[] from, NDArray to) {
        double[] y = data(to);
        for (int i = 0; i < length(to); i++) {
            y[i] = from[i];
        }
        to.storage().touch();
    }

    @Override
    public void upload(double[] from, NDArray to) {
        System.arraycopy(from, 0, data(to), 0, length(to));
        to.storage().touch();
    }

    @Override
    public void download(NDArray from, float[] to) {
        double[] x = data(from);
        for (int i = 0; i < length(from); i++) {
            to[i] = (float) x[i];
        }
    }

    @Override
    public void download(NDArray from, double[] to) {
        System.arraycopy(data(from), 0, to, 0, length(from));
    }

    @Override
    public String memory() {
        return "reference: memory is the collector's";
    }

    // Element by element

    @Override
    public void fill(NDArray y, double value) {
        Arrays.fill(data(y), 0, length(y), value);
    }

    @Override
    public void unary(Unary f, double parameter, NDArray x, NDArray y) {
        double[] from = data(x);
        double[] to = data(y);
        for (int i = 0; i < length(y); i++) {
            to[i] = f.value(from[i], parameter);
        }
    }

    @Override
    public void unaryGradient(Unary f, double parameter, NDArray x, NDArray y, NDArray dy, NDArray dx) {
        double[] in = x == null ? data(y) : data(x);
        double[] out = data(y);
        double[] upstream = data(dy);
        double[] to = data(dx);
        for (int i = 0; i < length(dx); i++) {
            to[i] = upstream[i] * f.derivative(in[i], out[i], parameter);
        }
    }

    @Override
    public void binary(Binary f, NDArray a, NDArray b, NDArray y) {
        double[] left = data(a);
        double[] right = data(b);
        double[] to = data(y);
        int[] next = {0};
        int[] aStrides = Index.broadcastStrides(a.shape(), y.shape());
        int[] bStrides = Index.broadcastStrides(b.shape(), y.shape());
        Index.walk(y.shape().sizes(), 0, aStrides, 0, bStrides, (i, j) -> to[next[0]++] = f.value(left[i], right[j]));
    }

    @Override
    public void blend(double a, NDArray x, double b, NDArray y) {
        double[] from = data(x);
        double[] to = data(y);
        for (int i = 0; i < length(y); i++) {
            to[i] = a * from[i] + b * to[i];
        }
        y.storage().touch();
    }

    @Override
    public void dropout(double keep, long seed, NDArray x, NDArray y) {
        double[] from = data(x);
        double[] to = data(y);
        for (int i = 0; i < length(y); i++) {
            to[i] = SplitMix.uniform(seed, i) < keep ? from[i] / keep : 0;
        }
    }

    // Movement

    @Override
    public void permute(NDArray x, int[] order, NDArray y) {
        double[] from = data(x);
        double[] to = data(y);
        int[] strides = x.shape().strides();
        int[] permuted = Arrays.stream(order).map(axis -> strides[axis]).toArray();
        Index.walk(y.shape().sizes(), 0, permuted, 0, y.shape().strides(), (i, j) -> to[j] = from[i]);
    }

    @Override
    public void copyRegion(NDArray x, int[] from, NDArray y, int[] to, int[] size) {
        double[] source = data(x);
        double[] target = data(y);
        int[] xs = x.shape().strides();
        int[] ys = y.shape().strides();
        Index.walk(size, Index.offset(from, xs), xs, Index.offset(to, ys), ys, (i, j) -> target[j] = source[i]);
    }

    // Reductions and products

    @Override
    public void reduce(Reduction f, NDArray x, boolean[] mask, NDArray y) {
        double[] from = data(x);
        double[] to = data(y);
        Arrays.fill(to, 0, length(y), f == Reduction.SUM ? 0 : Double.NEGATIVE_INFINITY);
        int[] ys = Index.reducedStrides(x.shape(), mask);
        Index.walk(
                x.shape().sizes(),
                0,
                x.shape().strides(),
                0,
                ys,
                (i, j) -> to[j] = f == Reduction.SUM ? to[j] + from[i] : Math.max(to[j], from[i]));
    }

    @Override
    public void argMax(NDArray x, NDArray y) {
        double[] from = data(x);
        double[] to = data(y);
        int classes = x.shape().channels();
        for (int row = 0; row < length(y); row++) {
            int best = 0;
            for (int k = 1; k < classes; k++) {
                best = from[row * classes + k] > from[row * classes + best] ? k : best;
            }
            to[row] = best;
        }
    }

    @Override
    public void matmul(NDArray a, boolean transposeA, NDArray b, boolean transposeB, NDArray y) {
        DMatrixRMaj left = matrix(a);
        DMatrixRMaj right = matrix(b);
        DMatrixRMaj product = matrix(y);
        if (transposeA && transposeB) {
            CommonOps_DDRM.multTransAB(left, right, product);
        } else if (transposeA) {
            CommonOps_DDRM.multTransA(left, right, product);
        } else if (transposeB) {
            CommonOps_DDRM.multTransB(left, right, product);
        } else {
            CommonOps_DDRM.mult(left, right, product);
        }
    }

    private static DMatrixRMaj matrix(NDArray array) {
        return DMatrixRMaj.wrap(array.shape().size(0), array.shape().size(1), data(array));
    }

    // Convolution

    @Override
    public void conv2d(ConvGeometry g, NDArray x, NDArray w, NDArray y) {
        fill(y, 0);
        Convolution.forward(g, data(x), data(w), data(y));
    }

    @Override
    public void conv2dInputGradient(ConvGeometry g, NDArray dy, NDArray w, NDArray dx, boolean accumulate) {
        if (!accumulate) {
            fill(dx, 0);
        }
        Convolution.inputGradient(g, data(dy), data(w), data(dx));
    }

    @Override
    public void conv2dKernelGradient(ConvGeometry g, NDArray x, NDArray dy, NDArray dw) {
        fill(dw, 0);
        Convolution.kernelGradient(g, data(x), data(dy), data(dw));
    }

    // Pooling and interpolation

    @Override
    public void averagePool(Windows rows, Windows columns, NDArray x, NDArray y) {
        fill(y, 0);
        double[] from = data(x);
        double[] to = data(y);
        Images.eachInWindow(rows, columns, x.shape(), (in, out, divisor) -> to[out] += from[in] / divisor);
    }

    @Override
    public void averagePoolGradient(Windows rows, Windows columns, NDArray dy, NDArray dx, boolean accumulate) {
        if (!accumulate) {
            fill(dx, 0);
        }
        double[] upstream = data(dy);
        double[] to = data(dx);
        Images.eachInWindow(rows, columns, dx.shape(), (in, out, divisor) -> to[in] += upstream[out] / divisor);
    }

    @Override
    public void maxPool(Windows rows, Windows columns, NDArray x, NDArray y) {
        fill(y, Double.NEGATIVE_INFINITY);
        double[] from = data(x);
        double[] to = data(y);
        Images.eachInWindow(rows, columns, x.shape(), (in, out, divisor) -> to[out] = Math.max(to[out], from[in]));
    }

    @Override
    public void maxPoolGradient(Windows rows, Windows columns, NDArray x, NDArray y, NDArray dy, NDArray dx) {
        fill(dx, 0);
        double[] in = data(x);
        double[] out = data(y);
        double[] to = data(dx);
        double[] upstream = data(dy);
        boolean[] given = new boolean[length(dy)];
        Images.eachInWindow(rows, columns, x.shape(), (i, o, divisor) -> {
            if (in[i] == out[o] && !given[o]) {
                given[o] = true;
                to[i] += upstream[o];
            }
        });
    }

    @Override
    public void interpolate(Resampling rows, Resampling columns, NDArray x, NDArray y) {
        fill(y, 0);
        double[] from = data(x);
        double[] to = data(y);
        Images.eachSample(rows, columns, x.shape(), (in, out, weight) -> to[out] += weight * from[in]);
    }

    @Override
    public void interpolateGradient(Resampling rows, Resampling columns, NDArray dy, NDArray dx) {
        fill(dx, 0);
        double[] upstream = data(dy);
        double[] to = data(dx);
        Images.eachSample(rows, columns, dx.shape(), (in, out, weight) -> to[in] += weight * upstream[out]);
    }

    // Normalisation

    @Override
    public void batchStatistics(NDArray x, NDArray mean, NDArray variance) {
        fill(mean, 0);
        fill(variance, 0);
        double[] in = data(x);
        double[] m = data(mean);
        double[] v = data(variance);
        int channels = x.shape().channels();
        double rows = x.shape().rows();
        for (int i = 0; i < length(x); i++) {
            m[i % channels] += in[i] / rows;
        }
        for (int i = 0; i < length(x); i++) {
            double centred = in[i] - m[i % channels];
            v[i % channels] += centred * centred / rows;
        }
    }

    @Override
    public void batchNorm(NDArray x, ChannelNorm norm, NDArray residual, boolean relu, NDArray y) {
        double[] in = data(x);
        double[] out = data(y);
        int channels = x.shape().channels();
        for (int i = 0; i < length(x); i++) {
            int c = i % channels;
            double value = scaled(norm, c, normal(norm, c, in[i])) + (residual == null ? 0 : data(residual)[i]);
            out[i] = relu ? Math.max(value, 0) : value;
        }
    }

    private static double deviation(ChannelNorm norm, int c) {
        return Math.sqrt(data(norm.variance())[c] + norm.epsilon());
    }

    private static double normal(ChannelNorm norm, int c, double x) {
        return (x - data(norm.mean())[c]) / deviation(norm, c);
    }

    private static double scaled(ChannelNorm norm, int c, double normal) {
        return data(norm.gamma())[c] * normal + data(norm.beta())[c];
    }

    @Override
    public void batchNormGradient(
            NDArray x,
            ChannelNorm norm,
            boolean relu,
            NDArray y,
            boolean training,
            NDArray dy,
            NDArray dx,
            NDArray dgamma,
            NDArray dbeta,
            NDArray dresidual) {
        fill(dgamma, 0);
        fill(dbeta, 0);
        double[] in = data(x);
        double[] upstream = data(dy);
        double[] scale = data(dgamma);
        double[] shift = data(dbeta);
        int channels = x.shape().channels();
        double rows = x.shape().rows();
        double[] normal = new double[length(x)];
        double[] masked = new double[length(x)];
        for (int i = 0; i < length(x); i++) {
            int c = i % channels;
            normal[i] = normal(norm, c, in[i]);
            double value = y == null ? scaled(norm, c, normal[i]) : data(y)[i];
            masked[i] = !relu || value > 0 ? upstream[i] : 0;
            scale[c] += masked[i] * normal[i];
            shift[c] += masked[i];
        }
        double[] to = data(dx);
        for (int i = 0; i < length(x); i++) {
            int c = i % channels;
            double through = training ? (shift[c] + normal[i] * scale[c]) / rows : 0;
            to[i] = data(norm.gamma())[c] / deviation(norm, c) * (masked[i] - through);
            if (dresidual != null) {
                data(dresidual)[i] = masked[i];
            }
        }
    }

    // Losses and optimizer steps

    @Override
    public void logSoftmax(NDArray x, NDArray y) {
        double[] from = data(x);
        double[] to = data(y);
        int classes = x.shape().channels();
        for (int row = 0; row < length(x); row += classes) {
            double max = Arrays.stream(from, row, row + classes).max().orElseThrow();
            double sum = 0;
            for (int k = row; k < row + classes; k++) {
                sum += Math.exp(from[k] - max);
            }
            for (int k = row; k < row + classes; k++) {
                to[k] = from[k] - max - Math.log(sum);
            }
        }
    }

    @Override
    public void logSoftmaxGradient(NDArray y, NDArray dy, NDArray dx) {
        double[] out = data(y);
        double[] upstream = data(dy);
        double[] to = data(dx);
        int classes = y.shape().channels();
        for (int row = 0; row < length(y); row += classes) {
            double sum = Arrays.stream(upstream, row, row + classes).sum();
            for (int k = row; k < row + classes; k++) {
                to[k] = upstream[k] - Math.exp(out[k]) * sum;
            }
        }
    }

    @Override
    public void adamW(
            double rate,
            double beta1,
            double beta2,
            double epsilon,
            double weightDecay,
            long step,
            NDArray w,
            NDArray g,
            NDArray m,
            NDArray s) {
        double[] weight = data(w);
        double[] gradient = data(g);
        double[] first = data(m);
        double[] second = data(s);
        double correction1 = 1 - Math.pow(beta1, step);
        double correction2 = 1 - Math.pow(beta2, step);
        for (int i = 0; i < length(w); i++) {
            first[i] = beta1 * first[i] + (1 - beta1) * gradient[i];
            second[i] = beta2 * second[i] + (1 - beta2) * gradient[i] * gradient[i];
            weight[i] *= 1 - rate * weightDecay;
            weight[i] -= rate * (first[i] / correction1) / (Math.sqrt(second[i] / correction2) + epsilon);
        }
        w.storage().touch();
    }

    /** Opens the one instance. */
    public static final class Provider implements scgrad.core.array.Backends.Provider {
        @Override
        public String name() {
            return "reference";
        }

        @Override
        public String explain() {
            return "float64, plain loops, one thread: the definition that others are compared with";
        }

        @Override
        public int preference() {
            return -1;
        }

        @Override
        public String reason() {
            return "float64 without any haste, to check others with";
        }

        @Override
        public Backend open(String device, int threads) {
            return new ReferenceBackend();
        }
    }
}
