package scgrad.scnet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scgrad.core.OpenClDevice;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;

/** PyTorch's figures of whole networks: logits, loss, every gradient, every running statistic. */
class GoldenNetworksTest {
    @ParameterizedTest
    @ValueSource(strings = {"resnet18", "resnet50", "scnet50", "scnet50_v1d"})
    void cpu(String name) {
        float32(name, Backends.open("cpu"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet18", "scnet50"})
    void opencl(String name) {
        float32(name, OpenClDevice.open());
    }

    private static void float32(String name, Backend backend) {
        GoldenNetworks golden = new GoldenNetworks(name, backend);
        assertThat(golden.model().parameterCount()).isEqualTo(golden.parameters());
        Map<String, GoldenNetworks.Difference> worst = golden.differences();
        System.out.println(name + " on " + backend.name() + ", worst relative differences: " + worst);
        assertThat(worst.get("logits").error()).isLessThan(1e-4);
        assertThat(worst.get("loss").error()).isLessThan(1e-4);
        assertThat(worst.get("state").error()).isLessThan(1e-4);
        assertThat(worst.get("gradients").error()).isLessThan(3e-2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet18", "resnet50", "scnet50", "scnet50_v1d"})
    void reference(String name) {
        Map<String, GoldenNetworks.Difference> worst =
                new GoldenNetworks(name, Backends.open("reference")).differences();
        System.out.println(name + " on reference, worst relative differences: " + worst);
        worst.values()
                .forEach(difference ->
                        assertThat(difference.error()).as(difference.toString()).isLessThan(1e-9));
    }
}
