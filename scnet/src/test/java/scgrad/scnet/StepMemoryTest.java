package scgrad.scnet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import scgrad.core.Rng;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.core.array.MemoryUse;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;
import scgrad.core.array.StepScope;
import scgrad.nn.optim.Sgd;

/** Once a training has seen its shapes, it takes no new buffers: all that the backend ever took is in use, ready, or working memory. */
class StepMemoryTest {
    @Test
    void fiftyFurtherStepsTakeNoNewBuffers() {
        // with more threads, who meets the largest item first is chance, and so is when its scratch memory grows
        Backend cpu = Backends.open("cpu", 1);
        ResNet network = Models.create(cpu, "sc_resnet14", 10);
        network.initialize(Rng.of(1).stream("init"));
        Sgd optimizer = new Sgd(network.parameters(), 0.9, 1e-4, false, true);
        for (int i = 0; i < 3; i++) {
            step(cpu, network, optimizer);
        }
        long before = taken(cpu);
        for (int i = 0; i < 50; i++) {
            step(cpu, network, optimizer);
        }
        assertThat(before).isPositive();
        assertThat(taken(cpu)).isEqualTo(before);
    }

    private static void step(Backend cpu, ResNet network, Sgd optimizer) {
        try (StepScope step = StepScope.open()) {
            Tensor x = Tensor.constant(NDArray.full(cpu, Shape.of(4, 16, 16, 3), 0.5));
            network.apply(x).crossEntropy(new int[] {0, 1, 2, 3}, 0.1).backward();
            optimizer.step(0.01);
        }
    }

    private static long taken(Backend cpu) {
        return cpu.memoryByKind().stream()
                .filter(use -> !use.kind().startsWith("all of"))
                .mapToLong(MemoryUse::bytes)
                .sum();
    }
}
