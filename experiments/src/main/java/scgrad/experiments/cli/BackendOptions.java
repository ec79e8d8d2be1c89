package scgrad.experiments.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;

/** Where a command computes. */
final class BackendOptions {
    @Option(
            names = "--backend",
            paramLabel = "NAME",
            defaultValue = "auto",
            description = "reference, cpu, opencl[:INDEX] or auto (default); 'scgrad devices' explains them.")
    private String name;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "0",
            description = "Threads of the cpu backend (default: all cores).")
    private int threads;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec mixee;

    String name() {
        return name;
    }

    /** 0 for all cores. */
    int threads() {
        return threads;
    }

    Backend open() {
        if (threads < 0) {
            throw new IllegalArgumentException("--threads " + threads + " must be at least 1, or 0 for all cores");
        }
        return Patience.with(Patience.COMPILING, mixee.commandLine().getErr(), () -> Backends.open(name, threads));
    }
}
