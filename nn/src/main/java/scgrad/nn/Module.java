package scgrad.nn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import scgrad.core.Autograd;
import scgrad.core.Rng;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;
import scgrad.core.array.StepScope;
import scgrad.core.array.Storage;

/**
 * A piece of a network: a plain class whose typed fields are its children and parameters, each registered under a name where the field
 * is initialised. The names are PyTorch's state-dict keys ({@code layer1.0.conv2.weight}), so that published weights load as they are.
 *
 * <p>Images are {@code [N, H, W, C]}. Parameters start at zero; {@link #initialize} fills them, each from a random stream of its own name,
 * so that two networks that share a layer's name and shape share its first weights.
 */
public abstract class Module {
    private final Backend backend;
    private final List<Named> children = new ArrayList<>();
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Map<String, Buffer> buffers = new LinkedHashMap<>();
    private boolean training = true;
    private boolean frozen;

    private record Parameter(Tensor tensor, Initializer initializer) {}

    private record Buffer(NDArray array, double start) {}

    protected Module(Backend backend) {
        this.backend = backend;
    }

    public final Backend backend() {
        return backend;
    }

    // Building

    /** A module and where it stands below another. */
    public record Named(String path, Module module) {}

    /**
     * Registers a child; returns it for the field. A child with an empty name is transparent: what it holds is named as if it were the
     * parent's own.
     */
    protected final <M extends Module> M child(String name, M module) {
        if (!name.isEmpty() && children.stream().anyMatch(child -> child.path.equals(name))) {
            throw new IllegalArgumentException(kind() + ": two children are named '" + name + "'");
        }
        children.add(new Named(name, module));
        return module;
    }

    /** Registers a learnable tensor. */
    protected final Tensor parameter(String name, Shape shape, Initializer initializer) {
        Tensor tensor = Tensor.parameter(NDArray.persistent(backend, shape));
        parameters.put(name, new Parameter(tensor, initializer));
        return tensor;
    }

    /** Registers numbers that belong to the state but are not learnt, such as running statistics. */
    protected final NDArray buffer(String name, Shape shape, double start) {
        NDArray array = NDArray.persistent(backend, shape);
        backend.fill(array, start);
        buffers.put(name, new Buffer(array, start));
        return array;
    }

    // Running

    /**
     * Computes the output, and tells whoever observes. At inference the memory of what was computed on the way is given back here: to look at it,
     * observe ({@link Observation}), or copy it with {@link scgrad.core.array.NDArray#persist}.
     */
    public final Tensor apply(Tensor x) {
        if (inferring()) {
            return alone(() -> forward(x));
        }
        Tensor y = forward(x);
        Observation.tell(this, x, y);
        return y;
    }

    protected abstract Tensor forward(Tensor x);

    /** What a body computes; the memory of all else that it allocates is given back. */
    protected static Tensor alone(Supplier<Tensor> body) {
        try (StepScope way = StepScope.open()) {
            Tensor result = body.get();
            way.keep(result.value());
            return result;
        }
    }

    /** Whether nobody looks back at what passes through: nothing is recorded and nobody observes. */
    protected static boolean inferring() {
        return !Autograd.recording() && !Observation.watched();
    }

    /** At inference, before the only reader of something computed: it may write over it. What came in stays. */
    protected static Tensor giveAway(Tensor read, Tensor input) {
        return inferring() && read.value().storage() != input.value().storage() ? read.giveAway() : read;
    }

    /**
     * At inference, behind the only reader of something computed: its memory goes to the next operation, still in the caches. What came in, and what
     * goes out, stays.
     */
    protected static void giveBack(Tensor read, Tensor input, Tensor output) {
        Storage memory = read.value().storage();
        if (inferring()
                && memory != input.value().storage()
                && memory != output.value().storage()) {
            read.value().release();
        }
    }

    /** Training mode: batch statistics and dropout; the default. */
    public final Module train() {
        return setTraining(true);
    }

    /** Inference mode: running statistics, no dropout. */
    public final Module eval() {
        return setTraining(false);
    }

    private Module setTraining(boolean value) {
        training = value;
        children.forEach(child -> child.module.setTraining(value));
        return this;
    }

