package scgrad.core.backend.opencl;

import com.aparapi.device.Device;
import java.util.Arrays;
import java.util.List;
import scgrad.core.array.Backend;
import scgrad.core.array.Binary;
import scgrad.core.array.ChannelNorm;
import scgrad.core.array.ConvGeometry;
import scgrad.core.array.Index;
import scgrad.core.array.MemoryUse;
import scgrad.core.array.NDArray;
import scgrad.core.array.Reduction;
import scgrad.core.array.Resampling;
import scgrad.core.array.Traffic;
import scgrad.core.array.Unary;
import scgrad.core.array.Windows;

/**
 * float32 on an OpenCL device, whose memory holds every array from its making to its end. Kernels become commands in a {@link DeviceQueue} and
 * run when a value is asked for; see the package's description for the way of an operation.
 */
final class OpenClBackend implements Backend {
    private static final int NONE = -1;
    /** Floats at the bottom of the heap that hold the canary. */
    static final int RESERVED = 1;

    private final Device device;
    private final DeviceHeap heap;
    private final DeviceQueue queue;
    private final Reductions reductions;
    private final Products products;
    private final Norms norms;
    private final Updates updates;

    /** @param floats size of the heap */
    OpenClBackend(Device device, int floats) {
        this(
                device,
                new DeviceKernels(
                        floats, DeviceQueue.COMMANDS, DeviceQueue.TABLES, DeviceQueue.LETTER, DeviceQueue.PARCEL));
    }

    OpenClBackend(Device device, DeviceKernels kernels) {
        this.device = device;
        this.heap = new DeviceHeap(kernels.heap.length, RESERVED);
        this.queue = new DeviceQueue(device, kernels);
        this.reductions = new Reductions(queue, heap);
        this.products = new Products(queue, heap, reductions);
        this.norms = new Norms(queue, heap, reductions);
        this.updates = new Updates(queue);
    }

    /** Chooses between forms of a kernel that give the same bits, by measuring them on the device. */
    OpenClBackend measured() {
        products.measureTiles();
        return this;
    }

    /** Measured now, on the device. */
    LaunchCost launchCost() {
        return LaunchCost.of(queue);
    }

    private static int at(NDArray array) {
        return ((Block) array.buffer()).offset();
    }

    private static int atOrNone(NDArray array) {
        return array == null ? NONE : at(array);
    }

    private static int length(NDArray array) {
        return array.shape().length();
    }

    @Override
    public String name() {
        return "opencl";
    }

    @Override
    public String description() {
        return "opencl: float32, " + Aparapi.name(device) + ", " + Aparapi.units(device) + " compute units";
    }

    @Override
    public double roundoff() {
        return 0x1.0p-24;
    }

    // Memory

    @Override
    public Object take(long length, boolean persistent) {
        return heap.take(length, persistent);
    }

    @Override
    public void give(Object buffer, long length) {
        heap.give((Block) buffer);
    }

    @Override
    public void upload(float[] from, NDArray to) {
        queue.receive(from, length(to), at(to));
        to.storage().touch();
    }

