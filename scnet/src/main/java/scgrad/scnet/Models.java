package scgrad.scnet;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import scgrad.core.array.Backend;
import scgrad.nn.Suggestion;

/**
 * Networks by name: {@code scnet50}, {@code resnet20}, {@code sc_resnet20[pool=max,rate=2]}. A name is a set of defaults for the options of a
 * residual network; the options in brackets, those of the convolution unit among them, go on top.
 */
public final class Models {
    private static final Map<Integer, List<Integer>> IMAGENET = Map.of(
            18, List.of(2, 2, 2, 2),
            34, List.of(3, 4, 6, 3),
            50, List.of(3, 4, 6, 3),
            101, List.of(3, 4, 23, 3),
            152, List.of(3, 8, 36, 3));

    /** 6n + 2 layers in basic blocks (He et al., CVPR 2016, section 4.2). */
    private static final List<Integer> CIFAR_BASIC = List.of(8, 14, 20, 26, 32, 44, 56, 110);

    /** 9n + 2 layers in bottlenecks. */
    private static final List<Integer> CIFAR_BOTTLENECK = List.of(29, 38, 47, 164);

    /** Before an attention's own options, which a unit's may share their names with. */
    private static final String ATTENTION = "attention_";

    private static final Map<String, Options> CATALOGUE = catalogue();

    private Models() {}

    /**
     * A network as it is written.
     *
     * @param name in the catalogue
     * @param options on top of the name's defaults
     */
    public record Spec(String name, Options options) {
        private static final Pattern FORM = Pattern.compile("([^\\[\\]]+)(?:\\[([^\\[\\]]*)])?");

        /** Reads {@code name[key=value,...]}. */
        public static Spec parse(String text) {
            Matcher matcher = FORM.matcher(text.strip());
            if (!matcher.matches()) {
                throw new IllegalArgumentException("model '" + text + "' must read NAME or NAME[key=value,...]");
            }
            String name = matcher.group(1).strip();
            return new Spec(name, Options.parse(name, matcher.group(2) == null ? "" : matcher.group(2)));
        }

        @Override
        public String toString() {
            return options.values().isEmpty() ? name : name + "[" + options + "]";
        }
    }

    /** Every name, with the defaults behind it. */
    public static Map<String, Options> all() {
        return CATALOGUE;
    }

    /** The design of a network with a number of classes; the option {@code classes} wins. */
    public static ResNet.Design design(Spec spec, int classes) {
        Options defaults = CATALOGUE.get(spec.name);
        if (defaults == null) {
            throw new IllegalArgumentException("unknown model '" + spec.name + "'"
                    + Suggestion.clause(spec.name, CATALOGUE.keySet()) + "; './scgrad models' lists all");
        }
        String unitName = spec.options.values().getOrDefault("unit", defaults.text("unit"));
        ConvUnit unit = ConvUnits.of(unitName);
        Map<String, String> known = new LinkedHashMap<>(defaults.values());
        known.putIfAbsent("classes", Integer.toString(classes));
        unit.defaults().values().forEach((key, value) -> {
            if (known.putIfAbsent(key, value) != null) {
                throw new IllegalStateException(
                        "unit " + unitName + ": its option '" + key + "' is already one of every network");
            }
        });
        String attentionName = spec.options.values().getOrDefault("attention", defaults.text("attention"));
        Attention attention = attentionName.equals("none") ? null : Attentions.of(attentionName);
        if (attention != null) {
            attention.defaults().values().forEach((key, value) -> known.put(ATTENTION + key, value));
        }
        Options options = new Options(known).with(spec.toString(), spec.options);
        boolean cifar = options.text("stem").equals("cifar");
        List<Integer> depths = depths(options, cifar);
        return new ResNet.Design(
                switch (options.choice("stem", "imagenet", "deep", "cifar")) {
                    case "cifar" -> ResNet.Stem.CIFAR;
                    case "deep" -> ResNet.Stem.DEEP;
                    default -> ResNet.Stem.IMAGENET;
                },
                options.choice("block", "basic", "bottleneck").equals("bottleneck"),
                depths,
                options.integer("width"),
                Double.parseDouble(options.text("inner")),
                options.integer("groups"),
                options.choice("shortcut", "A", "B").equals("A") ? ResNet.Shortcut.PAD : ResNet.Shortcut.PROJECT,
                unit,
                options.only(unit.defaults()),
                stages(options, depths.size()),
                attention,
                attention == null ? Options.NONE : options.without(ATTENTION).only(attention.defaults()),
                options.flag("average_down"),
                Integer.parseInt(options.choice("dilation", "1", "2", "4")),
                options.integer("classes"));
    }

    private static List<Integer> depths(Options options, boolean cifar) {
        int depth = options.integer("depth");
        if (!cifar) {
            return IMAGENET.get(depth);
        }
        int layers = options.text("block").equals("basic") ? 6 : 9;
        int blocks = (depth - 2) / layers;
        if (blocks < 1 || blocks * layers + 2 != depth) {
            throw new IllegalArgumentException(
                    "depth " + depth + " must be " + layers + "n + 2 in " + options.text("block") + " blocks");
        }
        return List.of(blocks, blocks, blocks);
    }

