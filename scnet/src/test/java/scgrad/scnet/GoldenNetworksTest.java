package scgrad.scnet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scgrad.core.array.Backends;

/** PyTorch's figures of whole networks: logits, loss, every gradient, every running statistic. */
class GoldenNetworksTest {
    @ParameterizedTest
    @ValueSource(strings = {"resnet18", "resnet50", "scnet50", "scnet50_v1d"})
    void cpu(String name) {
        GoldenNetworks golden = new GoldenNetworks(name, Backends.open("cpu"));
        assertThat(golden.model().parameterCount()).isEqualTo(golden.parameters());
        Map<String, GoldenNetworks.Difference> worst = golden.differences();
        System.out.println(name + " on cpu, worst relative differences: " + worst);
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
