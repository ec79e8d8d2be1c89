package scgrad.core;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import scgrad.core.array.Backend;
import scgrad.core.array.NDArray;
import scgrad.core.array.Resampling.Mode;
import scgrad.core.array.Shape;

/** The 200 single operations that PyTorch computed in float64; tensors are permuted from its layouts to channels last and back. */
final class GoldenOps {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int[] TO_CHANNELS_LAST = {0, 2, 3, 1};
    private static final int[] TO_CHANNELS_FIRST = {0, 3, 1, 2};
    private static final int[] KERNEL_IN = {2, 3, 1, 0};
    private static final int[] KERNEL_OUT = {3, 2, 0, 1};

    private static final JsonNode HEADER;
    private static final ByteBuffer DATA;
    private static final JsonNode CASES;

    static {
        try (InputStream tensors = GoldenOps.class.getResourceAsStream("/golden/ops.safetensors");
                InputStream cases = GoldenOps.class.getResourceAsStream("/golden/ops.json")) {
            byte[] bytes = tensors.readAllBytes();
            ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            int length = (int) file.getLong(0);
            HEADER = JSON.readTree(new String(bytes, 8, length, StandardCharsets.UTF_8));
            DATA = file.slice(8 + length, bytes.length - 8 - length).order(ByteOrder.LITTLE_ENDIAN);
            CASES = JSON.readTree(cases).get("cases");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private GoldenOps() {}

    record Golden(String name, JsonNode json) {
        void check(Backend backend, double tolerance) {
            new Run(this, backend, tolerance).check();
        }
    }

    static List<Golden> cases() {
        List<Golden> cases = new ArrayList<>();
        CASES.forEach(json -> cases.add(new Golden(json.get("name").asText(), json)));
        return cases;
    }

    private record Run(Golden golden, Backend backend, double tolerance) {
        String kind() {
            return golden.json.get("kind").asText();
        }

        JsonNode attribute(String name) {
            return golden.json.get("attrs").get(name);
        }

        int integer(String name) {
            return attribute(name).asInt();
        }

        int[] integers(String name) {
            return JSON.convertValue(attribute(name), int[].class);
        }

        double[] stored(String name) {
            JsonNode entry = HEADER.get(golden.name + "." + name);
            int start = entry.get("data_offsets").get(0).asInt();
            int end = entry.get("data_offsets").get(1).asInt();
            int size = entry.get("dtype").asText().equals("F64")
                            || entry.get("dtype").asText().equals("I64")
                    ? 8
                    : 4;
            double[] values = new double[(end - start) / size];
            for (int i = 0; i < values.length; i++) {
                values[i] = entry.get("dtype").asText().equals("I64")
                        ? DATA.getLong(start + i * 8)
                        : DATA.getDouble(start + i * 8);
            }
            return values;
        }

        Shape storedShape(String name) {
            return Shape.of(
                    JSON.convertValue(HEADER.get(golden.name + "." + name).get("shape"), int[].class));
        }

        /** Operations of images run channels last; the others keep their axes. */
        boolean image() {
            return List.of(
                            "conv2d",
                            "avg_pool2d",
                            "max_pool2d",
                            "interpolate_nearest",
                            "interpolate_bilinear",
                            "adaptive_avg_pool2d",
                            "batch_norm_train",
                            "batch_norm_eval")
                    .contains(kind());
        }

        int[] order(String input, boolean in) {
            if (!image() || storedShape(input).rank() != 4) {
                return null;
            }
            return input.equals("w") ? in ? KERNEL_IN : KERNEL_OUT : in ? TO_CHANNELS_LAST : TO_CHANNELS_FIRST;
        }

        Tensor input(String name) {
            NDArray array = NDArray.of(backend, storedShape(name), stored(name));
            int[] order = order(name, true);
            if (order != null) {
                NDArray permuted = NDArray.allocate(
                        backend,
                        Shape.of(Arrays.stream(order).map(array.shape()::size).toArray()));
                backend.permute(array, order, permuted);
                array = permuted;
            }
            return Tensor.parameter(array);
        }

        void compare(String name, String layoutOf, NDArray actual, boolean image) {
            double[] values;
            if (image && actual.shape().rank() == 4) {
                int[] order = layoutOf.equals("w") ? KERNEL_OUT : TO_CHANNELS_FIRST;
                NDArray permuted = NDArray.allocate(
                        backend,
                        Shape.of(Arrays.stream(order).map(actual.shape()::size).toArray()));
                backend.permute(actual, order, permuted);
                values = permuted.toDoubles();
            } else {
                values = actual.toDoubles();
            }
            BackendConformance.assertClose(golden.name + "." + name, stored(name), values, tolerance);
        }

        void check() {
            List<String> names = new ArrayList<>();
            golden.json.get("inputs").fieldNames().forEachRemaining(names::add);
            Tensor[] inputs = names.stream().map(this::input).toArray(Tensor[]::new);
            Tensor y = apply(inputs);
            y.keep();
            compare("y", "y", y.value(), image());
            Tensor upstream = input("dy");
            y.backward(upstream.value().reshape(y.shape()));
            for (int i = 0; i < inputs.length; i++) {
                compare("d" + names.get(i), names.get(i), inputs[i].gradient(), image());
            }
        }

        Tensor apply(Tensor[] in) {
            Tensor x = in[0];
            return switch (kind()) {
                case "conv2d" ->
                    x.conv2d(
                            in[1],
                            in.length > 2 ? in[2] : null,
                            integer("stride"),
                            integer("padding"),
                            integer("dilation"),
                            integer("groups"));
                case "avg_pool2d" ->
                    x.averagePool(
                            integer("kernel"),
                            integer("stride"),
                            integer("padding"),
                            attribute("ceil_mode").asBoolean(),
                            attribute("count_include_pad").asBoolean());
                case "max_pool2d" ->
                    x.maxPool(
                            integer("kernel"),
                            integer("stride"),
                            integer("padding"),
                            attribute("ceil_mode").asBoolean());
                case "interpolate_nearest" -> x.interpolate(Mode.NEAREST, integers("size")[0], integers("size")[1]);
                case "interpolate_bilinear" -> x.interpolate(Mode.BILINEAR, integers("size")[0], integers("size")[1]);
                case "adaptive_avg_pool2d" -> x.adaptiveAveragePool(integers("size")[0], integers("size")[1]);
                case "batch_norm_train" -> {
                    NDArray mean = input("running_mean").value();
                    NDArray variance = input("running_var").value();
                    Tensor y = x.batchNorm(
                            in[1],
                            in[2],
                            mean,
                            variance,
                            attribute("eps").asDouble(),
                            attribute("momentum").asDouble(),
                            null,
                            false);
                    compare("new_running_mean", "b", mean, false);
                    compare("new_running_var", "b", variance, false);
                    yield y;
                }
                case "batch_norm_eval" ->
                    x.fixedNorm(
                            in[1],
                            in[2],
                            input("running_mean").value(),
                            input("running_var").value(),
                            attribute("eps").asDouble(),
                            null,
                            false);
                case "cross_entropy" -> {
                    int[] labels = Arrays.stream(stored("target"))
                            .mapToInt(label -> (int) label)
                            .toArray();
                    yield x.crossEntropy(labels, attribute("label_smoothing").asDouble());
                }
                case "log_softmax" -> x.logSoftmax();
                case "linear" -> x.linear(in[1], in.length > 2 ? in[2] : null);
                case "relu" -> x.relu();
                case "sigmoid" -> x.sigmoid();
                case "tanh" -> x.tanh();
                case "silu" -> x.silu();
                case "gelu" -> x.gelu();
                case "hardswish" -> x.hardswish();
                case "mul_broadcast" -> x.mul(in[1]);
                case "add_broadcast" -> x.add(in[1]);
                case "div_broadcast" -> x.div(in[1]);
                case "mean" ->
                    attribute("keepdim").asBoolean() ? x.meanKeep(integers("axes")) : x.mean(integers("axes"));
                case "sum" -> attribute("keepdim").asBoolean() ? x.sumKeep(integers("axes")) : x.sum(integers("axes"));
                case "concat" -> Tensor.concat(integer("axis"), in);
                case "slice" -> x.slice(integer("axis"), integer("start"), integer("end"));
                case "permute" -> x.permute(integers("order"));
                default -> throw new AssertionError("no operation for kind " + kind());
            };
        }
    }
}
