package scgrad.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Studies as files: what is inherited, what goes on top, and what is refused. */
class StudyFileTest {
    @TempDir
    Path folder;

    private Study read(String json, String... settings) throws IOException {
        Path file = folder.resolve("mine.json");
        Files.writeString(file, json);
        Map<String, String> map = new java.util.LinkedHashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            map.put(settings[i], settings[i + 1]);
        }
        return Studies.open(file.toString(), map);
    }

    @TestFactory
    Stream<DynamicTest> seedsAreAList() {
        return Stream.of("2", "[]", "\"0,1\"")
                .map(seeds -> DynamicTest.dynamicTest(seeds, () -> assertThatThrownBy(() -> read("""
                        {"name": "x", "seeds": %s, "recipe": {"data": "context"},
                         "variants": [{"id": "a", "set": {"model": "resnet8"}}]}""".formatted(seeds)))
                        .hasMessageContaining("seeds must be a list of whole numbers")));
    }

    @TestFactory
    Stream<DynamicTest> everyBuiltInStudyIsWhole() {
        return Studies.names().stream()
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    Study study = Studies.open(name);
                    assertThat(study.name()).isEqualTo(name);
                    assertThat(study.question()).isNotBlank();
                    assertThat(study.choice()).isNotBlank();
                    assertThat(study.members())
                            .hasSize(study.variants().size() * study.seeds().size());
                    // two variants of one model would be one row twice
                    assertThat(study.members().stream().map(Study.Member::config))
                            .doesNotHaveDuplicates();
                }));
    }

    @Test
    void theDesignChoicesAreThoseOfThePaperAndFourMore() throws IOException {
        assertThat(Studies.open("design-choices").variants().stream()
                        .map(variant -> variant.settings().get("model")))
                .contains(
                        "resnet20",
                        "sc_resnet20",
                        "sc_resnet20[identity=false]",
                        "sc_resnet20[rate=1]",
                        "sc_resnet20[rate=2]",
                        "sc_resnet20[pool=max]");
    }

    @Test
    void aStudyThatExtendsAnotherHasItsRecipeAndChangesIt() throws IOException {
        Study study = read("""
                {"extends": "design-choices", "name": "mine", "recipe": {"epochs": 7}, "network": "resnet8"}""", "rate", "0.05", "seeds", "4,5");
        assertThat(study.recipe().epochs()).isEqualTo(7);
        assertThat(study.recipe().data()).isEqualTo("cifar10");
        assertThat(study.recipe().rate()).isEqualTo(0.05);
        assertThat(study.seeds()).containsExactly(4L, 5L);
        assertThat(study.variants()).hasSize(10);
        assertThat(study.members().get(1).config().model()).isEqualTo("sc_resnet8");
        assertThat(study.members().get(10).seed()).isEqualTo(5);
    }

    @Test
    void aFileExtendsAnotherBesideIt() throws IOException {
        Files.writeString(folder.resolve("base.json"), """
                {"name": "base", "recipe": {"epochs": 2, "batch": 8}, "variants": [{"id": "a", "set": {"model": "resnet8"}}]}""");
        Study study = read("""
                {"extends": "base.json", "name": "mine", "recipe": {"batch": 16}}""");
        assertThat(study.recipe().epochs()).isEqualTo(2);
        assertThat(study.recipe().batch()).isEqualTo(16);
    }

    @Test
    void aGridIsEveryCombination() throws IOException {
        Study study = read("""
                {"name": "grid", "recipe": {"model": "sc_resnet8"}, "grid": {"unit.rate": [2, 4], "rate": [0.1, 0.2, 0.3]}}""");
        assertThat(study.variants()).hasSize(6);
        assertThat(study.variants().stream().map(Study.Variant::id))
                .containsExactly(
                        "rate2-rate0.1",
                        "rate2-rate0.2",
                        "rate2-rate0.3",
                        "rate4-rate0.1",
                        "rate4-rate0.2",
                        "rate4-rate0.3");
        assertThat(study.members().get(4).config().model()).isEqualTo("sc_resnet8[rate=4]");
        assertThat(study.members().get(4).config().rate()).isEqualTo(0.2);
    }

    @Test
    void whatIsWrittenReadsAsTheSame() throws IOException {
        for (String name : Studies.names()) {
            Study study = Studies.open(name);
            Path file = folder.resolve(name + ".json");
            Files.writeString(file, StudyFile.write(study));
            assertThat(Studies.open(file.toString())).isEqualTo(study);
        }
    }

    @TestFactory
    Stream<DynamicTest> whatIsWrongIsSaidInOneLine() {
        return Stream.of(
                        List.of("{\"nam\": \"x\"}", "unknown key 'nam', did you mean 'name'"),
                        List.of("{\"name\": \"x\"}", "the key 'variants' or 'grid' is missing"),
                        List.of("{\"name\": \"x\", }", "line 1"),
                        List.of("[1]", "a study is a JSON object"),
                        List.of("{\"name\": \"x\", \"name\": \"y\"}", "uplicate"),
                        List.of("{\"name\": \"x\", \"extends\": \"mine.json\"}", "extends itself"),
                        List.of(variants("{\"id\": \"a\"}, {\"id\": \"a\"}"), "listed twice"),
                        List.of(variants("{\"id\": \"a\", \"st\": {}}"), "variant 1: unknown key 'st'"),
                        List.of(variants("{\"id\": \"a\", \"against\": \"b\"}"), "which is no variant"),
                        List.of(
                                variants("{\"id\": \"a\", \"set\": {\"model\": \"resnet21\"}}"),
                                "variant a: unknown model"),
                        List.of(variants("{\"id\": \"a\", \"set\": {\"epoch\": 1}}"), "did you mean 'epochs'"))
                .map(row -> DynamicTest.dynamicTest(row.get(1), () -> assertThatThrownBy(() -> read(row.get(0)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(row.get(1))));
    }

    private static String variants(String list) {
        return "{\"name\": \"x\", \"variants\": [" + list + "]}";
    }

    @Test
    void aSettingThatNoVariantWouldTakeIsRefused() {
        assertThatThrownBy(() -> Studies.open("design-choices", Map.of("unit.rate", "2")))
                .hasMessageContaining("each variant of the study says its own model");
        assertThatThrownBy(() -> Studies.open("design-choices", Map.of("seed", "2")))
                .hasMessageContaining("seeds=0,1,2");
        assertThatThrownBy(() -> Studies.open("depht")).hasMessageContaining("did you mean 'depth'");
    }

    @Test
    void shardsShareEveryRunOnce() {
        for (int count = 1; count <= 4; count++) {
            for (int place = 0; place < 12; place++) {
                int holders = 0;
                for (int index = 1; index <= count; index++) {
                    holders += Shard.parse(index + "/" + count).has(place) ? 1 : 0;
                }
                assertThat(holders).isEqualTo(1);
            }
        }
        for (String wrong : List.of("0/2", "3/2", "2", "a/b", "1/0", "1/2/3")) {
            assertThatThrownBy(() -> Shard.parse(wrong)).as(wrong).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
