package scgrad.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The learning rate at the steps that matter. */
class ScheduleTest {
    private static void assertRate(Schedule schedule, long step, long total, double expected) {
        assertThat(schedule.rate(step, total))
                .as(schedule + " at " + step + " of " + total)
                .isCloseTo(expected, within(expected * 1e-9));
    }

    @Test
    void constant() {
        Schedule schedule = Schedule.of("constant", 0.1);
        assertRate(schedule, 0, 100, 0.1);
        assertRate(schedule, 99, 100, 0.1);
    }

    @Test
    void multiStepDividesByTenAtAHalfAndThreeQuarters() {
        Schedule schedule = Schedule.of("multistep", 0.1);
        assertRate(schedule, 0, 200, 0.1);
        assertRate(schedule, 99, 200, 0.1);
        assertRate(schedule, 100, 200, 0.01);
        assertRate(schedule, 149, 200, 0.01);
        assertRate(schedule, 150, 200, 0.001);
        assertRate(schedule, 199, 200, 0.001);
    }

    @Test
    void cosine() {
        Schedule schedule = Schedule.of("cosine", 0.2);
        assertRate(schedule, 0, 100, 0.2);
        assertRate(schedule, 50, 100, 0.1);
        assertRate(schedule, 75, 100, 0.1 * (1 - Math.sqrt(0.5)));
        assertThat(schedule.rate(99, 100)).isBetween(0.0, 0.001);
    }

    /** torch.optim.lr_scheduler.OneCycleLR(max_lr=0.3, total_steps=100, pct_start=0.25): peak at step 24, the end at step 99. */
    @Test
    void oneCycleIsPyTorchs() {
        Schedule schedule = Schedule.of("onecycle", 0.3);
        double end = 0.3 / 25 / 1e4;
        assertRate(schedule, 0, 100, 0.3 / 25);
        assertRate(schedule, 12, 100, (0.3 / 25 + 0.3) / 2);
        assertRate(schedule, 24, 100, 0.3);
        assertRate(schedule, 49, 100, end + (0.3 - end) / 2 * (1 + Math.cos(Math.PI / 3)));
        assertRate(schedule, 74, 100, end + (0.3 - end) / 2 * (1 + Math.cos(2 * Math.PI / 3)));
        assertRate(schedule, 99, 100, end);
    }

    @ParameterizedTest
    @ValueSource(strings = {"constant", "multistep", "cosine", "onecycle"})
    void theShortestTrainingsHaveARate(String name) {
        for (int total = 1; total <= 8; total++) {
            for (int step = 0; step < total; step++) {
                assertThat(Schedule.of(name, 0.1).rate(step, total))
                        .as(step + " of " + total)
                        .isGreaterThan(0)
                        .isLessThan(0.1000001);
                assertThat(new Schedule.WarmUp(3, Schedule.of(name, 0.1)).rate(step, total))
                        .isGreaterThan(0)
                        .isLessThan(0.1000001);
            }
        }
    }

    @Test
    void warmUpIsLinearAndThenTheOther() {
        Schedule schedule = new Schedule.WarmUp(5, new Schedule.Cosine(0.1));
        assertRate(schedule, 0, 105, 0.02);
        assertRate(schedule, 4, 105, 0.1);
        assertRate(schedule, 5, 105, 0.1);
        assertRate(schedule, 55, 105, 0.05);
    }

    @Test
    void anUnknownNameIsAnErrorWithTheNames() {
        assertThatThrownBy(() -> Schedule.of("step", 0.1))
                .hasMessage("unknown schedule 'step'; one of constant, multistep, cosine, onecycle");
    }
}
