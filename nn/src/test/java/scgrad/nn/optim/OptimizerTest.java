package scgrad.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import scgrad.core.Rng;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.core.array.Shape;
import scgrad.core.array.StepScope;

/** Optimizers against their formulas in a loop of a few lines, and one backend against the other. */
class OptimizerTest {
    private static final double RATE = 0.1;
    private static final double DECAY = 0.02;
    private static final double[] START = {1, -2, 0.5, 3};

    /** The gradient at each step: of sum(c w^2) / 2, so that it depends on the weights. */
    private static final double[] CURVATURE = {1, 0.5, 2, 0.1};

    private static double[] run(
            Backend backend, Shape shape, int steps, Function<Map<String, Tensor>, Optimizer> make) {
        Tensor w = Tensor.parameter(backend, shape, START);
        Optimizer optimizer = make.apply(Map.of("w", w));
        for (int i = 0; i < steps; i++) {
            try (StepScope step = StepScope.open()) {
                w.mul(w)
                        .mul(Tensor.of(backend, shape, CURVATURE))
                        .sum()
                        .mul(0.5)
                        .backward();
                optimizer.step(RATE);
            }
        }
        assertThat(optimizer.steps()).isEqualTo(steps);
        assertThat(w.gradient()).isNull();
        return w.toDoubles();
    }

    private static final Backend REFERENCE = Backends.open("reference");
    private static final Shape MATRIX = Shape.of(2, 2);

    private static void assertFormula(double[] actual, double[] expected) {
        assertThat(actual).containsExactly(expected, within(1e-12));
    }

    @Test
    void plainDescent() {
        double[] w = START.clone();
        for (int step = 0; step < 3; step++) {
            for (int i = 0; i < w.length; i++) {
                w[i] -= RATE * (CURVATURE[i] * w[i] + DECAY * w[i]);
            }
        }
        assertFormula(run(REFERENCE, MATRIX, 3, parameters -> new Sgd(parameters, 0, DECAY, false, true)), w);
    }

    @Test
    void momentum() {
        assertFormula(
                run(REFERENCE, MATRIX, 4, parameters -> new Sgd(parameters, 0.9, DECAY, false, true)),
                momentum(4, false));
    }

    @Test
    void nesterovMomentum() {
        assertFormula(
                run(REFERENCE, MATRIX, 4, parameters -> new Sgd(parameters, 0.9, DECAY, true, true)),
                momentum(4, true));
    }

    /** torch.optim.SGD's documentation: the first velocity is the gradient itself. */
    private static double[] momentum(int steps, boolean nesterov) {
        double[] w = START.clone();
        double[] v = new double[w.length];
        for (int step = 0; step < steps; step++) {
            for (int i = 0; i < w.length; i++) {
                double g = CURVATURE[i] * w[i] + DECAY * w[i];
                v[i] = step == 0 ? g : 0.9 * v[i] + g;
                w[i] -= RATE * (nesterov ? g + 0.9 * v[i] : v[i]);
            }
        }
        return w;
    }

    /** Loshchilov and Hutter, ICLR 2019, algorithm 2. */
    @Test
    void adamW() {
        double[] w = START.clone();
        double[] m = new double[w.length];
        double[] s = new double[w.length];
        for (int step = 1; step <= 5; step++) {
            for (int i = 0; i < w.length; i++) {
                double g = CURVATURE[i] * w[i];
                m[i] = 0.9 * m[i] + 0.1 * g;
                s[i] = 0.999 * s[i] + 0.001 * g * g;
                double mean = m[i] / (1 - Math.pow(0.9, step));
                double square = s[i] / (1 - Math.pow(0.999, step));
                w[i] = w[i] * (1 - RATE * DECAY) - RATE * mean / (Math.sqrt(square) + 1e-8);
            }
        }
        assertFormula(run(REFERENCE, MATRIX, 5, parameters -> new AdamW(parameters, 0.9, 0.999, 1e-8, DECAY, true)), w);
    }

    @Test
    void decayLeavesParametersOfOneAxisAloneUnlessAllAreMeant() {
        Shape row = Shape.of(4);
        double[] spared = run(REFERENCE, row, 3, parameters -> new Sgd(parameters, 0.9, DECAY, false, false));
        assertThat(spared).isEqualTo(run(REFERENCE, row, 3, parameters -> new Sgd(parameters, 0.9, 0, false, false)));
        assertThat(spared)
                .isNotEqualTo(run(REFERENCE, row, 3, parameters -> new Sgd(parameters, 0.9, DECAY, false, true)));
        assertThat(run(REFERENCE, row, 3, parameters -> new AdamW(parameters, 0.9, 0.999, 1e-8, DECAY, false)))
                .isEqualTo(run(REFERENCE, row, 3, parameters -> new AdamW(parameters, 0.9, 0.999, 1e-8, 0, false)));
    }

    @Test
    void theCpuAgreesWithTheReference() {
        Backend cpu = Backends.open("cpu", 2);
        for (Function<Map<String, Tensor>, Optimizer> make :
                java.util.List.<Function<Map<String, Tensor>, Optimizer>>of(
                        parameters -> new Sgd(parameters, 0.9, DECAY, false, true),
                        parameters -> new Sgd(parameters, 0.9, DECAY, true, true),
                        parameters -> new AdamW(parameters, 0.9, 0.999, 1e-8, DECAY, true))) {
            assertThat(run(cpu, MATRIX, 10, make)).containsExactly(run(REFERENCE, MATRIX, 10, make), within(1e-5));
        }
    }

    @Test
    void aParameterWithoutAGradientStays() {
        Tensor used = Tensor.parameter(REFERENCE, Shape.of(1), 1);
        Tensor unused = Tensor.parameter(REFERENCE, Shape.of(1), Rng.of(1).nextDouble());
        double before = unused.toDoubles()[0];
        used.mul(2).backward();
        new Sgd(Map.of("used", used, "unused", unused), 0.9, 0.5, false, true).step(0.1);
        assertThat(unused.toDoubles()).containsExactly(before);
        assertThat(used.toDoubles()[0]).isNotEqualTo(1);
    }
}
