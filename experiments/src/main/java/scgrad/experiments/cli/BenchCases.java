package scgrad.experiments.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import scgrad.core.Autograd;
import scgrad.core.Rng;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;
import scgrad.experiments.cli.BenchConvolution.Kind;
import scgrad.nn.Module;
import scgrad.nn.optim.Sgd;
import scgrad.scnet.Models;

/** The named workloads of {@code scgrad bench}: matrix products, convolutions of residual networks, and whole networks. */
final class BenchCases {
    /**
     * A workload that is ready to run. Each run is one step: the caller opens a step scope around it.
     *
     * @param work in units of {@code unit} times seconds: thousands of millions of operations, or images
     */
    record Workload(Runnable body, double work, String unit) {
        /** Whether it is a single operation, not a network or a loader. */
        boolean kernel() {
            return unit.equals(SPEED);
        }
    }

    /** Makes a workload; the buffers live as long as it. */
    interface Maker {
        Workload make(Backend backend);
    }

    private static final double GIGA = 1e-9;
    private static final String SPEED = "GFLOP/s";
    static final String IMAGES = "img/s";

    private static final List<BenchConvolution> CONVOLUTIONS = List.of(
            new BenchConvolution(16, 64, 64, 56, 3, 1, 1),
            new BenchConvolution(16, 128, 128, 28, 3, 1, 1),
            new BenchConvolution(16, 256, 256, 14, 3, 1, 1),
            new BenchConvolution(16, 512, 512, 7, 3, 1, 1),
            new BenchConvolution(16, 32, 32, 56, 3, 1, 1),
            new BenchConvolution(16, 128, 128, 56, 3, 2, 1),
            new BenchConvolution(16, 64, 256, 56, 1, 1, 1),
            new BenchConvolution(16, 256, 64, 56, 1, 1, 1),
            new BenchConvolution(16, 1024, 256, 14, 1, 1, 1),
            new BenchConvolution(16, 256, 512, 56, 1, 2, 1),
            new BenchConvolution(16, 128, 128, 56, 3, 1, 32),
            new BenchConvolution(8, 3, 64, 224, 7, 2, 1),
            new BenchConvolution(128, 16, 16, 32, 3, 1, 1),
            new BenchConvolution(128, 32, 32, 16, 3, 1, 1),
            new BenchConvolution(128, 64, 64, 8, 3, 1, 1));

    private static final Pattern PRODUCT = Pattern.compile("gemm-([1-9]\\d{0,4})");

    private BenchCases() {}

    /** The peers' workloads by name. */
    static Map<String, Maker> all() {
        Map<String, Maker> cases = new LinkedHashMap<>();
        for (int n : new int[] {512, 1024, 2048}) {
            cases.put("gemm-" + n, backend -> product(backend, n));
        }
        for (BenchConvolution convolution : CONVOLUTIONS) {
            for (Kind kind : List.of(Kind.FORWARD, Kind.TRAINING)) {
                cases.put(convolution.name(kind), backend -> convolution.workload(backend, kind));
            }
        }
        network(cases, "resnet50", "resnet50", 8);
        network(cases, "scnet50", "scnet50", 8);
        cases.put("scnet50-b1-infer", backend -> inference(backend, "scnet50", 1));
        network(cases, "cifar-resnet20", "resnet20[shortcut=B]", 128);
        network(cases, "cifar-resnet29", "resnet29", 128);
        network(cases, "cifar-scresnet29", "sc_resnet29", 128);
        return cases;
    }

    /** A workload by its name. */
    static Maker find(String name) {
        Maker listed = all().get(name);
        return listed != null
                ? listed
                : named(name)
                        .orElseThrow(() -> new IllegalArgumentException("bench: a build has no case '" + name + "'"));
    }

    /** A product or a convolution of any size by its name. */
    static Optional<Maker> named(String name) {
        Matcher product = PRODUCT.matcher(name);
        return product.matches()
                ? Optional.of(backend -> product(backend, Integer.parseInt(product.group(1))))
                : BenchConvolution.named(name);
    }

    private static void network(Map<String, Maker> cases, String name, String model, int batch) {
        cases.put(name + "-infer", backend -> inference(backend, model, batch));
        cases.put(name + "-train", backend -> training(backend, model, batch));
    }

    /** A single operation of so many floating-point operations. */
    static Workload kernel(Runnable body, long operations) {
        return new Workload(body, GIGA * operations, SPEED);
    }

    static NDArray gaussian(Backend backend, int... sizes) {
        Rng rng = Rng.of(1).stream("bench");
        NDArray array = NDArray.persistent(backend, Shape.of(sizes));
        float[] values = new float[array.shape().length()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) rng.nextGaussian();
        }
        backend.upload(values, array);
        return array;
    }

    private static Workload product(Backend backend, int n) {
        Tensor a = Tensor.constant(gaussian(backend, n, n));
        Tensor b = Tensor.constant(gaussian(backend, n, n));
        return kernel(() -> Autograd.noGrad(() -> a.matmul(b)), 2L * n * n * n);
    }

    private static boolean small(String model) {
        return model.contains("resnet2");
    }

    private static Module create(Backend backend, String model) {
        return Models.create(backend, model, small(model) ? 10 : 1000).initialize(Rng.of(1).stream("init"));
    }

    private static Tensor images(Backend backend, String model, int batch) {
        int side = small(model) ? 32 : 224;
        return Tensor.constant(gaussian(backend, batch, side, side, 3));
    }

    static Workload inference(Backend backend, String model, int batch) {
        Module network = create(backend, model).eval();
        Tensor x = images(backend, model, batch);
        return new Workload(() -> Autograd.noGrad(() -> network.apply(x)), batch, IMAGES);
    }

    static Workload training(Backend backend, String model, int batch) {
        Module network = create(backend, model);
        Tensor x = images(backend, model, batch);
        Rng rng = Rng.of(1).stream("labels");
        int[] labels = new int[batch];
        for (int i = 0; i < batch; i++) {
            labels[i] = rng.nextInt(small(model) ? 10 : 1000);
        }
        Sgd optimizer = new Sgd(network.parameters(), 0.9, 1e-4, false, true);
        return new Workload(
                () -> {
                    network.apply(x).crossEntropy(labels, 0).backward();
                    optimizer.step(0.01);
                },
                batch,
                IMAGES);
    }
}
