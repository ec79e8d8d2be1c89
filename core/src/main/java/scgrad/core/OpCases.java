package scgrad.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import scgrad.core.array.Backend;
import scgrad.core.array.NDArray;
import scgrad.core.array.Resampling.Mode;
import scgrad.core.array.Shape;
import scgrad.core.op.Normalization;
import scgrad.core.op.Products;

/**
 * The table of every operation with inputs worth trying: {@code ./scgrad gradcheck} lists it, and the conformance suite runs each row
 * on every backend. A new operation is one record and one row here.
 */
public final class OpCases {
    /**
     * One row.
     *
     * @param linear whether the operation is linear in its first input, the others held
     */
    public record Case(
            String name,
            boolean linear,
            double low,
            double high,
            List<Shape> shapes,
            Function<Tensor[], Tensor> function) {

        /** Parameters with reproducible values in [low, high). */
        public Tensor[] inputs(Backend backend, long seed) {
            Rng rng = Rng.of(seed).stream(name);
            Tensor[] inputs = new Tensor[shapes.size()];
            for (int i = 0; i < inputs.length; i++) {
                double[] values = new double[shapes.get(i).length()];
                for (int k = 0; k < values.length; k++) {
                    values[k] = (float) rng.uniform(low, high);
                }
                inputs[i] = Tensor.parameter(backend, shapes.get(i), values);
            }
            return inputs;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private final List<Case> cases = new ArrayList<>();

    private OpCases() {}

    /** All rows. */
    public static List<Case> all() {
        OpCases table = new OpCases();
        table.elementwise();
        table.reductionsAndProducts();
        table.convolutions();
        table.images();
        table.normalisation();
        table.movement();
        return List.copyOf(table.cases);
    }

    private void add(
            String name,
            boolean linear,
            double low,
            double high,
            Function<Tensor[], Tensor> function,
            int[]... shapes) {
        List<Shape> list = new ArrayList<>();
        for (int[] shape : shapes) {
            list.add(Shape.of(shape));
        }
        cases.add(new Case(name, linear, low, high, list, function));
    }

    private void smooth(String name, Function<Tensor[], Tensor> function, int[]... shapes) {
        add(name, false, -2, 2, function, shapes);
    }

    private void linear(String name, Function<Tensor[], Tensor> function, int[]... shapes) {
        add(name, true, -2, 2, function, shapes);
    }

    private static int[] s(int... sizes) {
        return sizes;
    }

    private void elementwise() {
        int[] x = s(3, 5, 7);
        smooth("add, broadcast both", in -> in[0].add(in[1]), s(3, 1, 7), s(5, 1));
        smooth("sub, broadcast", in -> in[0].sub(in[1]), s(2, 3, 4, 5), s(5));
        smooth("mul, per channel and image", in -> in[0].mul(in[1]), s(2, 3, 4, 17), s(2, 1, 1, 17));
        smooth("mul, same tensor", in -> in[0].mul(in[0]), x);
        add("div, broadcast", false, 0.5, 2, in -> in[0].div(in[1]), s(4, 1, 6), s(3, 6));
        linear("neg", in -> in[0].neg(), x);
        linear("scale", in -> in[0].mul(-1.7), x);
        smooth("shift", in -> in[0].add(0.3), x);
        add("pow", false, 0.5, 2, in -> in[0].pow(2.5), x);
        smooth("exp", in -> in[0].exp(), x);
        add("log", false, 0.5, 3, in -> in[0].log(), x);
        add("sqrt", false, 0.5, 3, in -> in[0].sqrt(), x);
        smooth("relu", in -> in[0].relu(), x);
        smooth("sigmoid", in -> in[0].sigmoid(), x);
        smooth("tanh", in -> in[0].tanh(), x);
        smooth("silu", in -> in[0].silu(), x);
        smooth("gelu", in -> in[0].gelu(), x);
        add("hardswish", false, -5, 5, in -> in[0].hardswish(), x);
        linear("dropout", in -> in[0].dropout(0.3, 7), x);
    }

    private void reductionsAndProducts() {
        linear("sum, all", in -> in[0].sum(), s(3, 4, 5));
        linear("sum, leading axes", in -> in[0].sum(0, 1, 2), s(5, 6, 7, 19));
        linear("sum, middle axis kept", in -> in[0].sumKeep(1), s(3, 4, 5));
        linear("mean, rows and columns", in -> in[0].mean(1, 2), s(2, 5, 6, 7));
        smooth("max, last axis", in -> in[0].max(-1), s(4, 9));
        smooth("max, rows and columns kept", in -> in[0].maxKeep(1, 2), s(2, 3, 4, 5));
        linear("matmul", in -> in[0].matmul(in[1]), s(13, 21), s(21, 18));
        linear("matmul, one column", in -> in[0].matmul(in[1]), s(5, 300), s(300, 1));
        smooth("linear, bias", in -> in[0].linear(in[1], in[2]), s(7, 20), s(33, 20), s(33));
    }

    private void conv(String name, int[] x, int[] w, int stride, int padding, int dilation, int groups) {
        linear("conv2d, " + name, in -> in[0].conv2d(in[1], null, stride, padding, dilation, groups), x, w);
    }

    private void convolutions() {
        conv("1x1", s(2, 5, 6, 7), s(1, 1, 7, 18), 1, 0, 1, 1);
        conv("1x1, stride 2", s(2, 7, 8, 16), s(1, 1, 16, 32), 2, 0, 1, 1);
        conv("3x3", s(2, 8, 8, 16), s(3, 3, 16, 16), 1, 1, 1, 1);
        conv("3x3, odd sizes", s(2, 7, 5, 5), s(3, 3, 5, 19), 1, 1, 1, 1);
        conv("3x3, stride 2", s(2, 9, 8, 6), s(3, 3, 6, 20), 2, 1, 1, 1);
        conv("3x3, stride 3, no padding", s(1, 11, 10, 4), s(3, 3, 4, 4), 3, 0, 1, 1);
        conv("3x3, dilation 2", s(2, 9, 9, 8), s(3, 3, 8, 16), 1, 2, 2, 1);
        conv("3x3, dilation 2, stride 2", s(2, 9, 10, 8), s(3, 3, 8, 12), 2, 2, 2, 1);
        conv("3x3, dilation 3, stride 2", s(1, 11, 12, 4), s(3, 3, 4, 4), 2, 3, 3, 1);
        conv("3x3, groups 2", s(2, 6, 6, 8), s(3, 3, 4, 12), 1, 1, 1, 2);
        conv("3x3, groups 8 of 4", s(2, 8, 8, 32), s(3, 3, 4, 32), 1, 1, 1, 8);
        conv("3x3, groups 8 of 4, stride 2", s(2, 7, 7, 32), s(3, 3, 4, 32), 2, 1, 1, 8);
        conv("3x3, depthwise", s(2, 6, 5, 10), s(3, 3, 1, 10), 1, 1, 1, 10);
        conv("5x3, padding beyond the kernel", s(1, 4, 4, 3), s(5, 3, 3, 5), 1, 4, 1, 1);
        conv("7x7, stride 2, of an image", s(1, 18, 18, 3), s(7, 7, 3, 16), 2, 3, 1, 1);
        conv("2x2, stride 4, pixels left out", s(1, 9, 9, 3), s(2, 2, 3, 5), 4, 0, 1, 1);
        conv("3x3, deep", s(1, 4, 4, 96), s(3, 3, 96, 40), 1, 1, 1, 1);
        smooth("conv2d, bias", in -> in[0].conv2d(in[1], in[2], 1, 1, 1, 1), s(1, 4, 4, 3), s(3, 3, 3, 4), s(4));
    }

    private void images() {
        int[] x = s(2, 7, 9, 5);
        linear("average pool, 2x2", in -> in[0].averagePool(2, 2), x);
        linear("average pool, 3x3, ceil, padding not counted", in -> in[0].averagePool(3, 2, 1, true, false), x);
        linear("average pool, 4x4, ceil, padding counted", in -> in[0].averagePool(4, 3, 2, true, true), x);
        linear("average pool, its gradient the last of two", in -> smoothed(in[0].mul(2)), x);
        linear("average pool, adaptive", in -> in[0].adaptiveAveragePool(3, 4), x);
        linear("average pool, global", in -> in[0].globalAveragePool(), s(3, 4, 5, 18));
        smooth("max pool, 3x3, stride 2", in -> in[0].maxPool(3, 2, 1, false), x);
        smooth("max pool, 2x2, ceil", in -> in[0].maxPool(2, 2, 0, true), x);
        smooth("max pool, adaptive", in -> in[0].adaptiveMaxPool(3, 2), x);
        for (Mode mode : Mode.values()) {
            String name = mode.name().toLowerCase(java.util.Locale.ROOT);
            linear("interpolate, " + name + ", up", in -> in[0].interpolate(mode, 10, 17), s(2, 3, 4, 5));
            linear("interpolate, " + name + ", down", in -> in[0].interpolate(mode, 4, 5), x);
            linear(
                    "calibration gate, " + name,
                    in -> in[0].calibrationGate(in[1], in[2], mode),
                    s(2, 6, 7, 18),
                    s(2, 2, 3, 18),
                    s(2, 6, 7, 18));
        }
        linear(
                "calibration gate, no identity",
                in -> in[0].calibrationGate(in[1], null, Mode.NEAREST),
                s(2, 6, 7, 5),
                s(2, 2, 3, 5));
    }

    private static NDArray values(Backend backend, double... values) {
        return NDArray.of(backend, Shape.of(values.length), values);
    }

    private void normalisation() {
        int[] x = s(3, 4, 5, 6);
        int[] c = s(6);
        smooth("batch norm", in -> in[0].batchNorm(in[1], in[2], null, null, 1e-5, 0.1, null, false), x, c, c);
        smooth("batch norm, relu", in -> in[0].batchNorm(in[1], in[2], null, null, 1e-5, 0.1, null, true), x, c, c);
        smooth(
                "batch norm, residual",
                in -> in[0].batchNorm(in[1], in[2], null, null, 1e-5, 0.1, in[3], false),
                x,
                c,
                c,
                x);
        smooth(
                "batch norm, residual, relu",
                in -> in[0].batchNorm(in[1], in[2], null, null, 1e-5, 0.1, in[3], true),
                x,
                c,
                c,
                x);
        smooth(
                "batch norm, many channels",
                in -> in[0].batchNorm(in[1], in[2], null, null, 1e-5, 0.1, null, true),
                s(40, 3, 3, 33),
                s(33),
                s(33));
        smooth(
                "batch norm, fixed statistics, residual, relu",
                in -> {
                    Backend backend = in[0].backend();
                    NDArray mean = values(backend, 0.1, -0.2, 0.3, 0, 0.5);
                    NDArray variance = values(backend, 1, 2, 0.5, 1.5, 0.7);
                    return in[0].fixedNorm(in[1], in[2], mean, variance, 1e-5, in[3], true);
                },
                s(2, 3, 4, 5),
                s(5),
                s(5),
                s(2, 3, 4, 5));
        smooth("conv norm, 3x3, relu", in -> convNorm(in, 1, true), s(2, 6, 7, 8), s(3, 3, 8, 20), s(20), s(20));
        smooth(
                "conv norm, 3x3, residual",
                in -> convNorm(in, 1, false),
                s(2, 8, 8, 16),
                s(3, 3, 16, 16),
                s(16),
                s(16),
                s(2, 8, 8, 16));
        smooth(
                "conv norm, 1x1, residual, relu",
                in -> convNorm(in, 0, true),
                s(2, 3, 4, 5),
                s(1, 1, 5, 6),
                s(6),
                s(6),
                s(2, 3, 4, 6));
        smooth("conv batch norm, 3x3", in -> convBatchNorm(in, 1, false), s(2, 6, 7, 8), s(3, 3, 8, 20), s(20), s(20));
        smooth(
                "conv batch norm, 1x1, relu",
                in -> convBatchNorm(in, 0, true),
                s(3, 9, 9, 20),
                s(1, 1, 20, 8),
                s(8),
                s(8));
        smooth(
                "conv batch norm, 1x1, residual",
                in -> convBatchNorm(in, 0, false),
                s(3, 9, 9, 5),
                s(1, 1, 5, 18),
                s(18),
                s(18),
                s(3, 9, 9, 18));
        smooth(
                "conv batch norm, expanding 1x1, residual, relu",
                in -> convBatchNorm(in, 0, true),
                s(3, 9, 9, 4),
                s(1, 1, 4, 18),
                s(18),
                s(18),
                s(3, 9, 9, 18));
        int[][] branches = {s(3, 9, 9, 20), s(1, 1, 20, 8), s(8), s(8), s(1, 1, 20, 18), s(18), s(18)};
        smooth("conv batch norms, two 1x1 branches, relu", in -> convBatchNorms(in, 1, true), branches);
        smooth("conv batch norms, two 1x1 branches, stride 2", in -> convBatchNorms(in, 2, false), branches);
        smooth(
                "conv batch norms, two 1x1 branches, input read twice",
                in -> convBatchNorms(in, 1, false).add(in[0].mean()),
                branches);
        smooth("conv norms, two 1x1 branches, relu", in -> convNorms(in, 1, true), branches);
        smooth(
                "conv norms, 1x1 and 2x2 branches, stride 2",
                in -> convNorms(in, 2, false),
                s(2, 6, 6, 5),
                s(1, 1, 5, 6),
                s(6),
                s(6),
                s(2, 2, 5, 16),
                s(16),
                s(16));
        smooth(
                "conv batch norm, 1x1, residual, relu, input read twice",
                in -> convBatchNorm(in, 0, true).add(in[0].mean()),
                s(3, 9, 9, 16),
                s(1, 1, 16, 6),
                s(6),
                s(6),
                s(3, 9, 9, 6));
        smooth("log softmax", in -> in[0].logSoftmax(), s(5, 11));
        smooth("cross entropy, label smoothing", in -> in[0].crossEntropy(new int[] {0, 3, 6, 2}, 0.1), s(4, 7));
        smooth(
                "cross entropy, soft targets",
                in -> in[0].crossEntropy(Tensor.of(in[0].backend(), Shape.of(2, 3), 0.2, 0.5, 0.3, 0.9, 0.4, 0.1)),
                s(2, 3));
    }

    /** Read twice, so that pooling adds to the gradient that the difference has given. */
    private static Tensor smoothed(Tensor x) {
        return x.mul(3).sub(x.averagePool(3, 1, 1, false, true));
    }

    /** Inputs x, kernel, gamma, beta and perhaps a residual. */
    private static Tensor convBatchNorm(Tensor[] in, int padding, boolean relu) {
        return in[0].convBatchNorm(
                new Products.Conv2d(1, padding, 1, 1),
                in[1],
                new Normalization.BatchNorm(1e-5, 0.1, relu, null, null),
                in[2],
                in[3],
                in.length > 4 ? in[4] : null);
    }

    /** Inputs x, kernel, gamma, beta and perhaps a residual. */
    private static Tensor convNorm(Tensor[] in, int padding, boolean relu) {
        Backend backend = in[0].backend();
        Shape channels = in[2].shape();
        NDArray mean = NDArray.full(backend, channels, 0.2);
        NDArray variance = NDArray.full(backend, channels, 1.3);
        return in[0].convNorm(
                new Products.Conv2d(1, padding, 1, 1),
                in[1],
                new Normalization.FixedNorm(1e-5, relu, mean, variance),
                in[2],
                in[3],
                in.length > 4 ? in[4] : null);
    }

    /** Inputs x, then kernel, gamma and beta of two branches; behind each other as channels of one output. */
    private static Tensor convBatchNorms(Tensor[] in, int stride, boolean relu) {
        Normalization.BatchNorm norm = new Normalization.BatchNorm(1e-5, 0.1, relu, null, null);
        Normalization.ConvBatchNorm branch =
                new Normalization.ConvBatchNorm(new Products.Conv2d(stride, 0, 1, 1), norm);
        return Tensor.concat(-1, in[0].convBatchNorms(List.of(branch, branch), parameters(in)));
    }

    /** The same with given statistics. */
    private static Tensor convNorms(Tensor[] in, int stride, boolean relu) {
        Backend backend = in[0].backend();
        List<Normalization.ConvNorm> branches = new ArrayList<>();
        for (int i = 2; i < in.length; i += 3) {
            NDArray mean = NDArray.full(backend, in[i].shape(), 0.2);
            NDArray variance = NDArray.full(backend, in[i].shape(), 1.3);
            Normalization.FixedNorm norm = new Normalization.FixedNorm(1e-5, relu, mean, variance);
            branches.add(new Normalization.ConvNorm(new Products.Conv2d(stride, 0, 1, 1), norm));
        }
        return Tensor.concat(-1, in[0].convNorms(branches, parameters(in)));
    }

    private static Tensor[] parameters(Tensor[] in) {
        return Arrays.copyOfRange(in, 1, in.length);
    }

    private void movement() {
        linear("reshape", in -> in[0].reshape(6, -1).mul(2), s(3, 4, 5));
        linear("permute", in -> in[0].permute(0, 3, 1, 2), s(2, 3, 4, 5));
        smooth("concat, channels", in -> Tensor.concat(-1, in[0], in[1]), s(2, 3, 4, 5), s(2, 3, 4, 2));
        smooth("concat, rows", in -> Tensor.concat(1, in[0], in[1], in[0]), s(2, 3, 4), s(2, 1, 4));
        linear("slice, channels", in -> in[0].slice(3, 1, 4), s(2, 3, 4, 5));
        linear("slice, batch", in -> in[0].slice(0, 1, 2), s(3, 2));
        linear("pad, rows and columns", in -> in[0].pad(new int[] {0, 1, 2, 0}, new int[] {0, 0, 1, 0}), s(2, 3, 4, 5));
        linear("pad channels (shortcut A)", in -> in[0].averagePool(1, 2).padChannels(4, 4), s(2, 5, 6, 8));
    }
}
