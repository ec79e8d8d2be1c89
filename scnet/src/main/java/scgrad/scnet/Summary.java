package scgrad.scnet;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import scgrad.core.Autograd;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;
import scgrad.nn.BatchNorm2d;
import scgrad.nn.Module;
import scgrad.nn.Observation;

/**
 * What a network consists of, for one image. Nothing is computed: layers are run on shapes alone.
 *
 * @param layers in the order they run
 */
public record Summary(Models.Spec model, Shape input, List<Layer> layers) {

    /**
     * One layer.
     *
     * @param output {@code [1, H, W, C]} or {@code [1, K]}
     * @param parameters its own; 0 where it runs for the second time
     */
    public record Layer(String path, String kind, Shape output, long parameters, long multiplyAccumulates) {}

    /** Counts a network; 0 stands for its usual classes and its usual image size. */
    public static Summary of(Models.Spec spec, int classes, int size) {
        if (size < 0 || classes < 0) {
            throw new IllegalArgumentException(
                    "summary: input size " + size + " and classes " + classes + " must be at least 1");
        }
        boolean small = Models.design(spec, 1).stem() == ResNet.Stem.CIFAR;
        Backend backend = ShapesOnly.open();
        ResNet network = Models.create(backend, spec, classes > 0 ? classes : small ? 10 : 1000);
        int side = size > 0 ? size : small ? 32 : 224;
        Shape input = Shape.of(1, side, side, 3);
        return new Summary(spec, input, layers(network, input));
    }

    private static List<Layer> layers(Module network, Shape input) {
        Map<Module, String> paths = new IdentityHashMap<>();
        network.modules().forEach(named -> paths.put(named.module(), named.path()));
        List<Layer> layers = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        network.eval();
        Observation.Observer observer = (module, x, y) -> {
            if (module.children().isEmpty() || module.ownParameterCount() > 0) {
                String path = paths.get(module);
                if (path == null) {
                    throw new IllegalStateException(UnitChecks.unregistered(module));
                }
                layers.add(new Layer(
                        path,
                        module.kind(),
                        y.shape(),
                        seen.add(path) ? module.ownParameterCount() : 0,
                        module.multiplyAccumulates(x.shape(), y.shape())));
            }
        };
        Tensor x = Tensor.constant(NDArray.allocate(network.backend(), input));
        Observation.during(observer, () -> Autograd.noGrad(() -> network.apply(x)));
        return List.copyOf(layers);
    }

    /** Learnable numbers. */
    public long parameters() {
        return layers.stream().mapToLong(Layer::parameters).sum();
    }

    /** Of convolutions and linear layers, as is usual. */
    public long multiplyAccumulates() {
        return layers.stream().mapToLong(Layer::multiplyAccumulates).sum();
    }

    /** Two more for each number that a batch norm makes: so counted, every network of the paper's table 1 has the operations printed there. */
    public long multiplyAddsWithNorms() {
        long normalized = layers.stream()
                .filter(layer -> layer.kind.equals(BatchNorm2d.class.getSimpleName()))
                .mapToLong(layer -> layer.output.count())
                .sum();
        return multiplyAccumulates() + 2 * normalized;
    }
}
