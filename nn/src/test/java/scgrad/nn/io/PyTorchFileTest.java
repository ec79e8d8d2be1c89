package scgrad.nn.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PyTorchFileTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"odd_zip.pth", "odd_legacy.pth"})
    void everyTensorOfTheOddCheckpointIsExact(String file) throws IOException {
        Map<String, WeightArray> tensors = PyTorchFile.read(Fixtures.path(file)).stateDict();
        Map<String, Fixtures.Expected> expected = Fixtures.odd();
        assertThat(tensors.keySet())
                .containsExactlyElementsOf(expected.keySet())
                .hasSize(10);
        expected.forEach((name, odd) -> {
            WeightArray tensor = tensors.get(name);
            assertThat(tensor.name()).isEqualTo(name);
            assertThat(tensor.type()).as(name).isEqualTo(odd.type());
            assertThat(tensor.shape()).as(name).isEqualTo(odd.shape());
            assertThat(tensor.doubles()).as(name).isEqualTo(odd.values());
        });
        assertThat(tensors.get("bn.num_batches_tracked").longs()).containsExactly(12345678901L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"odd_zip.pth", "odd_legacy.pth"})
    void whatIsNoTensorIsAPlainValue(String file) throws IOException {
        Map<?, ?> root = (Map<?, ?>) PyTorchFile.read(Fixtures.path(file)).root();
        assertThat(root.get("epoch")).isEqualTo(3L);
        assertThat(root.get("arch")).isEqualTo("tiny");
        assertThat(root.get("best")).isEqualTo(0.5);
        Map<?, ?> optimizer = (Map<?, ?>) root.get("optimizer");
        assertThat(optimizer.get("lr")).isEqualTo(List.of(0.1, 0.01));
        assertThat(optimizer.get("betas")).isEqualTo(List.of(0.9, 0.999));
        assertThat(optimizer.get("flag")).isEqualTo(true);
        assertThat(optimizer.get("big")).isEqualTo(1L << 40);
        assertThat(optimizer.containsKey("none")).isTrue();
        assertThat(optimizer.get("none")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"values_zip.pth", "values_protocol4.pth", "values_legacy.pth"})
    void pythonsOtherPlainValuesAreReadToo(String file) throws IOException {
        PyTorchFile checkpoint = PyTorchFile.read(Fixtures.path(file));
        Map<?, ?> root = (Map<?, ?>) checkpoint.root();
        List<?> loop = (List<?>) root.get("loop");
        assertThat(loop.get(1)).isSameAs(loop);
        assertThat(((WeightArray) root.get("first")).longs()).containsExactly(0, 1, 2);
        assertThat(((WeightArray) root.get("last")).longs()).containsExactly(3, 4, 5);
        assertThat(((WeightArray) root.get("bool")).longs()).containsExactly(1, 0);
        assertThat(((WeightArray) root.get("u8")).longs()).containsExactly(0, 255);
        assertThat(((WeightArray) root.get("i8")).floats()).containsExactly(-128, 127);
        assertThat(((WeightArray) root.get("i16")).doubles()).containsExactly(-32768);
        assertThat(((WeightArray) root.get("expanded")).floats()).containsExactly(7, 7, 7, 7, 7, 7);
        assertThat(root.get("set")).isEqualTo(Set.of(1L, 2L));
        assertThat(root.get("frozen")).isEqualTo(Set.of("a"));
        assertThat(root.get("bytes")).isEqualTo(new byte[] {0, -1});
        assertThat(root.get("no bytes")).isEqualTo(new byte[0]);
        assertThat(root.get("size")).isEqualTo(List.of(2L, 3L));
        assertThat(root.get("pair")).isEqualTo(Map.of(List.of(1L, "a"), 2L));
        assertThat(root.get("huge")).isEqualTo(BigInteger.TWO.pow(100));
        assertThat(root.get("less")).isEqualTo(Long.MIN_VALUE);
        assertThat(root.get("umlaut")).isEqualTo("\u00fc\uD83D\uDE00");
        // "net" is a usual key, module. comes off, _metadata is no tensor
        assertThat(checkpoint.stateDict())
                .containsOnlyKeys(
                        "0.weight",
                        "0.bias",
                        "1.weight",
                        "1.bias",
                        "1.running_mean",
                        "1.running_var",
                        "1.num_batches_tracked");
        assertThat(checkpoint.stateDict().get("0.weight").floats()).containsExactly(0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f);
    }

    @Test
    void aPickleThatCallsSomethingIsRefusedByName() {
        assertThatThrownBy(() -> PyTorchFile.read(Fixtures.path("evil_zip.pth")))
                .isInstanceOf(WeightFileException.class)
                .hasMessageContaining("evil_zip.pth: at byte ")
                .hasMessageContaining("refuses '__builtin__.eval'")
                .hasMessageNotContaining("\n");
    }

    @Test
    void aPublishedCheckpointLoads() throws IOException {
        Path published = Path.of("../../shared/reference/weights/resnet20-12fca82f.th");
        Assumptions.assumeTrue(Files.exists(published), "skipped: there is no " + published + " beside the repository");
        PyTorchFile file = PyTorchFile.read(published);
        assertThat(file.format()).isEqualTo(PyTorchFile.Format.LEGACY);
        Map<String, WeightArray> tensors = file.stateDict();
        assertThat(tensors.get("conv1.weight").shape()).containsExactly(16, 3, 3, 3);
        assertThat(tensors.get("linear.weight").shape()).containsExactly(10, 64);
        long parameters = tensors.entrySet().stream()
                .filter(entry ->
                        !entry.getKey().contains("running_") && !entry.getKey().contains("num_batches"))
                .mapToLong(entry -> entry.getValue().count())
                .sum();
        assertThat(parameters).isEqualTo(269_722);
        assertThat(tensors.values())
                .allSatisfy(tensor -> assertThat(tensor.doubles()).doesNotContain(Double.NaN));
    }

    @Test
    void whatIsNoCheckpointSaysSo() throws IOException {
        Path text = Files.writeString(folder.resolve("notes.txt"), "hello");
        Path empty = Files.write(folder.resolve("empty.pth"), new byte[0]);
        assertThatThrownBy(() -> PyTorchFile.read(text)).hasMessageContaining("notes.txt: is no file from torch.save");
        assertThatThrownBy(() -> PyTorchFile.read(empty)).hasMessageContaining("empty.pth: has 0 bytes");
        assertThatThrownBy(() -> PyTorchFile.read(folder)).hasMessageEndingWith("is a folder, not a weight file");
        assertThatThrownBy(() -> PyTorchFile.read(folder.resolve("no.pth")))
                .isInstanceOf(WeightFileException.class)
                .hasMessageContaining("cannot be read: there is no ");
    }

    @Test
    void aTensorMayNotExpandWithoutBound() throws IOException {
        assertThatThrownBy(() -> PyTorchFile.read(legacy(tensor(1, List.of(1 << 16, 1 << 10), List.of(0, 0)))))
                .hasMessageContaining("expanded tensors must be saved as what they expand");
        assertThatThrownBy(() -> PyTorchFile.read(legacy(tensor(1, List.of(1 << 16, 1 << 16), List.of(0, 0)))))
                .hasMessageContaining("more than 2^31 elements");
    }

    @Test
    void aTensorStaysInsideItsStorage() throws IOException {
        assertThat(PyTorchFile.read(legacy(tensor(6, List.of(2, 3), List.of(1, 2))))
                        .stateDict()
                        .get("t")
                        .floats())
                .containsExactly(0, 2, 4, 1, 3, 5);
        assertThatThrownBy(() -> PyTorchFile.read(legacy(tensor(6, List.of(2, 3), List.of(2, 2)))))
                .hasMessageContaining(
                        "shape [2, 3], strides [2, 2], offset 0 does not lie inside its storage of 6 elements");
        assertThatThrownBy(() -> PyTorchFile.read(legacy(tensor(6, List.of(2, 3), List.of(Integer.MAX_VALUE, 1)))))
                .hasMessageContaining("does not lie inside");
        assertThatThrownBy(() -> PyTorchFile.read(legacy(tensor(6, List.of(2, 3), List.of(-1, 1)))))
                .hasMessageContaining("a tensor's stride must be a whole number from 0");
    }

    @Test
    void nestingAndSelfReferenceNeedNoStack() throws IOException {
        Pickle deep = new Pickle().protocol().operation('}').text("deep").operation(']');
        for (int i = 0; i < 200_000; i++) {
            deep.operation(0x85);
        }
        List<?> value = (List<?>)
                ((Map<?, ?>) PyTorchFile.read(legacy(deep.operation('s'))).root()).get("deep");
        int depth = 0;
        while (!value.isEmpty()) {
            value = (List<?>) value.get(0);
            depth++;
        }
        assertThat(depth).isEqualTo(200_000);
    }

    @Test
    void workIsBounded() {
        // each round copies the same list: a small file that would ask for much memory
        Pickle copies = new Pickle().protocol().operation(']').put(0).operation('(');
        for (int i = 0; i < 100_000; i++) {
            copies.operation('N');
        }
        copies.operation('e').operation('0');
        for (int i = 0; i < 1000; i++) {
            copies.global("torch", "Size").get(0).operation(0x85).operation('R');
        }
        assertThatThrownBy(() -> PyTorchFile.read(legacy(copies))).hasMessageContaining("more than 2000000 operations");
    }

    private static Pickle tensor(int storage, List<Integer> shape, List<Integer> strides) {
        Pickle pickle = new Pickle().protocol().operation('}').text("t").global("torch._utils", "_rebuild_tensor_v2");
        pickle.operation('(')
                .operation('(')
                .text("storage")
                .global("torch", "FloatStorage")
                .text("k")
                .text("cpu");
        pickle.integer(storage).operation('t').operation('Q').integer(0);
        for (List<Integer> numbers : List.of(shape, strides)) {
            pickle.operation('(');
            numbers.forEach(pickle::integer);
            pickle.operation('t');
        }
        return pickle.operation(0x89)
                .operation('}')
                .operation('t')
                .operation('R')
                .operation('s')
                .storage("k", storage);
    }

    private Path legacy(Pickle pickle) throws IOException {
        return Files.write(
                folder.resolve("made" + new ArrayList<>(List.of(folder.toFile().list())).size()), pickle.legacyFile());
    }
}
