package scgrad.scnet;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import scgrad.nn.Suggestion;

/** The registry of convolution units: those of scgrad, and services of type {@link ConvUnit} on the class path. */
public final class ConvUnits {
    private static final Map<String, ConvUnit> UNITS = new LinkedHashMap<>();

    static {
        register(new Plain());
        register(new SelfCalibration());
        ServiceLoader.load(ConvUnit.class).forEach(ConvUnits::register);
    }

    private ConvUnits() {}

    /** Adds a unit under its name. */
    public static void register(ConvUnit unit) {
        if (UNITS.putIfAbsent(unit.name(), unit) != null) {
            throw new IllegalArgumentException("two convolution units are named '" + unit.name() + "'");
        }
    }

    /** All units by name. */
    public static Map<String, ConvUnit> all() {
        return java.util.Collections.unmodifiableMap(UNITS);
    }

    /** A unit by name; an unknown one is an error with a suggestion. */
    public static ConvUnit of(String name) {
        ConvUnit unit = UNITS.get(name);
        if (unit == null) {
            throw new IllegalArgumentException("unknown unit '" + name + "'" + Suggestion.clause(name, UNITS.keySet())
                    + "; there are " + String.join(", ", UNITS.keySet()));
        }
        return unit;
    }

    /**
     * A unit in its place.
     *
     * @param bottleneck in the place of a bottleneck's reduction and 3x3 convolution
     * @param averageDown with the stride in an average pooling behind it, whatever the unit
     */
    static Unit build(ConvUnit unit, Options options, Site site, boolean bottleneck, boolean averageDown) {
        if (averageDown) {
            return new PooledUnit(site, inner -> build(unit, options, inner, bottleneck, false));
        }
        return bottleneck ? unit.buildBottleneck(site, options) : unit.build(site, options);
    }

    private record Plain() implements ConvUnit {
        @Override
        public String name() {
            return "plain";
        }

        @Override
        public String source() {
            return "3x3 convolution and batch normalisation (He et al., CVPR 2016)";
        }

        @Override
        public Unit build(Site site, Options options) {
            return new PlainUnit(site);
        }

        @Override
        public String key(Site site) {
            return "";
        }
    }

    private record SelfCalibration() implements ConvUnit {
        @Override
        public String name() {
            return "sc";
        }

        @Override
        public String source() {
            return "self-calibrated convolution (Liu et al., CVPR 2020)";
        }

        @Override
        public Options defaults() {
            return SelfCalibrated.Design.DEFAULTS;
        }

        @Override
        public List<Options> variants() {
            return List.of(
                    Options.of("rate", "1"),
                    Options.of("rate", "2", "pool", "max"),
                    Options.of("rate", "3", "up", "bilinear"),
                    Options.of("identity", "false"),
                    Options.of("calibrate", "false"),
                    Options.of("split", "false"));
        }

        @Override
        public Unit build(Site site, Options options) {
            SelfCalibrated.Design design = SelfCalibrated.Design.of(options);
            return design.split() ? SplitUnit.sliced(site, design) : new SelfCalibrated(site, design);
        }

        @Override
        public Unit buildBottleneck(Site site, Options options) {
            SelfCalibrated.Design design = SelfCalibrated.Design.of(options);
            return design.split()
                    ? SplitUnit.reduced(site, design)
                    : new ReducedUnit(site, inner -> new SelfCalibrated(inner, design));
        }
    }
}
