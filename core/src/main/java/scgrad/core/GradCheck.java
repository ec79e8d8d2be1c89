package scgrad.core;

import java.util.Locale;
import java.util.function.Function;
import scgrad.core.array.Backend;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;

/**
 * Checks gradients. {@link #check} compares them with finite differences along random directions (as HIPS/autograd's {@code check_vjp}):
 * {@code <u, f'(x) v>} numerically against {@code <vjp(u), v>}, one direction v per input, so that a tensor of any size costs a few
 * evaluations; where they differ, it goes through the elements and names the worst. {@link #adjoint} compares {@code <A x, y>} with {@code
 * <x, A' y>} for an operation linear in its first input, which is exact up to rounding and so works in float32.
 *
 * <pre>{@code
 * Tensor x = Tensor.parameter(Backends.open("reference"), Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
 * System.out.println(GradCheck.check("my operation", in -> in[0].sigmoid().mul(in[0]), x));
 * }</pre>
 */
public final class GradCheck {
    /** Relative difference allowed between finite differences and gradient in float64. */
    public static final double TOLERANCE = 1e-6;

    private static final double STEP = 1e-4;
    /** Rounding of one evaluation, in units of the last place of the sum that is compared. */
    private static final double ROUNDING = 16 * 0x1p-52;

    private static final int DIRECTIONS = 3;
    private static final int ATTEMPTS = 12;

    private GradCheck() {}

