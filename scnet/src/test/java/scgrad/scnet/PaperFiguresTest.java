package scgrad.scnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Our networks have the parameters and the multiply-adds that were published. */
class PaperFiguresTest {
    private static Summary count(String model) {
        return Summary.of(Models.Spec.parse(model), 0, 0);
    }

    private static BigDecimal rounded(long count, long unit, BigDecimal printed) {
        return BigDecimal.valueOf(count).divide(BigDecimal.valueOf(unit), printed.scale(), RoundingMode.HALF_UP);
    }

    @TestFactory
    Stream<DynamicTest> parametersToThePrintedDigit() {
        return PaperFigures.all().entrySet().stream()
                .map(line -> DynamicTest.dynamicTest(line.getKey(), () -> assertThat(rounded(
                                count(line.getKey()).parameters(),
                                1_000_000,
                                line.getValue().parameters()))
                        .isEqualTo(line.getValue().parameters())));
    }

    @TestFactory
    Stream<DynamicTest> operationsToThePrintedDigit() {
        return PaperFigures.all().entrySet().stream()
                .filter(line -> line.getValue().operations() != null)
                .map(line -> DynamicTest.dynamicTest(line.getKey(), () -> assertThat(rounded(
                                2 * count(line.getKey()).multiplyAddsWithNorms(),
                                1_000_000_000,
                                line.getValue().operations()))
                        .isEqualTo(line.getValue().operations())));
    }

    @Test
    void parametersExactly() {
        for (String model : List.of("resnet50", "scnet50", "scnet101", "scnet50_v1d")) {
            assertThat(count(model).parameters())
                    .as(model)
                    .isEqualTo(PaperFigures.parametersExactly(model).getAsLong());
        }
    }

    @Test
    void multiplyAddsWithinOnePercentOfTheOfficialCount() {
        for (String model : List.of("scnet50", "scnet101", "scnet50_v1d")) {
            // the official counter's treatment of poolings is not known; convolutions alone are within one percent
            assertThat(count(model).multiplyAccumulates())
                    .as(model)
                    .isCloseTo(PaperFigures.multiplyAddsExactly(model).getAsLong(), withinPercentage(1));
            assertThat(count(model).multiplyAddsWithNorms())
                    .as(model)
                    .isCloseTo(PaperFigures.multiplyAddsExactly(model).getAsLong(), withinPercentage(0.1));
        }
    }

    @Test
    void cifarNetworksWithProjectionsHaveTheCountsOfTheirPublishedModels() {
        // chenyaofo/pytorch-cifar-models
        assertThat(count("resnet20[shortcut=B]").multiplyAccumulates()).isCloseTo(40_810_000L, within(5_000L));
        assertThat(count("resnet56[shortcut=B]").multiplyAccumulates()).isCloseTo(125_750_000L, within(5_000L));
    }

    @TestFactory
    Stream<DynamicTest> unitsAndAttentionsOnResNet50HaveTheirPapersParameters() {
        return Stream.of(
                        new String[] {"resnet50[attention=cbam]", "28.09"}, // Woo et al., table 4
                        new String[] {"resnet50[attention=gc]", "28.1"}, // Liu et al., table 3
                        new String[] {"resnext50_32x4d[unit=sk]", "27.5"}, // Li et al., table 1
                        new String[] {"resnet50[unit=res2net,inner=104]", "25.70"}, // Gao et al., 26w x 4s
                        // Zhang et al., table 3: ResNeSt-50, with its stem and its way to stride
                        new String[] {"resnet50[unit=splat,stem=deep,average_down=true]", "27.5"})
                .map(line -> DynamicTest.dynamicTest(line[0], () -> {
                    BigDecimal printed = new BigDecimal(line[1]);
                    assertThat(rounded(count(line[0]).parameters(), 1_000_000, printed))
                            .isEqualTo(printed);
                }));
    }

    @Test
    void countsOfAttentionsByHand() {
        long plain = count("resnet50").parameters();
        // kernels of 5, 5, 5 and 7 channels in 3, 4, 6 and 3 blocks
        assertThat(count("resnet50[attention=eca]").parameters() - plain).isEqualTo(3 * 5 + 4 * 5 + 6 * 5 + 3 * 7);
        // two depthwise 3x3 with a scale and a shift each, per channel
        long channels = 3 * 256 + 4 * 512 + 6 * 1024 + 3 * 2048;
        assertThat(count("resnet50[attention=ge]").parameters() - plain).isEqualTo(channels * 2 * (9 + 2));
        assertThat(count("resnet50[attention=ge,attention_extent=0]").parameters())
                .isEqualTo(plain);
        long coordinate = 0;
        for (int[] stage : new int[][] {{3, 256}, {4, 512}, {6, 1024}, {3, 2048}}) {
            int hidden = Math.max(8, stage[1] / 32);
            coordinate += stage[0] * (3L * stage[1] * hidden + hidden + 2 * hidden + 2L * stage[1]);
        }
        assertThat(count("resnet50[attention=ca]").parameters() - plain).isEqualTo(coordinate);
    }

    @Test
    void anUnitInSomeStagesOnly() {
        long plain = count("resnet20").multiplyAccumulates();
        long all = count("sc_resnet20").multiplyAccumulates();
        long sum = 0;
        for (String stage : List.of("1", "2", "3")) {
            sum += plain - count("sc_resnet20[unit_stages=" + stage + "]").multiplyAccumulates();
        }
        assertThat(sum).isEqualTo(plain - all).isPositive();
    }

    @Test
    void optionsOfOnesOwnHaveNoPublishedFigures() {
        assertThat(PaperFigures.of(Models.Spec.parse("scnet50"))).isNotNull();
        assertThat(PaperFigures.of(Models.Spec.parse("scnet50[rate=2]"))).isNull();
        assertThat(PaperFigures.of(Models.Spec.parse("sc_resnet20"))).isNull();
    }
}
