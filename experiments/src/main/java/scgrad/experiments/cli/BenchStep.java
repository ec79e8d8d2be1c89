package scgrad.experiments.cli;

import java.util.List;
import java.util.function.Function;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;

/**
 * One step of a workload by its name, the backend's and how many threads it takes: what two builds in one process, whose classes of the same names are
 * different ones, know of each other. See {@link BenchBuild}.
 */
public final class BenchStep implements Function<List<String>, Runnable> {
    @Override
    public Runnable apply(List<String> arguments) {
        Backend backend = Backends.open(arguments.get(1), Integer.parseInt(arguments.get(2)));
        BenchCases.Workload workload = BenchCases.find(arguments.get(0)).make(backend);
        return () -> BenchTiming.step(workload.body(), backend);
    }
}
