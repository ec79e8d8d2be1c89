package scgrad.scnet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import scgrad.core.Autograd;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;
import scgrad.core.array.StepScope;
import scgrad.nn.io.Weights;

/** Whole networks that PyTorch computed in float64, with parameters filled by a formula. */
final class GoldenNetworks {
    private static final JsonNode NETWORKS;

    static {
        try (InputStream in = GoldenNetworks.class.getResourceAsStream("/golden/networks.json")) {
            NETWORKS = new ObjectMapper().readTree(in).get("networks");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final JsonNode golden;
    private final Backend backend;
    private final ResNet model;

    /** The worst relative L2 difference of each kind, with the tensor's name. */
    record Difference(String tensor, double error) {
        Difference worse(Difference other) {
            return other.error > error || Double.isNaN(other.error) ? other : this;
        }
    }

    GoldenNetworks(String name, Backend backend) {
        this.golden = NETWORKS.get(name);
        this.backend = backend;
        this.model = Models.create(backend, name, 1000);
        model.state().forEach((key, value) -> {
            double[] values = new double[value.shape().length()];
            int[] torchShape = Weights.torchShape(value.shape());
            for (int i = 0; i < values.length; i++) {
                values[i] = formula(key, torchShape, Weights.torchIndex(value.shape(), i));
            }
            backend.upload(values, value);
        });
    }

    ResNet model() {
        return model;
    }

    long parameters() {
        return golden.get("parameters").asLong();
    }

    private static double uniform(String name, int index) {
        CRC32 crc = new CRC32();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        long z = (crc.getValue() << 32) + index + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        z ^= z >>> 31;
        return (z >>> 40) / (double) (1 << 24);
    }

    private static double formula(String key, int[] shape, int index) {
        double u = uniform(key, index);
        if (key.endsWith("running_var")) {
            return (float) (0.5 + u);
        }
        if (key.endsWith("bn3.weight")) {
            return (float) (0.1 + 0.2 * u);
        }
        if (key.endsWith("running_mean") || key.endsWith("bias")) {
            return (float) (0.2 * u - 0.1);
        }
        return switch (shape.length) {
            case 4 -> (float) ((2 * u - 1) * Math.sqrt(6.0 / (shape[1] * shape[2] * shape[3])));
            case 2 -> (float) ((2 * u - 1) * Math.sqrt(3.0 / shape[1]));
            default -> (float) (0.5 + u);
        };
    }

    private Tensor input() {
        int[] s = new ObjectMapper().convertValue(golden.get("input"), int[].class);
        Shape shape = Shape.of(s[0], s[2], s[3], s[1]);
        double[] values = new double[shape.length()];
        for (int i = 0; i < values.length; i++) {
            int c = i % s[1];
            int w = i / s[1] % s[3];
            int h = i / s[1] / s[3] % s[2];
            int n = i / s[1] / s[3] / s[2];
            values[i] = (float) ((2 * uniform("input", ((n * s[1] + c) * s[2] + h) * s[3] + w) - 1) * Math.sqrt(3));
        }
        return Tensor.of(backend, shape, values);
    }

    /** Runs everything; the keys are logits, loss, gradients and state. */
    Map<String, Difference> differences() {
        Map<String, Difference> worst = new LinkedHashMap<>();
        try (StepScope step = StepScope.open()) {
            model.eval();
            double[] logits = Autograd.noGrad(() -> model.apply(input())).toDoubles();
            Difference eval = new Difference("", 0);
            for (int n = 0; n < golden.get("eval_logits").size(); n++) {
                double[] row = java.util.Arrays.copyOfRange(logits, n * 1000, (n + 1) * 1000);
                eval = eval.worse(
                        compare("image " + n, golden.get("eval_logits").get(n), null, row));
            }
            worst.put("logits", eval);
        }
        try (StepScope step = StepScope.open()) {
            model.train();
            int[] target = new ObjectMapper().convertValue(golden.get("target"), int[].class);
            Tensor loss = model.apply(input()).crossEntropy(target, 0.1);
            double expected = golden.get("train_loss_label_smoothing_0.1").asDouble();
            worst.put("loss", new Difference("loss", Math.abs(loss.item() - expected) / expected));
            loss.backward();
            Difference gradients = new Difference("", 0);
            Map<String, Tensor> parameters = model.parameters();
            for (Map.Entry<String, JsonNode> entry : golden.get("gradients").properties()) {
                NDArray gradient = parameters.get(entry.getKey()).gradient();
                gradients = gradients.worse(
                        compare(entry.getKey(), entry.getValue(), gradient.shape(), gradient.toDoubles()));
            }
            worst.put("gradients", gradients);
        }
        Difference state = new Difference("", 0);
        for (Map.Entry<String, JsonNode> entry :
                golden.get("state_after_train_forward").properties()) {
            if (!entry.getKey().endsWith("num_batches_tracked")) {
                NDArray value = model.state().get(entry.getKey());
                state = state.worse(compare(entry.getKey(), entry.getValue(), value.shape(), value.toDoubles()));
            }
        }
        worst.put("state", state);
        return worst;
    }

    /** L2, sum and first values against the stored ones, relative to the L2 (the sum to what L2 allows it to be). */
    private static Difference compare(String name, JsonNode expected, Shape shape, double[] values) {
        double squares = 0;
        double sum = 0;
        for (double value : values) {
            squares += value * value;
            sum += value;
        }
        double l2 = expected.get("l2").asDouble();
        double error = Math.abs(Math.sqrt(squares) - l2) / l2;
        error = Math.max(error, Math.abs(sum - expected.get("sum").asDouble()) / (l2 * Math.sqrt(values.length)));
        JsonNode first = expected.get("first");
        for (int i = 0; i < values.length; i++) {
            int at = shape == null ? i : Weights.torchIndex(shape, i);
            if (at < first.size()) {
                error = Math.max(error, Math.abs(values[i] - first.get(at).asDouble()) / l2);
            }
        }
        return new Difference(name, error);
    }
}
