package scgrad.nn;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.QRDecomposition;
import scgrad.core.Rng;
import scgrad.core.array.Shape;

/**
 * The first values of a parameter. Convolution kernels are {@code [KH, KW, C/groups, K]}, linear weights {@code [K, C]}; a fan is the number
 * of connections of an output (in) or of an input channel (out), as PyTorch counts them.
 */
@FunctionalInterface
public interface Initializer {
    double[] values(Shape shape, Rng rng);

    static Initializer constant(double value) {
        return (shape, rng) -> {
            double[] values = new double[shape.length()];
            java.util.Arrays.fill(values, value);
            return values;
        };
    }

    static Initializer normal(double deviation) {
        return (shape, rng) -> {
            double[] values = new double[shape.length()];
            for (int i = 0; i < values.length; i++) {
                values[i] = deviation * rng.nextGaussian();
            }
            return values;
        };
    }

    static Initializer uniform(double bound) {
        return (shape, rng) -> {
            double[] values = new double[shape.length()];
            for (int i = 0; i < values.length; i++) {
                values[i] = rng.uniform(-bound, bound);
            }
            return values;
        };
    }

    /** He et al., ICCV 2015: normal, deviation sqrt(2 / fan out); what the paper's convolutions start from. */
    static Initializer kaimingFanOut() {
        return (shape, rng) -> normal(Math.sqrt(2.0 / fanOut(shape))).values(shape, rng);
    }

    /** He et al., ICCV 2015: normal, deviation sqrt(2 / fan in). */
    static Initializer kaimingFanIn() {
        return (shape, rng) -> normal(Math.sqrt(2.0 / fanIn(shape))).values(shape, rng);
    }

    /** Glorot and Bengio, AISTATS 2010: uniform, bound sqrt(6 / (fan in + fan out)). */
    static Initializer xavierUniform() {
        return (shape, rng) ->
                uniform(Math.sqrt(6.0 / (fanIn(shape) + fanOut(shape)))).values(shape, rng);
    }

    /** Glorot and Bengio, AISTATS 2010: normal, deviation sqrt(2 / (fan in + fan out)). */
    static Initializer xavierNormal() {
        return (shape, rng) ->
                normal(Math.sqrt(2.0 / (fanIn(shape) + fanOut(shape)))).values(shape, rng);
    }

    /** Uniform with bound 1 / sqrt(fan): PyTorch's default of a linear layer, its bias included. */
    static Initializer inverseRoot(int fan) {
        return uniform(1 / Math.sqrt(fan));
    }

    /** Saxe, McClelland, Ganguli, ICLR 2014: rows or columns of an orthogonal matrix, from the QR decomposition of a normal one. */
    static Initializer orthogonal(double gain) {
        return (shape, rng) -> {
            boolean linear = shape.rank() == 2;
            int filters = linear ? shape.size(0) : shape.size(-1);
            int rest = shape.length() / filters;
            int rows = Math.max(filters, rest);
            int columns = Math.min(filters, rest);
            DMatrixRMaj matrix = DMatrixRMaj.wrap(rows, columns, normal(1).values(Shape.of(rows, columns), rng));
            QRDecomposition<DMatrixRMaj> qr = DecompositionFactory_DDRM.qr(rows, columns);
            qr.decompose(matrix);
            DMatrixRMaj q = qr.getQ(null, true);
            DMatrixRMaj r = qr.getR(null, true);
            double[] values = new double[shape.length()];
            for (int i = 0; i < filters; i++) {
                for (int j = 0; j < rest; j++) {
                    int row = filters > rest ? i : j;
                    int column = filters > rest ? j : i;
                    // the signs of R's diagonal make the distribution uniform
                    double value = gain * Math.signum(r.get(column, column)) * q.get(row, column);
                    values[linear ? i * rest + j : j * filters + i] = value;
                }
            }
            return values;
        };
    }

    /** Connections of one output. */
    static int fanIn(Shape shape) {
        return shape.rank() == 2 ? shape.size(1) : shape.length() / shape.size(-1);
    }

    /** Filters times the taps of each: PyTorch's count, whatever the groups. */
    static int fanOut(Shape shape) {
        return shape.rank() == 2 ? shape.size(0) : shape.size(0) * shape.size(1) * shape.size(-1);
    }
}