    @Override
    public void upload(double[] from, NDArray to) {
        float[] values = new float[length(to)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) from[i];
        }
        upload(values, to);
    }

    @Override
    public void download(NDArray from, float[] to) {
        queue.send(at(from), length(from), to);
    }

    @Override
    public void download(NDArray from, double[] to) {
        float[] values = new float[length(from)];
        download(from, values);
        for (int i = 0; i < values.length; i++) {
            to[i] = values[i];
        }
    }

    @Override
    public String memory() {
        return heap.report();
    }

    @Override
    public List<MemoryUse> memoryByKind() {
        return heap.kinds();
    }

    @Override
    public void finish() {
        queue.flush();
    }

    @Override
    public Traffic traffic() {
        return queue.traffic();
    }

    // Element by element

    @Override
    public void fill(NDArray y, double value) {
        queue.add(ElementwiseKernels.FILL, at(y), length(y)).with(value);
    }

    @Override
    public void copy(NDArray x, NDArray y) {
        queue.add(ElementwiseKernels.COPY, at(x), at(y), length(y));
    }

    @Override
    public void unary(Unary f, double parameter, NDArray x, NDArray y) {
        queue.add(ElementwiseKernels.UNARY, f.ordinal(), at(x), at(y), length(y))
                .with(parameter);
    }

    @Override
    public void unaryGradient(Unary f, double parameter, NDArray x, NDArray y, NDArray dy, NDArray dx) {
        queue.add(
                        ElementwiseKernels.UNARY_GRADIENT,
                        f.ordinal(),
                        at(x == null ? y : x),
                        at(y),
                        at(dy),
                        at(dx),
                        length(dx))
                .with(parameter);
    }

    @Override
    public void binary(Binary f, NDArray a, NDArray b, NDArray y) {
        int table = queue.tables()
                .of(
                        y.shape().sizes(),
                        Index.broadcastStrides(a.shape(), y.shape()),
                        Index.broadcastStrides(b.shape(), y.shape()));
        queue.add(ElementwiseKernels.BINARY, f.ordinal(), at(a), at(b), at(y), length(y), table);
    }

    @Override
    public void blend(double a, NDArray x, double b, NDArray y) {
        queue.add(ElementwiseKernels.BLEND, at(x), at(y), length(y)).with(a, b);
    }

    @Override
    public void dropout(double keep, long seed, NDArray x, NDArray y) {
        queue.add(ElementwiseKernels.DROPOUT, at(x), at(y), length(y), (int) seed, (int) (seed >> 32))
                .with(keep, 1 / keep);
    }

    // Movement

    @Override
    public void permute(NDArray x, int[] order, NDArray y) {
        int[] strides = x.shape().strides();
        int[] permuted = new int[order.length];
        for (int axis = 0; axis < order.length; axis++) {
            permuted[axis] = strides[order[axis]];
        }
        move(at(x), at(y), y.shape().sizes(), permuted, y.shape().strides());
    }

    @Override
    public void copyRegion(NDArray x, int[] from, NDArray y, int[] to, int[] size) {
        int[] xs = x.shape().strides();
        int[] ys = y.shape().strides();
        move(at(x) + Index.offset(from, xs), at(y) + Index.offset(to, ys), size, xs, ys);
    }

    private void move(int x, int y, int[] sizes, int[] xStrides, int[] yStrides) {
        int count = 1;
        for (int size : sizes) {
            count *= size;
        }
        queue.add(MovementKernels.MOVE, x, y, count, queue.tables().of(sizes, xStrides, yStrides));
    }

    // Reductions and products

    @Override
    public void reduce(Reduction f, NDArray x, boolean[] mask, NDArray y) {
        reductions.axes(f, at(x), x.shape().sizes(), mask, at(y));
    }

    @Override
    public void argMax(NDArray x, NDArray y) {
        queue.add(ReductionKernels.ARG_MAX, at(x), at(y), length(y), x.shape().channels());
    }

    @Override
    public void matmul(NDArray a, boolean transposeA, NDArray b, boolean transposeB, NDArray y) {
        int depth = a.shape().size(transposeA ? 0 : 1);
        products.matrices(y.shape().size(0), y.shape().size(1), depth, at(a), transposeA, at(b), transposeB, at(y));
    }

    // Convolution

    @Override
    public void conv2d(ConvGeometry g, NDArray x, NDArray w, NDArray y) {
        products.forward(g, at(x), at(w), at(y));
    }

    @Override
    public void conv2dInputGradient(ConvGeometry g, NDArray dy, NDArray w, NDArray dx, boolean accumulate) {
        products.inputGradient(g, at(dy), at(w), at(dx), accumulate);
    }

    @Override
    public void conv2dKernelGradient(ConvGeometry g, NDArray x, NDArray dy, NDArray dw) {
        products.kernelGradient(g, at(x), at(dy), at(dw));
    }

    // Pooling and interpolation

    /** One axis of a map, and where its table is. */
    private record Axis(int table, int inputs, int outputs) {}

    /** Asks for a kernel of {@link PoolingKernels}, which writes {@code to}. */
    private void pool(int code, Axis rows, Axis columns, NDArray from, NDArray to, int... more) {
        int[] usual = {
            at(from),
            at(to),
            length(to),
            to.shape().channels(),
            rows.table,
            rows.inputs,
            rows.outputs,
            columns.table,
            columns.inputs,
            columns.outputs
        };
        int[] words = Arrays.copyOf(usual, usual.length + more.length);
        System.arraycopy(more, 0, words, usual.length, more.length);
        queue.add(code, words);
    }

    private void windows(int code, Windows rows, Windows columns, NDArray from, NDArray to, int... more) {
        // asked for once: tables that are full are emptied when they are asked for
        DeviceTables tables = queue.tables();
        Axis down = new Axis(tables.of(rows), rows.inputs(), rows.outputs());
        Axis across = new Axis(tables.of(columns), columns.inputs(), columns.outputs());
        pool(code, down, across, from, to, more);
    }

    private void samples(int code, Resampling rows, Resampling columns, NDArray from, NDArray to, int... more) {
        DeviceTables tables = queue.tables();
        Axis down = new Axis(tables.of(rows), rows.inputs(), rows.outputs());
        Axis across = new Axis(tables.of(columns), columns.inputs(), columns.outputs());
        pool(code, down, across, from, to, more);
    }

    @Override
    public void averagePool(Windows rows, Windows columns, NDArray x, NDArray y) {
        windows(PoolingKernels.AVERAGE_POOL, rows, columns, x, y);
    }

    @Override
    public void averagePoolGradient(Windows rows, Windows columns, NDArray dy, NDArray dx, boolean accumulate) {
        windows(PoolingKernels.AVERAGE_POOL_GRADIENT, rows, columns, dy, dx, accumulate ? 1 : 0);
    }

    @Override
    public void maxPool(Windows rows, Windows columns, NDArray x, NDArray y) {
        windows(PoolingKernels.MAX_POOL, rows, columns, x, y);
    }

    @Override
    public void maxPoolGradient(Windows rows, Windows columns, NDArray x, NDArray y, NDArray dy, NDArray dx) {
        windows(PoolingKernels.MAX_POOL_GRADIENT, rows, columns, dy, dx, at(x), at(y));
    }

    @Override
    public void interpolate(Resampling rows, Resampling columns, NDArray x, NDArray y) {
        samples(PoolingKernels.INTERPOLATE, rows, columns, x, y);
    }

    @Override
    public void interpolateGradient(Resampling rows, Resampling columns, NDArray dy, NDArray dx) {
        samples(PoolingKernels.INTERPOLATE_GRADIENT, rows, columns, dy, dx);
    }

    @Override
    public void calibrationGate(Resampling rows, Resampling columns, NDArray a, NDArray b, NDArray c, NDArray y) {
        samples(PoolingKernels.GATE, rows, columns, c, y, at(a), atOrNone(b));
    }

    @Override
    public void calibrationGateGradient(
            Resampling rows,
            Resampling columns,
            NDArray a,
            NDArray b,
            NDArray c,
            NDArray dy,
            NDArray da,
            NDArray db,
            NDArray dc) {
        samples(PoolingKernels.GATE_GRADIENT, rows, columns, c, da, at(a), atOrNone(b), at(dy), at(db));
        interpolateGradient(rows, columns, db, dc);
    }

    // Normalisation

    private static Norms.Places places(ChannelNorm norm) {
        return new Norms.Places(
                at(norm.mean()), at(norm.variance()), at(norm.gamma()), at(norm.beta()), norm.epsilon());
    }

    @Override
    public void batchStatistics(NDArray x, NDArray mean, NDArray variance) {
        norms.statistics(at(x), x.shape().rows(), x.shape().channels(), at(mean), at(variance));
    }

    @Override
    public void batchNorm(NDArray x, ChannelNorm norm, NDArray residual, boolean relu, NDArray y) {
        norms.apply(
                at(x),
                places(norm),
                atOrNone(residual),
                relu,
                at(y),
                length(x),
                x.shape().channels());
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
        norms.gradient(
                at(x),
                places(norm),
                relu,
                atOrNone(y),
                training,
                at(dy),
                at(dx),
                at(dgamma),
                at(dbeta),
                atOrNone(dresidual),
                x.shape().rows(),
                x.shape().channels());
    }

    // Losses and optimizer steps

    @Override
    public void logSoftmax(NDArray x, NDArray y) {
        queue.add(
                ReductionKernels.LOG_SOFTMAX,
                at(x),
                at(y),
                x.shape().rows(),
                x.shape().channels());
    }

    @Override
    public void logSoftmaxGradient(NDArray y, NDArray dy, NDArray dx) {
        queue.add(
                ReductionKernels.LOG_SOFTMAX_GRADIENT,
                at(y),
                at(dy),
                at(dx),
                y.shape().rows(),
                y.shape().channels());
    }

    @Override
    public void sgd(
            double rate, double momentum, double weightDecay, boolean nesterov, NDArray w, NDArray g, NDArray v) {
        updates.add(
                ElementwiseKernels.SGD,
                nesterov ? 1 : 0,
                new double[] {rate, momentum, weightDecay},
                length(w),
                at(w),
                at(g),
                at(v));
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
        double[] numbers = {
            beta1,
            beta2,
            epsilon,
            1 - rate * weightDecay,
            rate / (1 - Math.pow(beta1, step)),
            1 / (1 - Math.pow(beta2, step))
        };
        updates.add(ElementwiseKernels.ADAMW, 0, numbers, length(w), at(w), at(g), at(m), at(s));
    }
}
