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

    @Test
    void optionsOfOnesOwnHaveNoPublishedFigures() {
        assertThat(PaperFigures.of(Models.Spec.parse("scnet50"))).isNotNull();
        assertThat(PaperFigures.of(Models.Spec.parse("scnet50[rate=2]"))).isNull();
        assertThat(PaperFigures.of(Models.Spec.parse("sc_resnet20"))).isNull();
    }
}
