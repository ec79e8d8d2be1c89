package scgrad.experiments.cli;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import scgrad.core.Autograd;
import scgrad.core.Rng;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.ConvGeometry;
import scgrad.core.array.NDArray;
import scgrad.nn.BatchNorm2d;
import scgrad.nn.Conv2d;

/** A convolution that {@code scgrad bench} times: x {@code [batch, size, size, in]}, padding of half a kernel. */
record BenchConvolution(int batch, int in, int out, int size, int kernel, int stride, int groups) {
    /** What of a convolution is timed. */
    enum Kind {
        /** The way forward, with a kernel that may have changed. */
        FORWARD(""),
        /** The way forward and both gradients. */
        TRAINING("-train"),
        /** The way forward with a norm and a ReLU, and with a kernel that stays. */
        INFERENCE("-infer");

        final String suffix;

        Kind(String suffix) {
            this.suffix = suffix;
        }
    }

    /** How a name is built, for messages. */
    static final String FORM = "conv-bBATCH-INtoOUT-SIZE-kKERNEL-sSTRIDE-gGROUPS[-train|-infer]";

    private static final Pattern NAME = Pattern.compile(
            "conv-b(\\d{1,6})-(\\d{1,6})to(\\d{1,6})-(\\d{1,5})-k(\\d{1,4})-s(\\d{1,4})-g(\\d{1,6})(|-train|-infer)");

    BenchConvolution {
        if (IntStream.of(batch, in, out, size, kernel, stride, groups).min().getAsInt() < 1) {
            throw new IllegalArgumentException("bench: each number of " + FORM + " must be at least 1");
        }
        if (in % groups != 0 || out % groups != 0) {
            throw new IllegalArgumentException(
                    "bench: groups " + groups + " must divide " + in + " input and " + out + " output channels");
        }
    }

    String name(Kind kind) {
        return String.format(
                Locale.ROOT,
                "conv-b%d-%dto%d-%d-k%d-s%d-g%d%s",
                batch,
                in,
                out,
                size,
                kernel,
                stride,
                groups,
                kind.suffix);
    }

    /** What a name stands for, or nothing where it is no convolution's. */
    static Optional<BenchCases.Maker> named(String name) {
        Matcher parts = NAME.matcher(name);
        if (!parts.matches()) {
            return Optional.empty();
        }
        int[] numbers = new int[7];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Integer.parseInt(parts.group(i + 1));
        }
        BenchConvolution convolution = new BenchConvolution(
                numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6]);
        return Stream.of(Kind.values())
                .filter(kind -> kind.suffix.equals(parts.group(8)))
                .<BenchCases.Maker>map(kind -> backend -> convolution.workload(backend, kind))
                .findFirst();
    }

    BenchCases.Workload workload(Backend backend, Kind kind) {
        int padding = kernel / 2;
        NDArray x = BenchCases.gaussian(backend, batch, size, size, in);
        NDArray w = BenchCases.gaussian(backend, kernel, kernel, in / groups, out);
        long operations = 2
                * ConvGeometry.of(x.shape(), w.shape(), stride, padding, 1, groups)
                        .multiplyAccumulates();
        return switch (kind) {
            case FORWARD -> {
                Tensor image = Tensor.constant(x);
                Tensor weight = Tensor.constant(w);
                yield BenchCases.kernel(
                        () -> Autograd.noGrad(() -> image.conv2d(weight, null, stride, padding, 1, groups)),
                        operations);
            }
            case TRAINING -> {
                Tensor image = Tensor.parameter(x);
                Tensor weight = Tensor.parameter(w);
                yield BenchCases.kernel(
                        () -> image.conv2d(weight, null, stride, padding, 1, groups)
                                .sum()
                                .backward(),
                        3 * operations);
            }
            case INFERENCE -> {
                Tensor image = Tensor.constant(x);
                Conv2d convolution =
                        new Conv2d(backend, in, out, new Conv2d.Options(kernel, stride, padding, 1, groups, false));
                backend.copy(w, convolution.weight().value());
                BatchNorm2d norm = new BatchNorm2d(backend, out);
                norm.eval().initialize(Rng.of(1).stream("init"));
                yield BenchCases.kernel(() -> Autograd.noGrad(() -> norm.relu(convolution, image)), operations);
            }
        };
    }
}
