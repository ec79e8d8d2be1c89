package scgrad.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class BenchAgainstTest {
    private final StringWriter out = new StringWriter();

    @Test
    void timesTwoBuildsWithClassesOfTheirOwn() {
        List<Path> own = BenchAgainst.ownClassPath();
        new BenchAgainst(own, own, 2, new PrintWriter(out)).measure("conv-b1-4to8-6-k3-s1-g1", "cpu", 1);
        assertThat(out.toString().lines())
                .singleElement()
                .asString()
                .matches("conv-b1-4to8-6-k3-s1-g1(\t\\d+\\.\\d{3}){3}\t\\d+\\.\\d{3} to \\d+\\.\\d{3}");
    }

    @Test
    void takesTurnsAndBeginsWithTheOtherBuildEachTime() {
        StringBuilder order = new StringBuilder();
        List<Function<List<String>, Runnable>> builds = List.of(step(order, 'a'), step(order, 'b'));
        new BenchAgainst(builds, 3, new PrintWriter(out)).measure("slow", "cpu", 1);
        // warmed up one after the other, then turns of a run that does not count and one that does
        assertThat(order.toString()).matches("a+b+aabbbbaaaabb").endsWith("aabbbbaaaabb");
    }

    private static Function<List<String>, Runnable> step(StringBuilder order, char build) {
        return arguments -> () -> {
            order.append(build);
            LockSupport.parkNanos(30_000_000);
        };
    }
}
