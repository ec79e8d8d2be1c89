package scgrad.core.backend.cpu;

import java.util.List;
import jdk.incubator.vector.FloatVector;

/** The vector tiles that this machine can run well, and the one that is used: chosen once per JVM. */
final class VectorTileCandidates {
    private static Tiles chosen;

    private VectorTileCandidates() {}

    /**
     * Tiles of the machine's widest vectors and of the next narrower ones, which some CPUs run faster; the one that is right most often is
     * first.
     */
    static List<Tiles> available(int widest) {
        if (widest >= 512) {
            // 32 registers come with 512-bit vectors
            return List.of(
                    new VectorTiles256x6(), new VectorTiles256x4(), new VectorTiles512x8(), new VectorTiles512x12());
        }
        if (widest == 256) {
            return List.of(new VectorTiles256x4(), new VectorTiles256x6(), new VectorTiles128x2());
        }
        return List.of(new VectorTiles128x2(), new VectorTiles128x4());
    }

    static synchronized Tiles choose() {
        if (chosen == null) {
            int widest = FloatVector.SPECIES_PREFERRED.vectorBitSize();
            chosen = TileChoice.ofMachine(widest).choose(available(widest), TileChoice.wish());
        }
        return chosen;
    }
}
