package scgrad.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.core.array.Binary;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;
import scgrad.core.array.StepScope;
import scgrad.core.array.Unary;
import scgrad.core.op.Gradient;
import scgrad.core.op.Inputs;
import scgrad.core.op.Normalization;
import scgrad.core.op.Op;
import scgrad.core.op.Products;
import scgrad.core.op.Sum;

/** The engine: what is recorded, what is added up, and whose memory lives how long. */
class AutogradTest {
    private final Backend reference = Backends.open("reference");

    private Tensor parameter(double... values) {
        return Tensor.parameter(reference, Shape.of(values.length), values);
    }

    // Gradients

    @Test
    void aTensorUsedTwiceGetsBothGradients() {
        Tensor x = parameter(3);
        x.mul(x).add(x).backward();
        assertThat(x.gradient().toDoubles()).containsExactly(7);
    }

    @Test
    void aDiamondAddsItsTwoSides() {
        Tensor x = parameter(0.5, -1);
        Tensor shared = x.mul(2);
        Tensor left = shared.mul(3);
        Tensor right = shared.mul(shared);
        left.add(right).sum().backward();
        // d(6x + 4x^2)
        assertThat(x.gradient().toDoubles()).containsExactly(new double[] {10, -2}, within(1e-12));
    }

    @Test
    void twoBackwardsAddUpUntilTheGradientIsCleared() {
        Tensor x = parameter(2);
        x.mul(3).backward();
        x.mul(x).backward();
        assertThat(x.gradient().toDoubles()).containsExactly(7);
        x.clearGradient();
        assertThat(x.gradient()).isNull();
        x.mul(5).backward();
        assertThat(x.gradient().toDoubles()).containsExactly(5);
    }

    @Test
    void whatIsDetachedGetsNoGradient() {
        Tensor x = parameter(2);
        x.mul(x.detach()).backward();
        assertThat(x.gradient().toDoubles()).containsExactly(2);
    }

