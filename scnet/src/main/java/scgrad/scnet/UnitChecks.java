package scgrad.scnet;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import scgrad.core.GradCheck;
import scgrad.core.Rng;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;
import scgrad.nn.Module;
import scgrad.nn.Observation;

/**
 * The table of every registered {@link ConvUnit} in places worth trying: {@code ./scgrad gradcheck} lists it, and the tests run each row for
 * shapes, gradients, the round trip of its state and the agreement of backends. A new unit is checked as soon as it is registered.
 */
public final class UnitChecks {
    private static final int BATCH = 3;

    /** What of a unit is run: the unit alone, with the activation behind it, or with a residual before that. */
    public enum Form {
        ALONE,
        ACTIVATED,
        RESIDUAL
    }

    /**
     * A place in a network.
     *
     * @param bottleneck in the place of a bottleneck's reduction and 3x3 convolution
     */
    public record Place(
            int in,
            int out,
            int height,
            int width,
            int stride,
            int dilation,
            int groups,
            boolean averageDown,
            boolean bottleneck) {
        Shape input() {
            return Shape.of(BATCH, height, width, in);
        }

        Shape output() {
            return Site.output(input(), stride, out);
        }

        @Override
        public String toString() {
            return in + "to" + out + " " + height + "x" + width + (stride > 1 ? " s" + stride : "")
                    + (dilation > 1 ? " d" + dilation : "") + (groups > 1 ? " g" + groups : "")
                    + (averageDown ? " averaged" : "") + (bottleneck ? " bottleneck" : "");
        }
    }

    /** One row. */
    public record Case(ConvUnit unit, Options options, Place place, boolean training, Form form) {
        /** The unit with random parameters, the scales of its normalisations included. */
        public Unit build(Backend backend) {
            Site site = new Site(backend, place.in, place.out, place.stride, place.dilation, place.groups, 2);
            Options all = unit.defaults().with(unit.name(), options);
            Unit built = ConvUnits.build(unit, all, site, place.bottleneck, place.averageDown);
            Rng rng = Rng.of(1).stream(toString());
            built.initialize(rng);
            built.state().forEach((key, value) -> randomize(key, value, rng.stream(key)));
            if (!training) {
                built.eval();
            }
            return built;
        }

        private static void randomize(String key, NDArray value, Rng rng) {
            double[] values = value.toDoubles();
            boolean scale = key.endsWith("weight") || key.endsWith("running_var");
            double bound = 0.5;
            boolean untouched = java.util.Arrays.stream(values).allMatch(number -> number == values[0]);
            if (value.shape().rank() == 1 || untouched) {
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (rng.uniform(-bound, bound)
                            + (scale && value.shape().rank() == 1 ? 1 : 0));
                }
                value.backend().upload(values, value);
            }
        }

        /** An input for it, and a residual that fits its output. */
        public Tensor[] inputs(Backend backend) {
            Rng rng = Rng.of(2).stream(toString());
            Tensor x = random(backend, place.input(), rng);
            return form == Form.RESIDUAL ? new Tensor[] {x, random(backend, place.output(), rng)} : new Tensor[] {x};
        }

