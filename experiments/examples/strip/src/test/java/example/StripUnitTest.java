package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import scgrad.core.GradCheck;
import scgrad.scnet.ConvUnits;
import scgrad.scnet.Models;
import scgrad.scnet.Summary;
import scgrad.scnet.UnitChecks;

/** The unit is found, its gradients are right in every place of a network, and it costs what it should. */
class StripUnitTest {
    @TestFactory
    Stream<DynamicTest> gradients() {
        return UnitChecks.of(ConvUnits.of("strip")).stream()
                .map(row -> DynamicTest.dynamicTest(row.toString(), () -> {
                    GradCheck.Result result = row.gradients();
                    assertTrue(result.passed(), result.toString());
                }));
    }

    @Test
    void parameters() {
        long plain = count("resnet20");
        long strip = count("resnet20[unit=strip]");
        // each of three stages has six units, whose 1x1 convolutions and scales are what is new
        long mixes = 6 * (16 * 16 + 2 * 16) + 6 * (32 * 32 + 2 * 32) + 6 * (64 * 64 + 2 * 64);
        assertEquals(mixes, strip - plain);
    }

    private static long count(String model) {
        return Summary.of(Models.Spec.parse(model), 10, 32).parameters();
    }
}
