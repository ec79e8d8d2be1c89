package scgrad.scnet;

import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** The registry of convolution units: those of scgrad, and services of type {@link ConvUnit} on the class path. */
public final class ConvUnits {
    private static final Registry<ConvUnit> ALL = new Registry<>("unit", ConvUnit.class)
            .add(new Plain())
            .add(new SelfCalibration())
            .add(of("sk", "selective kernels (Li et al., CVPR 2019)", SelectiveKernel.DEFAULTS, SelectiveKernel::new))
            .add(of(
                    "splat",
                    "split attention (Zhang et al., ResNeSt, 2020)",
                    SplitAttention.DEFAULTS,
                    SplitAttention::new))
            .add(of("res2net", "hierarchy of channels (Gao et al., TPAMI 2021)", Res2Net.DEFAULTS, Res2Net::new));

    private ConvUnits() {}

    /** Adds a unit under its name. */
    public static void register(ConvUnit unit) {
        ALL.add(unit);
    }

    /** All units by name. */
    public static Map<String, ConvUnit> all() {
        return ALL.all();
    }

    /** A unit by name; an unknown one is an error with a suggestion. */
    public static ConvUnit of(String name) {
        return ALL.of(name);
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
        Unit built = bottleneck ? unit.buildBottleneck(site, options) : unit.build(site, options);
        if (built == null) {
            throw new IllegalStateException(
                    "unit " + unit.name() + ": " + unit.getClass().getName() + " built null");
        }
        return built;
    }

    private record Simple(String name, String source, Options defaults, BiFunction<Site, Options, Unit> builder)
            implements ConvUnit {
        @Override
        public Unit build(Site site, Options options) {
            return builder.apply(site, options);
        }
    }

    private static ConvUnit of(String name, String source, Options defaults, BiFunction<Site, Options, Unit> builder) {
        return new Simple(name, source, defaults, builder);
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
