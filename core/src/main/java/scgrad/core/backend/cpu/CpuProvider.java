package scgrad.core.backend.cpu;

import scgrad.core.array.Backend;
import scgrad.core.array.Backends;

/** Opens the CPU backend with vectors where the JVM has the module, with scalar loops otherwise. */
public final class CpuProvider implements Backends.Provider {
    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public String explain() {
        return "float32 on " + Runtime.getRuntime().availableProcessors() + " cores, "
                + (vectors() ? new VectorLoops().description() : new ScalarLoops().description());
    }

    @Override
    public int preference() {
        return 10;
    }

    @Override
    public String reason() {
        return "the fastest that was measured so far";
    }

    @Override
    public Backend open(String device, int threads) {
        if (!device.isEmpty()) {
            throw new IllegalArgumentException("the cpu backend has no devices: say --backend cpu, not cpu:" + device);
        }
        int count = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
        return vectors() ? vector(count, tiles()) : scalar(count);
    }

    static CpuBackend scalar(int threads) {
        return new CpuBackend(
                threads,
                new ScalarLoops(),
                scalarTiles(),
                new ScalarTransforms(1),
                new ScalarTransforms(2),
                new ScalarGroupLoops());
    }

    static boolean vectors() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    }

    static Tiles scalarTiles() {
        return new Tiles("1x16-scalar", new ScalarProduct(), null, null, null, new ScalarOuter(), null, null);
    }

    // in methods of their own, so that without the module no class that needs it is loaded

    static CpuBackend vector(int threads, Tiles tiles) {
        return new CpuBackend(
                threads,
                new VectorLoops(),
                tiles,
                new VectorTransforms(),
                new VectorStridedTransforms(),
                new VectorGroupLoops());
    }

    private static Tiles tiles() {
        return VectorTileCandidates.choose();
    }
}
