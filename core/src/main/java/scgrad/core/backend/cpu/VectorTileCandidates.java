package scgrad.core.backend.cpu;

import java.util.List;
import jdk.incubator.vector.FloatVector;

/**
 * The vector tiles that this machine can run well, and those that are used: chosen once per JVM.
 *
 * <p>Where 512-bit vectors are chosen nothing else is used: C2 inlines a vector operation by the classes it has seen there, and once it has
 * seen two of them it leaves some vectors on the heap (15 to 240 MB a step of an SC-ResNet-20, now 2 MB, that of the graph). So half a panel
 * goes through a whole one's tile, whose steps are as many.
 */
final class VectorTileCandidates {
    private static Tiles chosen;

    private VectorTileCandidates() {}

    /**
     * Tiles of the machine's widest vectors and of the next narrower ones, which some CPUs run faster; those that are right most often are
     * first.
     */
    static List<Tiles> available(int widest) {
        if (widest >= 512) {
            // 32 registers come with 512-bit vectors
            return List.of(
                    new Tiles(
                            "8x32-512bit",
                            new VectorProduct512x16x16(),
                            new VectorProduct512x8x32(),
                            new VectorProduct512x7x32(),
                            null,
                            new VectorOuter512x16x16(),
                            new VectorOuter512x8x32(),
                            null),
                    of256("6x16-256bit", new VectorProduct256x6x16()));
        }
        if (widest == 256) {
            return List.of(
                    of256("4x16-256bit", new VectorProduct256x4x16()),
                    of256("6x16-256bit", new VectorProduct256x6x16()),
                    of128("2x16-128bit", new VectorProduct128x2x16()));
        }
        return List.of(
                of128("2x16-128bit", new VectorProduct128x2x16()), of128("4x16-128bit", new VectorProduct128x4x16()));
    }

    private static Tiles of256(String name, ProductTile single) {
        return new Tiles(
                name,
                single,
                null,
                null,
                new VectorProduct256x12x8(),
                new VectorOuter256x4x16(),
                null,
                new VectorOuter256x8x8());
    }

    static Tiles of128(String name, ProductTile single) {
        return new Tiles(name, single, null, null, null, new VectorOuter128x2x16(), null, null);
    }

    static synchronized Tiles choose() {
        if (chosen == null) {
            int widest = FloatVector.SPECIES_PREFERRED.vectorBitSize();
            chosen = TileChoice.ofMachine(widest).choose(available(widest), TileChoice.wish());
        }
        return chosen;
    }
}
