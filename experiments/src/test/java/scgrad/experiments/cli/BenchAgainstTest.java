package scgrad.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class BenchAgainstTest {
    private final StringWriter out = new StringWriter();

    @Test
    void timesTwoBuildsWithClassesOfTheirOwn() {
        String name = "conv-b1-4to8-6-k3-s1-g1";
        Runnable one = BenchBuild.own().step(name, "cpu", 1);
        Runnable other = BenchBuild.own().step(name, "cpu", 1);
        assertThat(one.getClass().getClassLoader()).isNotSameAs(other.getClass().getClassLoader());
        new BenchAgainst(2, new PrintWriter(out)).measure(name, one, other);
        String number = "\\d+\\.\\d{3}";
        assertThat(out.toString().lines())
                .singleElement()
                .asString()
                .matches(name + ("\t" + number).repeat(4) + " to " + number);
    }

    @Test
    void aBuildSaysWhichCaseItLacks() {
        BenchBuild build = BenchBuild.own();
        assertThatThrownBy(() -> build.step("conv-new", "cpu", 1)).hasMessageContaining("no case 'conv-new'");
    }

    @Test
    void takesTurnsAndBeginsWithTheOtherBuildEachTime() {
        StringBuilder order = new StringBuilder();
        new BenchAgainst(3, new PrintWriter(out)).measure("slow", step(order, 'a'), step(order, 'b'));
        // warmed up one after the other, then turns of a run that does not count and one that does
        assertThat(order.toString()).matches("a+b+aabbbbaaaabb");
    }

    private static Runnable step(StringBuilder order, char build) {
        return () -> {
            order.append(build);
            LockSupport.parkNanos(30_000_000);
        };
    }
}