    @Test
    void aBroadcastInputGetsTheSum() {
        Tensor x = Tensor.parameter(reference, Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
        Tensor row = parameter(1, 1, 1);
        Tensor column = Tensor.parameter(reference, Shape.of(2, 1), 1, 1);
        x.mul(row).mul(column).sum().backward();
        assertThat(row.gradient().toDoubles()).containsExactly(5, 7, 9);
        assertThat(column.gradient().shape()).isEqualTo(Shape.of(2, 1));
        assertThat(column.gradient().toDoubles()).containsExactly(6, 15);
    }

    @Test
    void aDeepGraphDoesNotOverflowTheStack() {
        Tensor x = parameter(1);
        Tensor y = x;
        for (int i = 0; i < 20_000; i++) {
            y = y.add(1);
        }
        y.backward();
        assertThat(x.gradient().toDoubles()).containsExactly(1);
    }

    @Test
    void eachParameterIsHandedOverOnceWhenItsGradientIsComplete() {
        Tensor early = parameter(2);
        Tensor late = parameter(3);
        List<Tensor> order = new ArrayList<>();
        List<Double> values = new ArrayList<>();
        Tensor y = early.mul(early).mul(late).add(late);
        y.backward(complete -> {
            order.add(complete);
            values.add(complete.gradient().toDoubles()[0]);
        });
        assertThat(order).containsExactly(late, early);
        assertThat(values).containsExactly(5.0, 12.0);
    }

    // Misuse

    @Test
    void aSecondBackwardIsAnError() {
        Tensor x = parameter(2);
        Tensor y = x.mul(3).sum();
        y.backward();
        assertThatThrownBy(y::backward)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("an earlier backward used up");
        assertThat(x.gradient().toDoubles()).containsExactly(3);
    }

    @Test
    void aPartThatAnEarlierBackwardUsedUpIsAnErrorAndNotALeaf() {
        Tensor x = parameter(2);
        Tensor shared = x.mul(3);
        Tensor first = shared.add(1);
        Tensor second = shared.add(2);
        first.backward();
        assertThatThrownBy(second::backward)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("add the losses and call backward once");
    }

    @Test
    void aConstantHasNoBackward() {
        Tensor y = Tensor.of(reference, Shape.of(), 1.0).mul(2);
        assertThatThrownBy(y::backward)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no parameter leads to this tensor []");
    }

    @Test
    void backwardStartsFromOneNumber() {
        Tensor y = parameter(1, 2).mul(2);
        assertThatThrownBy(y::backward)
                .hasMessage("backward: starts from one number, this is [2]; reduce it, or pass a gradient");
        assertThatThrownBy(() -> y.backward(NDArray.full(reference, Shape.of(3), 1)))
                .hasMessage("backward: gradient [3] does not fit tensor [2]");
    }

    @Test
    void twoBackendsDoNotMix() {
        Tensor x = parameter(1);
        Tensor y = Tensor.of(Backends.open("cpu", 2), Shape.of(1), 1.0);
        assertThatThrownBy(() -> x.add(y))
                .hasMessageContaining("add: inputs are on different backends, reference and cpu");
    }

    // Recording

    @Test
    void noGradRecordsNothing() {
        Tensor x = parameter(2);
        Tensor y = Autograd.noGrad(() -> {
            assertThat(Autograd.recording()).isFalse();
            return x.mul(3);
        });
        assertThat(y.needsGradient()).isFalse();
        assertThat(Autograd.recording()).isTrue();
        assertThatThrownBy(y::backward).hasMessageContaining("computed under noGrad");
    }

    private Tensor image(double first) {
        return Tensor.of(reference, Shape.of(1, 1, 2, 1), first, 2);
    }

    /** relu(2 x + residual), by a convolution of one tap and a normalisation that leaves it as it is. */
    private Tensor doubledAndAdded(Tensor x, Tensor residual) {
        NDArray zero = NDArray.full(reference, Shape.of(1), 0);
        NDArray one = NDArray.full(reference, Shape.of(1), 1);
        Tensor kernel = Tensor.of(reference, Shape.of(1, 1, 1, 1), 2.0);
        return x.convNorm(
                new Products.Conv2d(1, 0, 1, 1),
                kernel,
                new Normalization.FixedNorm(0, true, zero, one),
                Tensor.constant(one),
                Tensor.constant(zero),
                residual);
    }

    @Test
    void aResidualThatIsGivenAwayIsWrittenOver() {
        Tensor residual = image(-5);
        Tensor y = Autograd.noGrad(() -> doubledAndAdded(image(1), residual.giveAway()));
        assertThat(y.toDoubles()).containsExactly(0, 6);
        assertThat(y.value().storage()).isSameAs(residual.value().storage());
    }

    @Test
    void aResidualStaysWhereItIsNotGivenAwayOrOthersReadIt() {
        Tensor kept = image(-5);
        Autograd.noGrad(() -> doubledAndAdded(image(1), kept));
        assertThat(kept.toDoubles()).as("not given away").containsExactly(-5, 2);
        Tensor recorded = image(-5).giveAway();
        doubledAndAdded(image(1), recorded);
        assertThat(recorded.toDoubles()).as("while recording").containsExactly(-5, 2);
        Tensor shared = image(-5).giveAway();
        Tensor other = shared.detach();
        Autograd.noGrad(() -> doubledAndAdded(image(1), shared));
        assertThat(other.toDoubles()).as("another handle").containsExactly(-5, 2);
        Tensor twice = image(-5).giveAway();
        Tensor y = Autograd.noGrad(() -> doubledAndAdded(twice, twice));
        assertThat(y.toDoubles()).containsExactly(0, 6);
        assertThat(twice.toDoubles()).as("input and residual").containsExactly(-5, 2);
    }

    @Test
    void noGradEndsWithAnExceptionToo() {
        assertThatThrownBy(() -> Autograd.noGrad(() -> {
                    throw new IllegalArgumentException("inside");
                }))
                .hasMessage("inside");
        assertThat(Autograd.recording()).isTrue();
    }

    // Memory

    @Test
    void aStepGivesItsMemoryBack() {
        Tensor x = parameter(1, 2);
        Tensor y;
        try (StepScope step = StepScope.open()) {
            y = x.mul(2);
            assertThat(y.toDoubles()).containsExactly(2, 4);
        }
        assertThatThrownBy(y::toDoubles)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("memory was given back")
                .hasMessageContaining("persist()");
        assertThat(x.toDoubles()).containsExactly(1, 2);
    }

    @Test
    void backwardGivesBackWhatIsNotKept() {
        Tensor x = parameter(1, 2);
        Tensor dropped = x.mul(2);
        Tensor kept = dropped.mul(dropped).keep();
        kept.sum().backward();
        assertThatThrownBy(dropped::toDoubles).hasMessageContaining("memory was given back");
        assertThat(kept.toDoubles()).containsExactly(4, 16);
        assertThat(kept.gradient().toDoubles()).containsExactly(1, 1);
        assertThat(x.gradient().toDoubles()).containsExactly(8, 16);
    }

    /** Passes its input on, and notes whether the gradient could have been written over. */
    private record Probe(List<Boolean> free) implements Op {
        @Override
        public NDArray forward(Inputs in) {
            return in.get(0).share();
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            free.add(g.dyFree());
            return new NDArray[] {g.dy().share()};
        }
    }

    @Test
    void aGradientIsFreeWhereNobodyElseSeesIt() {
        List<Boolean> free = new ArrayList<>();
        Op probe = new Probe(free);
        Tensor x = parameter(1, 2);
        Autograd.apply(probe, x).sum().backward();
        assertThat(free).containsExactly(true);
        Autograd.apply(probe, x).keep().sum().backward();
        assertThat(free).containsExactly(true, false);
        free.clear();
        // both sides of a sum get the same numbers, and the second is the last to see them
        Autograd.apply(probe, x.mul(2))
                .add(Autograd.apply(probe, x.mul(3)))
                .sum()
                .backward();
        assertThat(free).containsExactly(false, true);
    }

    /** A ReLU whose gradient may come zeroed already, and which notes whether it did. */
    private record Rectifier(List<Boolean> rectified) implements Op {
        @Override
        public NDArray forward(Inputs in) {
            in.takeRectified();
            NDArray y = in.allocate(in.shape(0));
            in.backend().unary(Unary.RELU, 0, in.get(0), y);
            return y;
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            rectified.add(g.dyRectified());
            if (g.dyRectified()) {
                return new NDArray[] {g.dy().share()};
            }
            NDArray dx = g.like(0);
            g.backend().unaryGradient(Unary.RELU, 0, g.in(0), g.out(), g.dy(), dx);
            return new NDArray[] {dx};
        }
    }

    /** Passes its input on, adds its gradient to the sum so far, zeroes that where it may, and notes what it met. */
    private record Adder(List<String> met) implements Op {
        @Override
        public NDArray forward(Inputs in) {
            return in.get(0).share();
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            Sum sum = g.sums()[0];
            met.add(sum == null ? "nothing" : sum.rectifiable() ? "last" : "not last");
            if (sum == null) {
                NDArray dx = NDArray.full(g.backend(), g.dy().shape(), 0);
                g.backend().binary(Binary.ADD, dx, g.dy(), dx);
                return new NDArray[] {dx};
            }
            g.backend().binary(Binary.ADD, sum.array(), g.dy(), sum.array());
            if (sum.rectifiable()) {
                g.backend().unaryGradient(Unary.RELU, 0, g.in(0), g.in(0), sum.array(), sum.array());
                sum.rectify();
            }
            return new NDArray[] {sum.array()};
        }
    }

    @Test
    void theLastToAddToTheGradientOfARectifiedTensorMayZeroIt() {
        List<Boolean> rectified = new ArrayList<>();
        List<String> met = new ArrayList<>();
        Op adder = new Adder(met);
        Tensor x = parameter(-1, 2);
        Tensor y = Autograd.apply(new Rectifier(rectified), x);
        Tensor first = Autograd.apply(adder, y);
        Tensor second = Autograd.apply(adder, y);
        first.add(second).add(Autograd.apply(adder, y)).sum().backward();
        assertThat(met).containsExactly("nothing", "not last", "last");
        assertThat(rectified).containsExactly(true);
        assertThat(x.gradient().toDoubles()).containsExactly(0, 3);
    }

    @Test
    void aGradientThatIsKeptOrOfNoRectifierIsNotZeroed() {
        List<Boolean> rectified = new ArrayList<>();
        List<String> met = new ArrayList<>();
        Op adder = new Adder(met);
        Tensor x = parameter(-1, 2);
        Tensor y = Autograd.apply(new Rectifier(rectified), x).keep();
        Autograd.apply(adder, y).add(Autograd.apply(adder, y)).sum().backward();
        assertThat(met).containsExactly("nothing", "not last");
        assertThat(y.gradient().toDoubles()).containsExactly(2, 2);
        assertThat(x.gradient().toDoubles()).containsExactly(0, 2);
        Tensor plain = x.mul(1);
        Autograd.apply(adder, plain).add(Autograd.apply(adder, plain)).sum().backward();
        assertThat(met).containsExactly("nothing", "not last", "nothing", "not last");
        assertThat(rectified).containsExactly(false);
        assertThat(x.gradient().toDoubles()).containsExactly(2, 4);
    }

    /** Twice and three times its input, as two outputs. */
    private record TwiceAndThrice(List<String> arrived) implements Op {
        @Override
        public NDArray forward(Inputs in) {
            NDArray twice = in.allocate(in.shape(0));
            NDArray thrice = in.allocate(in.shape(0));
            in.backend().binary(Binary.ADD, in.get(0), in.get(0), twice);
            in.backend().binary(Binary.ADD, twice, in.get(0), thrice);
            return in.giveAll(twice, thrice);
        }

        @Override
        public NDArray[] vjp(Gradient g) {
            NDArray dx = NDArray.full(g.backend(), g.in(0).shape(), 0);
            for (int i = 0; i < 2; i++) {
                NDArray dy = g.upstream()[i].dy();
                arrived.add(Arrays.toString(dy.toDoubles()));
                for (int times = 0; times < 2 + i; times++) {
                    g.backend().binary(Binary.ADD, dx, dy, dx);
                }
            }
            return new NDArray[] {dx};
        }
    }

    @Test
    void anOperationOfTwoOutputsWaitsForTheGradientsOfBoth() {
        List<String> arrived = new ArrayList<>();
        Tensor x = parameter(1, 2);
        Tensor[] both = Autograd.applyAll(new TwiceAndThrice(arrived), x.mul(1));
        assertThat(both[0].toDoubles()).containsExactly(2, 4);
        assertThat(both[1].keep().toDoubles()).containsExactly(3, 6);
        // the second output is read by the first one's reader and once more
        both[0].mul(both[1]).add(both[1].mul(10)).sum().backward();
        assertThat(arrived).containsExactly("[3.0, 6.0]", "[12.0, 14.0]");
        assertThat(x.gradient().toDoubles()).containsExactly(6 + 36, 12 + 42);
        assertThat(both[1].gradient().toDoubles()).containsExactly(12, 14);
        assertThatThrownBy(both[0]::toDoubles).hasMessageContaining("memory was given back");
    }

    @Test
    void anOutputThatNobodyReadGetsNoGradientAndKeepsItsValue() {
        List<String> arrived = new ArrayList<>();
        Tensor x = parameter(1, 2);
        Tensor[] both = Autograd.applyAll(new TwiceAndThrice(arrived), x);
        both[1].sum().backward();
        assertThat(arrived).containsExactly("[0.0, 0.0]", "[1.0, 1.0]");
        assertThat(x.gradient().toDoubles()).containsExactly(3, 3);
        assertThat(both[0].toDoubles()).containsExactly(2, 4);
        assertThatThrownBy(() -> both[0].sum().backward()).hasMessageContaining("earlier backward used up");
    }

    @Test
    void gradientsThatMeetOrAreKeptStayWhole() {
        Tensor x = parameter(1, 2);
        Tensor left = x.mul(3).keep();
        Tensor right = x.mul(5).keep();
        Tensor both = left.add(right).keep();
        both.mul(7).sum().backward();
        assertThat(both.gradient().toDoubles()).containsExactly(7, 7);
        assertThat(left.gradient().toDoubles()).containsExactly(7, 7);
        assertThat(right.gradient().toDoubles()).containsExactly(7, 7);
        assertThat(x.gradient().toDoubles()).containsExactly(56, 56);
    }

    @Test
    void gradientsEndWithTheirStep() {
        Tensor x = parameter(1);
        try (StepScope step = StepScope.open()) {
            x.mul(2).backward();
            assertThat(x.gradient()).isNotNull();
        }
        assertThat(x.gradient()).isNull();
    }

    @Test
    void stepsNest() {
        try (StepScope outer = StepScope.open()) {
            Tensor x = Tensor.of(reference, Shape.of(1), 1.0);
            Tensor inside;
            try (StepScope inner = StepScope.open()) {
                inside = x.mul(2);
            }
            assertThatThrownBy(inside::toDoubles).isInstanceOf(IllegalStateException.class);
            assertThat(x.toDoubles()).containsExactly(1);
        }
    }

    @Test
    void twoHundredStepsTakeNoMoreMemoryThanTen() {
        // a number of threads that no other test uses, so that the pool is this test's own
        Backend cpu = Backends.open("cpu", 5);
        Tensor kernel = Tensor.parameter(NDArray.persistent(cpu, Shape.of(3, 3, 3, 8)));
        Tensor scale = Tensor.parameter(NDArray.persistent(cpu, Shape.of(8)));
        Tensor shift = Tensor.parameter(NDArray.persistent(cpu, Shape.of(8)));
        String memory = "";
        for (int i = 0; i < 200; i++) {
            try (StepScope step = StepScope.open()) {
                Tensor x = Tensor.constant(NDArray.full(cpu, Shape.of(4, 8, 8, 3), 0.5));
                Tensor y = x.conv2d(kernel, null, 1, 1, 1, 1)
                        .batchNorm(scale, shift, null, null, 1e-5, 0.1, null, true)
                        .globalAveragePool();
                y.crossEntropy(new int[] {0, 1, 2, 3}, 0.1).backward();
                kernel.clearGradient();
                scale.clearGradient();
                shift.clearGradient();
            }
            if (i == 10) {
                memory = cpu.memory();
            }
        }
        assertThat(cpu.memory()).isEqualTo(memory);
    }
}
