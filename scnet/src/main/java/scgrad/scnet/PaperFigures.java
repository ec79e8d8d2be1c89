package scgrad.scnet;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Published figures of networks that {@link Models} builds, as they were printed: ImageNet-1K, single crop (Liu, Hou, Cheng, Wang, Feng,
 * CVPR 2020, table 1), the released weights, and CIFAR-10 (He et al., CVPR 2016, table 6). A figure that nobody published is null, and shown
 * as "not available".
 */
public final class PaperFigures {
    /**
     * One network's figures.
     *
     * @param title the network's name there
     * @param parameters in millions
     * @param multiplyAdds in thousands of millions, at 224x224; table 1 rounds it from half of {@code operations}
     * @param operations two for each multiply-add, in thousands of millions; see {@link Summary#multiplyAddsWithNorms}
     * @param top1 accuracy in percent
     * @param top5 accuracy in percent
     * @param source where the accuracy was printed
     */
    public record Figures(
            String title,
            BigDecimal parameters,
            BigDecimal multiplyAdds,
            BigDecimal operations,
            BigDecimal top1,
            BigDecimal top5,
            String source) {}

    private static final String TABLE_1 = "Liu et al., CVPR 2020, table 1";
    private static final String RELEASED = "released weights, MCG-NKU/SCNet";
    private static final String CIFAR = "He et al., CVPR 2016, table 6 (CIFAR-10)";

    private static final Map<String, Figures> ALL = new LinkedHashMap<>();

    /** Counted from the released weights. */
    private static final Map<String, Long> EXACT_PARAMETERS = Map.of(
            "resnet50", 25_557_032L, "scnet50", 25_564_584L, "scnet101", 44_565_416L, "scnet50_v1d", 25_583_816L);

    /** Counted with the official code at 224x224, rounded to the last digit published. */
    private static final Map<String, Long> EXACT_MULTIPLY_ADDS =
            Map.of("scnet50", 3_951_010_000L, "scnet101", 7_204_000_000L, "scnet50_v1d", 4_715_800_000L);

    static {
        add("resnet50", "ResNet-50", "25.6", "4.1", "8.2", "76.4", "93.0", TABLE_1);
        add("scnet50", "SCNet-50", "25.6", "4.0", "7.9", "77.8", "93.9", TABLE_1);
        add("resnext50_32x4d", "ResNeXt-50", "25.0", "4.3", "8.5", "77.4", "93.4", TABLE_1);
        add("resnext50_2x40d", "ResNeXt-50 2x40d", "25.4", "4.2", "8.3", "76.8", "93.3", TABLE_1);
        add("scnext50", "SCNeXt-50", "25.0", "4.3", "8.5", "78.3", "94.0", TABLE_1);
        add("se_resnet50", "SE-ResNet-50", "28.1", "4.1", "8.2", "77.2", "93.4", TABLE_1);
        add("se_scnet50", "SE-SCNet-50", "28.1", "4.0", "7.9", "78.2", "93.9", TABLE_1);
        add("resnet101", "ResNet-101", "44.5", "7.8", "15.7", "78.0", "93.9", TABLE_1);
        add("scnet101", "SCNet-101", "44.6", "7.2", "14.4", "78.9", "94.3", TABLE_1);
        add("resnext101_32x4d", "ResNeXt-101", "44.2", "8.0", "16.0", "78.5", "94.2", TABLE_1);
        add("scnext101", "SCNeXt-101", "44.2", "8.0", "15.9", "79.2", "94.4", TABLE_1);
        add("se_resnet101", "SE-ResNet-101", "49.3", "7.9", "15.7", "78.4", "94.2", TABLE_1);
        add("se_scnet101", "SE-SCNet-101", "49.3", "7.2", "14.4", "78.9", "94.3", TABLE_1);
        add("scnet50_v1d", "SCNet-50_v1d", "25.58", "4.7", null, "80.47", "95.32", RELEASED);
        add("resnet20", "ResNet-20", "0.27", null, null, "91.25", null, CIFAR);
        add("resnet32", "ResNet-32", "0.46", null, null, "92.49", null, CIFAR);
        add("resnet44", "ResNet-44", "0.66", null, null, "92.83", null, CIFAR);
        add("resnet56", "ResNet-56", "0.85", null, null, "93.03", null, CIFAR);
        add("resnet110", "ResNet-110", "1.7", null, null, "93.57", null, CIFAR);
    }

    private PaperFigures() {}

    private static void add(
            String model,
            String title,
            String parameters,
            String multiplyAdds,
            String operations,
            String top1,
            String top5,
            String source) {
        ALL.put(
                model,
                new Figures(
                        title,
                        number(parameters),
                        number(multiplyAdds),
                        number(operations),
                        number(top1),
                        number(top5),
                        source));
    }

    private static BigDecimal number(String printed) {
        return printed == null ? null : new BigDecimal(printed);
    }

    /** Everything published, by the name in {@link Models}. */
    public static Map<String, Figures> all() {
        return java.util.Collections.unmodifiableMap(ALL);
    }

    /** The figures of a network as it was published, that is without options of one's own; null where there are none. */
    public static Figures of(Models.Spec spec) {
        return spec.options().values().isEmpty() ? ALL.get(spec.name()) : null;
    }

    /** The number of parameters to the last one, where it is known. */
    public static OptionalLong parametersExactly(String model) {
        Long count = EXACT_PARAMETERS.get(model);
        return count == null ? OptionalLong.empty() : OptionalLong.of(count);
    }

    /** Multiply-adds of one image, where more digits are known than were printed. */
    public static OptionalLong multiplyAddsExactly(String model) {
        Long count = EXACT_MULTIPLY_ADDS.get(model);
        return count == null ? OptionalLong.empty() : OptionalLong.of(count);
    }
}
