package scgrad.scnet;

import java.util.List;
import java.util.Map;
import scgrad.core.array.Backend;
import scgrad.nn.Module;

/** The registry of attention modules: those of scgrad, and services of type {@link Attention} on the class path. */
public final class Attentions {
    private static final Registry<Attention> ALL = new Registry<>("attention", Attention.class)
            .add(of(
                    "se",
                    "squeeze and excitation (Hu et al., CVPR 2018)",
                    SqueezeExcitation::new,
                    Options.of("reduction", "16")))
            .add(of(
                    "cbam",
                    "channel and spatial attention (Woo et al., ECCV 2018)",
                    Cbam::new,
                    Options.of("reduction", "16")))
            .add(of(
                    "gc",
                    "global context (Cao et al., ICCV Workshops 2019)",
                    GlobalContext::new,
                    Options.of("reduction", "16")))
            .add(of(
                    "eca",
                    "efficient channel attention (Wang et al., CVPR 2020)",
                    EfficientChannel::new,
                    Options.of("kernel", "0"),
                    Options.of("kernel", "5")))
            .add(of(
                    "ca",
                    "coordinate attention (Hou et al., CVPR 2021)",
                    Coordinate::new,
                    Options.of("reduction", "32")))
            .add(of(
                    "ge",
                    "gather and excite (Hu et al., NeurIPS 2018)",
                    GatherExcite::new,
                    Options.of("extent", "4"),
                    Options.of("extent", "0"),
                    Options.of("extent", "2")));

    private Attentions() {}

    /** All attention modules by name. */
    public static Map<String, Attention> all() {
        return ALL.all();
    }

    /** An attention by name; an unknown one is an error with a suggestion. */
    public static Attention of(String name) {
        return ALL.of(name);
    }

    private interface Builder {
        Module build(Backend backend, int channels, Options options);
    }

    private record BuiltIn(String name, String source, Options defaults, List<Options> variants, Builder builder)
            implements Attention {
        @Override
        public Module build(Backend backend, int channels, Options options) {
            return builder.build(backend, channels, options);
        }
    }

    private static Attention of(String name, String source, Builder builder, Options defaults, Options... variants) {
        return new BuiltIn(name, source, defaults, List.of(variants), builder);
    }
}
