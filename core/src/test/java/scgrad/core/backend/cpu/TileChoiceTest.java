package scgrad.core.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TileChoiceTest {
    @TempDir
    Path folder;

    private final Tiles first = VectorTileCandidates.of128("2x16-128bit", new VectorProduct128x2x16());
    private final Tiles second = VectorTileCandidates.of128("4x16-128bit", new VectorProduct128x4x16());
    private final List<Tiles> candidates = List.of(first, second);

    private TileChoice choice() {
        return new TileChoice(folder.resolve("cache/tiles.properties"), "128bit");
    }

    private void remember(String text) throws IOException {
        Files.createDirectories(folder.resolve("cache"));
        Files.writeString(folder.resolve("cache/tiles.properties"), text);
    }

    @Test
    void aPinnedTileIsTakenWithoutAMeasurement() {
        assertThat(choice().choose(candidates, "4x16-128bit")).isSameAs(second);
        assertThat(folder.resolve("cache")).doesNotExist();
    }

    @Test
    void anUnknownTileIsAnErrorThatNamesThemAll() {
        assertThatThrownBy(() -> choice().choose(candidates, "5x16"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "scgrad.tiles: there is no '5x16' on this machine; one of 2x16-128bit, 4x16-128bit, or measure");
    }

    @Test
    void whatIsRememberedForThisWidthIsTaken() throws IOException {
        remember("128bit=4x16-128bit\n256bit=2x16-128bit\n");
        assertThat(choice().choose(candidates, "")).isSameAs(second);
    }

    @Test
    void aMeasurementGivesOneOfTheCandidatesAndLeavesNoTemporaryFile() throws IOException {
        remember("128bit=no such tile\n512bit=8x16-512bit\n");
        assertThat(choice().choose(candidates, "")).isIn(candidates);
        assertThat(Files.readString(folder.resolve("cache/tiles.properties"))).contains("512bit=8x16-512bit");
        try (var files = Files.list(folder.resolve("cache"))) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void aFileThatIsNoPropertiesAndAFolderThatIsNoneAreNoErrors() throws IOException {
        remember("\\uZZZZ");
        assertThat(choice().choose(candidates, "")).isIn(candidates);
        Files.writeString(folder.resolve("file"), "");
        TileChoice nowhere = new TileChoice(folder.resolve("file/below/tiles.properties"), "128bit");
        assertThat(nowhere.choose(candidates, "")).isIn(candidates);
    }

    @Test
    void theFirstKeepsItsPlaceUnlessAnotherIsClearlyFaster() {
        assertThat(TileChoice.best(new double[] {100, 105, 90})).isZero();
        assertThat(TileChoice.best(new double[] {100, 110, 120})).isEqualTo(2);
    }
}
