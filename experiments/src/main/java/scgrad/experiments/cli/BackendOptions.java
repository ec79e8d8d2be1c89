package scgrad.experiments.cli;

import picocli.CommandLine.Option;
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
        return Backends.open(name, threads);
    }
}