    /** The outcome; {@code detail} says on failure which input, which element and both values. */
    public record Result(String name, boolean passed, double error, String detail) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%-4s %-46s %.1e%s",
                    passed ? "ok" : "FAIL",
                    name,
                    error,
                    detail.isEmpty() ? "" : "  " + detail);
        }
    }

    /**
     * Compares the gradients of a function with finite differences.
     *
     * @param inputs parameters on the reference backend; float32 is too coarse for differences
     */
    public static Result check(String name, Function<Tensor[], Tensor> function, Tensor... inputs) {
        Backend backend = inputs[0].backend();
        if (backend.roundoff() > 1e-15) {
            throw new IllegalArgumentException(
                    "gradcheck: finite differences need float64, use the reference backend and not " + backend.name());
        }
        Rng rng = Rng.of(1).stream("gradcheck");
        Tensor y = function.apply(inputs);
        double[] u = gaussian(rng, y.shape().length());
        for (Tensor input : inputs) {
            input.clearGradient();
        }
        Shape shape = y.shape();
        y.backward(NDArray.of(backend, shape, u));
        double rounding = ROUNDING * magnitude(u, y.toDoubles());
        double worst = 0;
        for (int i = 0; i < inputs.length; i++) {
            NDArray gradient = inputs[i].gradient();
            double[] g = gradient == null ? new double[inputs[i].shape().length()] : gradient.toDoubles();
            if (gradient != null && !gradient.shape().equals(inputs[i].shape())) {
                return new Result(
                        name,
                        false,
                        Double.POSITIVE_INFINITY,
                        "input " + i + " " + inputs[i].shape() + " got a gradient of shape " + gradient.shape()
                                + ": un-broadcasting is missing");
            }
            for (int direction = 0; direction < DIRECTIONS; direction++) {
                double error = alongDirection(function, inputs, i, u, g, rounding, rng);
                worst = Math.max(worst, error);
                if (!(error <= TOLERANCE)) {
                    return new Result(name, false, error, worstElement(function, inputs, i, u, g));
                }
            }
        }
        return new Result(name, true, worst, "");
    }

    private static double alongDirection(
            Function<Tensor[], Tensor> function,
            Tensor[] inputs,
            int i,
            double[] u,
            double[] g,
            double rounding,
            Rng rng) {
        double error = Double.NaN;
        // a direction that crosses a kink is drawn again, with a smaller step
        double step = STEP;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            double[] v = gaussian(rng, g.length);
            double norm = Math.sqrt(dot(v, v));
            double h = step / Math.max(norm, 1);
            double numeric = difference(function, inputs, i, u, v, h);
            double analytic = dot(g, v);
            double scale = Math.max(
                    Math.max(Math.abs(numeric), Math.abs(analytic)), 1e-2 * Math.sqrt(dot(g, g)) * norm + 1e-8);
            // an input that changes nothing, as a bias before batch normalisation, has a gradient of nothing but
            // rounding
            error = Math.abs(numeric - analytic) / (scale + rounding / h / TOLERANCE);
            if (error <= TOLERANCE) {
                return error;
            }
            step *= 0.6;
        }
        return error;
    }

    /** Goes through the elements of one input and describes the one whose gradient is furthest off. */
    private static String worstElement(
            Function<Tensor[], Tensor> function, Tensor[] inputs, int i, double[] u, double[] g) {
        int worst = 0;
        double worstNumeric = 0;
        double largest = -1;
        for (int k = 0; k < Math.min(g.length, 4096); k++) {
            double[] v = new double[g.length];
            v[k] = 1;
            double numeric = difference(function, inputs, i, u, v, STEP / 10);
            if (Math.abs(numeric - g[k]) > largest) {
                largest = Math.abs(numeric - g[k]);
                worst = k;
                worstNumeric = numeric;
            }
        }
        return String.format(
                Locale.ROOT,
                "input %d %s, element %s: gradient %.8g, finite difference %.8g",
                i,
                inputs[i].shape(),
                position(inputs[i].shape(), worst),
                g[worst],
                worstNumeric);
    }

    private static String position(Shape shape, int element) {
        int[] index = new int[shape.rank()];
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            index[axis] = element % shape.size(axis);
            element /= shape.size(axis);
        }
        return java.util.Arrays.toString(index);
    }

    /** d/dt of <u, f(x + t v)> at 0, by central differences of fourth order. */
    private static double difference(
            Function<Tensor[], Tensor> function, Tensor[] inputs, int i, double[] u, double[] v, double h) {
        double near = probe(function, inputs, i, u, v, h) - probe(function, inputs, i, u, v, -h);
        double far = probe(function, inputs, i, u, v, 2 * h) - probe(function, inputs, i, u, v, -2 * h);
        return (8 * near - far) / (12 * h);
    }

    private static double probe(
            Function<Tensor[], Tensor> function, Tensor[] inputs, int i, double[] u, double[] v, double t) {
        NDArray value = inputs[i].value();
        double[] x = value.toDoubles();
        double[] moved = x.clone();
        for (int k = 0; k < x.length; k++) {
            moved[k] += t * v[k];
        }
        value.backend().upload(moved, value);
        try {
            return dot(u, Autograd.noGrad(() -> function.apply(inputs)).toDoubles());
        } finally {
            value.backend().upload(x, value);
        }
    }

    /**
     * Compares {@code <A x, y>} with {@code <x, A' y>} for a function linear in its first input, on any backend.
     *
     * @return passed where they agree within a few units of rounding of the sum of absolute products
     */
    public static Result adjoint(String name, Function<Tensor[], Tensor> function, Tensor... inputs) {
        Backend backend = inputs[0].backend();
        Rng rng = Rng.of(2).stream("adjoint");
        Tensor out = function.apply(inputs);
        Shape shape = out.shape();
        double[] ax = out.toDoubles();
        double[] y = gaussian(rng, ax.length);
        for (int k = 0; k < y.length; k++) {
            y[k] = (float) y[k];
        }
        inputs[0].clearGradient();
        out.backward(NDArray.of(backend, shape, y));
        double[] x = inputs[0].toDoubles();
        double[] aty = inputs[0].gradient().toDoubles();
        double magnitude = 0;
        for (int k = 0; k < y.length; k++) {
            magnitude += Math.abs(ax[k] * y[k]);
        }
        for (int k = 0; k < x.length; k++) {
            magnitude += Math.abs(x[k] * aty[k]);
        }
        double error = Math.abs(dot(ax, y) - dot(x, aty)) / Math.max(magnitude, 1e-30);
        boolean passed = error <= 16 * backend.roundoff();
        return new Result(
                name, passed, error, passed ? "" : "<A x, y> = " + dot(ax, y) + ", <x, A' y> = " + dot(x, aty));
    }

    private static double magnitude(double[] a, double[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += Math.abs(a[k] * b[k]);
        }
        return sum;
    }

    private static double[] gaussian(Rng rng, int count) {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = rng.nextGaussian();
        }
        return values;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
