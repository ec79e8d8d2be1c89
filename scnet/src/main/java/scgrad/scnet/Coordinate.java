package scgrad.scnet;

import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.nn.BatchNorm2d;
import scgrad.nn.Conv2d;
import scgrad.nn.Module;

/**
 * Coordinate attention (Hou, Zhou, Feng, CVPR 2021, equations 4 to 8), x [N, H, W, C]: means along rows and along columns go through one
 * reduction together, then each makes the gate of its axis: {@code x * sigmoid(wh f_rows) * sigmoid(ww f_columns)}.
 */
final class Coordinate extends Module {
    /** The authors' code never reduces below it. */
    private static final int LEAST_HIDDEN = 8;

    private final Conv2d reduce;
    private final BatchNorm2d norm;
    private final Conv2d rows;
    private final Conv2d columns;

    Coordinate(Backend backend, int channels, Options options) {
        super(backend);
        int hidden = Math.max(LEAST_HIDDEN, channels / options.integer("reduction"));
        reduce = child(
                "conv1",
                new Conv2d(backend, channels, hidden, Conv2d.Options.same(1).withBias()));
        norm = child("bn1", new BatchNorm2d(backend, hidden));
        rows = child(
                "conv_h",
                new Conv2d(backend, hidden, channels, Conv2d.Options.same(1).withBias()));
        columns = child(
                "conv_w",
                new Conv2d(backend, hidden, channels, Conv2d.Options.same(1).withBias()));
    }

    @Override
    protected Tensor forward(Tensor x) {
        int images = x.shape().size(0);
        int height = x.shape().size(1);
        int width = x.shape().size(2);
        int channels = x.shape().channels();
        Tensor across = x.mean(2).reshape(images, height, 1, channels);
        Tensor down = x.mean(1).reshape(images, width, 1, channels);
        Tensor both = norm.apply(reduce.apply(Tensor.concat(1, across, down))).hardswish();
        Tensor rowGate = rows.apply(both.slice(1, 0, height)).sigmoid();
        Tensor columnGate = columns.apply(both.slice(1, height, height + width)).sigmoid();
        return x.mul(rowGate).mul(columnGate.reshape(images, 1, width, channels));
    }
}