    /** {@code all}, or digits such as 34: the third and the fourth stage. */
    private static Set<Integer> stages(Options options, int count) {
        String text = options.text("unit_stages");
        Set<Integer> stages = new TreeSet<>();
        for (int stage = 1; stage <= count; stage++) {
            if (text.equals("all") || text.indexOf('0' + stage) >= 0) {
                stages.add(stage);
            }
        }
        if (!text.equals("all") && stages.size() != text.length()) {
            throw new IllegalArgumentException("option unit_stages=" + text
                    + " must be all, or the stages' digits, each once, such as 23; there are 1 to " + count);
        }
        return stages;
    }

    /** Builds a network; its parameters are zero until {@link scgrad.nn.Module#initialize}. */
    public static ResNet create(Backend backend, Spec spec, int classes) {
        return new ResNet(backend, design(spec, classes));
    }

    /** Builds a network by its written form. */
    public static ResNet create(Backend backend, String spec, int classes) {
        return create(backend, Spec.parse(spec), classes);
    }

    // The catalogue

    private static Map<String, Options> catalogue() {
        Map<String, Options> all = new LinkedHashMap<>();
        for (int depth : List.of(18, 34, 50, 101, 152)) {
            all.put("resnet" + depth, imagenet(depth));
        }
        for (int depth : List.of(50, 101)) {
            all.put("resnext" + depth + "_32x4d", imagenet(depth, "groups", "32", "inner", "4"));
        }
        all.put("resnext50_2x40d", imagenet(50, "groups", "2", "inner", "40"));
        all.put("wide_resnet50_2", imagenet(50, "inner", "128"));
        for (int depth : List.of(50, 101)) {
            all.put("se_resnet" + depth, imagenet(depth, "attention", "se"));
        }
        for (int depth : List.of(50, 101)) {
            all.put("scnet" + depth, imagenet(depth, "unit", "sc"));
        }
        for (int depth : List.of(50, 101)) {
            all.put("scnet" + depth + "_v1d", imagenet(depth, "unit", "sc", "stem", "deep", "average_down", "true"));
        }
        for (int depth : List.of(50, 101)) {
            // 32 groups of 2 in each half: the only count that gives the paper's parameters
            all.put("scnext" + depth, imagenet(depth, "unit", "sc", "groups", "32", "inner", "4"));
        }
        for (int depth : List.of(50, 101)) {
            all.put("se_scnet" + depth, imagenet(depth, "unit", "sc", "attention", "se"));
        }
        for (String prefix : List.of("", "sc_", "se_", "se_sc_")) {
            List<Integer> depths = new ArrayList<>(CIFAR_BASIC);
            depths.addAll(CIFAR_BOTTLENECK);
            for (int depth : depths) {
                all.put(prefix + "resnet" + depth, cifar(depth, prefix));
            }
        }
        for (String prefix : List.of("", "sc_")) {
            for (int depth : CIFAR_BASIC) {
                all.put(prefix + "resnext" + depth, cifar(depth, prefix, "groups", "4"));
            }
            for (int depth : CIFAR_BOTTLENECK) {
                all.put(prefix + "resnext" + depth, cifar(depth, prefix, "groups", "8", "inner", "16"));
            }
        }
        return java.util.Collections.unmodifiableMap(all);
    }

    private static Options imagenet(int depth, String... changes) {
        return Options.of(
                        "stem",
                        "imagenet",
                        "block",
                        depth < 50 ? "basic" : "bottleneck",
                        "depth",
                        Integer.toString(depth),
                        "width",
                        "64",
                        "inner",
                        "64",
                        "groups",
                        "1",
                        "shortcut",
                        "B",
                        "unit",
                        "plain",
                        "unit_stages",
                        "all",
                        "average_down",
                        "false",
                        "attention",
                        "none",
                        "dilation",
                        "1")
                .with("catalogue", Options.of(changes));
    }

    private static Options cifar(int depth, String prefix, String... changes) {
        boolean basic = CIFAR_BASIC.contains(depth);
        return Options.of(
                        "stem",
                        "cifar",
                        "block",
                        basic ? "basic" : "bottleneck",
                        "depth",
                        Integer.toString(depth),
                        "width",
                        basic ? "16" : "32",
                        "inner",
                        "64",
                        "groups",
                        "1",
                        "shortcut",
                        basic ? "A" : "B",
                        "unit",
                        prefix.contains("sc_") ? "sc" : "plain",
                        "unit_stages",
                        "all",
                        "average_down",
                        "false",
                        "attention",
                        prefix.contains("se_") ? "se" : "none",
                        "dilation",
                        "1")
                .with("catalogue", Options.of(changes));
    }
}
