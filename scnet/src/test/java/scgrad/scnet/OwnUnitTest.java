package scgrad.scnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import scgrad.core.GradCheck;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.core.array.Shape;
import scgrad.nn.Conv2d;

/** The mistakes of whoever writes a unit for the first time: each is found, and named. */
class OwnUnitTest {
    private final Backend reference = Backends.open("reference");

    /** A unit that is a function of its one convolution's output. */
    private record Own(String name, boolean registered, boolean strided, Function<Tensor, Tensor> after)
            implements ConvUnit {
        @Override
        public String source() {
            return "a test";
        }

        @Override
        public Unit build(Site site, Options options) {
            return new Built(site, this);
        }
    }

    private static final class Built extends Unit {
        private final Conv2d convolution;
        private final Function<Tensor, Tensor> after;

        private Built(Site site, Own own) {
            super(site);
            Conv2d made = new Conv2d(
                    site.backend(),
                    site.in(),
                    site.out(),
                    Conv2d.Options.same(3).stride(own.strided ? site.stride() : 1));
            convolution = own.registered ? child("conv", made) : made;
            after = own.after;
        }

        @Override
        protected Tensor forward(Tensor x) {
            return after.apply(convolution.apply(x));
        }
    }

    private static final Own RIGHT = new Own("right", true, true, y -> y);
    private static final Own NO_STRIDE = new Own("no-stride", true, false, y -> y);
    /** Broadcasts against a shortcut without an error. */
    private static final Own COLLAPSED = new Own("collapsed", true, true, y -> y.meanKeep(1, 2));

    private static final Own NO_CHILD = new Own("no-child", false, true, y -> y);

    private static GradCheck.Result check(Own unit) {
        UnitChecks.Place place = new UnitChecks.Place(4, 6, 7, 5, 2, 1, 1, false, false);
        return new UnitChecks.Case(unit, Options.NONE, place, true, UnitChecks.Form.RESIDUAL).gradients();
    }

    @Test
    void aRightOnePasses() {
        assertThat(check(RIGHT).passed()).isTrue();
    }

    @Test
    void aLayerThatIsNoChildIsFound() {
        assertThat(check(NO_CHILD).passed()).isFalse();
        assertThat(check(NO_CHILD).detail())
                .startsWith("a Conv2d runs that is nobody's child")
                .contains("child(\"name\", ...)");
    }

    @Test
    void aWrongShapeIsNamedInANetworkToo() {
        Tensor x = Tensor.parameter(reference, Shape.of(1, 4, 4, 1), new double[16]);
        Tensor shortcut = Tensor.parameter(reference, Shape.of(1, 2, 2, 2), new double[8]);
        for (Own unit : List.of(NO_STRIDE, COLLAPSED)) {
            Unit built = unit.build(Site.of(reference, 1, 2, 2), Options.NONE);
            assertThatThrownBy(() -> built.activated(x, shortcut))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("Built, a unit of 1 to 2 channels with stride 2, makes [1, ")
                    .hasMessageEndingWith(" of [1, 4, 4, 1] and must make [1, 2, 2, 2]");
        }
    }

    @TestFactory
    Stream<DynamicTest> aWrongShapeFailsTheCheck() {
        return Stream.of(NO_STRIDE, COLLAPSED)
                .map(unit -> DynamicTest.dynamicTest(unit.name, () -> assertThatThrownBy(() -> check(unit))
                        .hasMessageContaining("and must make [3, 4, 3, 6]")));
    }

    @Test
    void aNameThatIsTakenOrCannotBeWrittenIsRefused() {
        Registry<ConvUnit> registry = new Registry<>("unit", ConvUnit.class).add(RIGHT);
        assertThatThrownBy(() -> registry.add(new Own("right", true, true, y -> y)))
                .hasMessage("unit 'right' of " + Own.class.getName() + ": the name is taken, by " + Own.class.getName()
                        + "; choose another");
        assertThatThrownBy(() -> registry.add(new Own("my unit,x", true, true, y -> y)))
                .hasMessageContaining("unit 'my unit,x'")
                .hasMessageContaining("letters, digits, _ and -");
    }

    @Test
    void anUnknownNameSaysWhereOnesOwnComeFrom() {
        assertThatThrownBy(() -> ConvUnits.of("ghost"))
                .hasMessageStartingWith("unknown unit 'ghost'; there are plain, sc")
                .hasMessageContaining("SCGRAD_PLUGINS")
                .hasMessageEndingWith("META-INF/services/scgrad.scnet.ConvUnit");
    }

    @Test
    void anOptionThatHasNoDefaultIsTheCodesFault() {
        assertThatThrownBy(() -> Options.of("kernel", "3").integer("kernl"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("option 'kernl' is read but not among the defaults (kernel)");
    }
}