    /** Whether it runs in training mode; a frozen module never does. */
    public final boolean training() {
        return training && !frozen;
    }

    /** Fills every parameter and buffer anew. */
    public final Module initialize(Rng rng) {
        initialize("", rng);
        return this;
    }

    private void initialize(String prefix, Rng rng) {
        parameters.forEach((name, parameter) -> {
            NDArray value = parameter.tensor.value();
            backend.upload(parameter.initializer.values(value.shape(), rng.stream(prefix + name)), value);
        });
        buffers.values().forEach(buffer -> backend.fill(buffer.array, buffer.start));
        children.forEach(
                child -> child.module.initialize(child.path.isEmpty() ? prefix : prefix + child.path + ".", rng));
    }

    // Looking

    /** This module and all below it with their paths, parents first; the path of this one is empty. */
    public final List<Named> modules() {
        List<Named> all = new ArrayList<>();
        collect("", all);
        return all;
    }

    private void collect(String path, List<Named> all) {
        all.add(new Named(path, this));
        children.forEach(child -> child.module.collect(key(path, child.path), all));
    }

    /** The direct children. */
    public final List<Named> children() {
        return java.util.Collections.unmodifiableList(children);
    }

    /** Every learnable tensor by its state-dict key. */
    public final Map<String, Tensor> parameters() {
        Map<String, Tensor> all = new LinkedHashMap<>();
        for (Named named : modules()) {
            named.module.parameters.forEach((name, parameter) -> all.put(key(named.path, name), parameter.tensor));
        }
        return all;
    }

    /** Parameters and buffers by key, in the order of PyTorch's state dict. */
    public final Map<String, NDArray> state() {
        Map<String, NDArray> all = new LinkedHashMap<>();
        for (Named named : modules()) {
            named.module.parameters.forEach(
                    (name, parameter) -> put(all, key(named.path, name), parameter.tensor.value()));
            named.module.buffers.forEach((name, buffer) -> put(all, key(named.path, name), buffer.array));
        }
        return all;
    }

    private void put(Map<String, NDArray> all, String key, NDArray array) {
        if (all.put(key, array) != null) {
            throw new IllegalStateException(kind() + ": two parts of the state are named '" + key + "'");
        }
    }

    private static String key(String path, String name) {
        return path.isEmpty() ? name : name.isEmpty() ? path : path + "." + name;
    }

    /** The number of learnable numbers. */
    public final long parameterCount() {
        return parameters().values().stream()
                .mapToLong(tensor -> tensor.shape().count())
                .sum();
    }

    /** The learnable numbers of this module alone, without its children. */
    public final long ownParameterCount() {
        return parameters.values().stream()
                .mapToLong(parameter -> parameter.tensor.shape().count())
                .sum();
    }

    /** Multiply-accumulates of this module alone for one forward pass; convolutions and linear layers count, as is usual. */
    public long multiplyAccumulates(Shape input, Shape output) {
        return 0;
    }

    /** What a summary calls it. */
    public String kind() {
        return getClass().getSimpleName();
    }

    /**
     * Freezes what is named by a prefix of paths ({@code layer1}, {@code layer2.0}), for fine-tuning: its parameters stop learning and its batch
     * norms use and keep their running statistics. A prefix that names nothing is an error.
     */
    public final void freeze(String... prefixes) {
        List<Named> all = modules();
        for (String prefix : prefixes) {
            List<Named> below = all.stream()
                    .filter(named -> named.path.equals(prefix) || named.path.startsWith(prefix + "."))
                    .toList();
            if (below.isEmpty()) {
                List<String> first = children.stream().map(Named::path).toList();
                throw new IllegalArgumentException(
                        "freeze: nothing is named '" + prefix + "'" + Suggestion.clause(prefix, first) + "; there are "
                                + String.join(", ", first) + " and what is below them");
            }
            for (Named named : below) {
                named.module.frozen = true;
                named.module.parameters.values().forEach(parameter -> parameter.tensor.setLearning(false));
            }
        }
    }

    @Override
    public String toString() {
        return kind();
    }
}