        private static Tensor random(Backend backend, Shape shape, Rng rng) {
            double[] values = new double[shape.length()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) rng.nextGaussian();
            }
            return Tensor.parameter(backend, shape, values);
        }

        /** Runs it in its form. */
        public Tensor run(Unit built, Tensor... inputs) {
            return switch (form) {
                case ALONE -> built.apply(inputs[0]);
                case ACTIVATED -> built.activated(inputs[0], null);
                case RESIDUAL -> built.activated(inputs[0], inputs[1]);
            };
        }

        /** What is wrong before any gradient is: the shape of the output, or a layer that is no child. */
        private Optional<String> fault(Unit built, Tensor... inputs) {
            Set<Module> known = Collections.newSetFromMap(new IdentityHashMap<>());
            built.modules().forEach(named -> known.add(named.module()));
            List<Module> strangers = new ArrayList<>();
            Tensor y = Observation.during(
                    (module, in, out) -> {
                        if (!known.contains(module)) {
                            strangers.add(module);
                        }
                    },
                    () -> run(built, inputs));
            if (!strangers.isEmpty()) {
                return Optional.of(unregistered(strangers.get(0)));
            }
            return y.shape().equals(place.output())
                    ? Optional.empty()
                    : Optional.of("makes " + y.shape() + " and must make " + place.output());
        }

        /** Compares the gradients of the input, of the residual and of every parameter with finite differences. */
        public GradCheck.Result gradients() {
            Backend reference = Backends.open("reference");
            Unit built = build(reference);
            Tensor[] given = inputs(reference);
            Map<String, Tensor> parameters = built.parameters();
            List<Tensor> all = new ArrayList<>(List.of(given));
            all.addAll(parameters.values());
            Optional<String> fault = fault(built, given);
            if (fault.isPresent()) {
                return new GradCheck.Result(toString(), false, Double.NaN, fault.get());
            }
            Function<Tensor[], Tensor> function = tensors -> run(built, java.util.Arrays.copyOf(tensors, given.length));
            GradCheck.Result result = GradCheck.check(toString(), function, all.toArray(Tensor[]::new));
            if (result.passed()) {
                return result;
            }
            List<String> names = new ArrayList<>(given.length > 1 ? List.of("x", "residual") : List.of("x"));
            names.addAll(parameters.keySet());
            return new GradCheck.Result(
                    result.name(), false, result.error(), result.detail() + "; the inputs are " + names);
        }

        @Override
        public String toString() {
            return unit.name() + (options.values().isEmpty() ? "" : "[" + options + "]") + " " + place
                    + (training ? " training " : " eval ") + form.name().toLowerCase(Locale.ROOT);
        }
    }

    private static final List<Place> PLACES = List.of(
            new Place(6, 4, 8, 8, 1, 1, 1, false, false),
            new Place(4, 6, 7, 5, 2, 1, 1, false, false),
            new Place(8, 8, 7, 5, 1, 1, 2, false, false),
            new Place(4, 4, 3, 2, 1, 1, 1, false, false),
            new Place(4, 4, 9, 8, 1, 2, 1, false, false),
            new Place(4, 6, 8, 7, 2, 1, 1, true, false),
            new Place(10, 8, 7, 5, 2, 1, 2, false, true),
            new Place(10, 6, 8, 8, 2, 1, 1, true, true));

    private UnitChecks() {}

    static String unregistered(Module stranger) {
        return "a " + stranger.kind()
                + " runs that is nobody's child: it is neither initialised nor trained nor saved; make it"
                + " with child(\"name\", ...)";
    }

    /** All rows of all registered units and attention modules. */
    public static List<Case> all() {
        List<Case> cases = new ArrayList<>();
        ConvUnits.all().values().forEach(unit -> cases.addAll(of(unit)));
        Attentions.all().values().forEach(attention -> cases.addAll(of(attention)));
        return List.copyOf(cases);
    }

    /** The rows of one attention, behind a plain convolution. */
    public static List<Case> of(Attention attention) {
        ConvUnit unit = new Attended(attention);
        List<Case> cases = new ArrayList<>();
        for (Place place : PLACES.subList(0, 3)) {
            cases.add(new Case(unit, Options.NONE, place, true, Form.ALONE));
            cases.add(new Case(unit, Options.NONE, place, false, Form.RESIDUAL));
        }
        for (Options options : attention.variants()) {
            cases.add(new Case(unit, options, PLACES.get(1), true, Form.ALONE));
        }
        return cases;
    }

    /** A plain convolution and an attention behind it, as a unit. */
    private record Attended(Attention attention) implements ConvUnit {
        @Override
        public String name() {
            return "plain+" + attention.name();
        }

        @Override
        public String source() {
            return attention.source();
        }

        @Override
        public Options defaults() {
            return attention.defaults();
        }

        @Override
        public Unit build(Site site, Options options) {
            return new AttendedUnit(site, attention.build(site.backend(), site.out(), options));
        }
    }

    private static final class AttendedUnit extends Unit {
        private final PlainUnit plain;
        private final Module attention;

        private AttendedUnit(Site site, Module attention) {
            super(site);
            plain = child("", new PlainUnit(site));
            this.attention = child("attention", attention);
        }

        @Override
        protected Tensor forward(Tensor x) {
            return attention.apply(plain.apply(x));
        }
    }

    /** The rows of one unit. */
    public static List<Case> of(ConvUnit unit) {
        List<Case> cases = new ArrayList<>();
        for (Place place : PLACES) {
            for (Form form : Form.values()) {
                cases.add(new Case(unit, Options.NONE, place, true, form));
                cases.add(new Case(unit, Options.NONE, place, false, form));
            }
        }
        for (Options options : unit.variants()) {
            cases.add(new Case(unit, options, PLACES.get(1), true, Form.ALONE));
            cases.add(new Case(unit, options, PLACES.get(2), false, Form.ACTIVATED));
        }
        return cases;
    }
}
