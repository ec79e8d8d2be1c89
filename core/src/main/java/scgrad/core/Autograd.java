package scgrad.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import scgrad.core.array.Binary;
import scgrad.core.array.NDArray;
import scgrad.core.array.Reduction;
import scgrad.core.array.Shape;
import scgrad.core.op.Gradient;
import scgrad.core.op.Inputs;
import scgrad.core.op.Op;
import scgrad.core.op.Sum;
import scgrad.core.op.Upstream;

/**
 * The engine: records operations and walks them backwards. Un-broadcasting, accumulation and the question whether anyone needs a
 * gradient are answered here, once for all operations; memory is given back as soon as backward has passed it.
 */
public final class Autograd {
    private static final ThreadLocal<Boolean> RECORDING = ThreadLocal.withInitial(() -> true);

    private Autograd() {}

    /** An operation that ran: what it was, what it saw and what it saved. */
    static final class Node {
        final Op op;
        final Tensor[] inputs;
        final NDArray[] saved;
        final boolean takesRectified;
        Tensor[] outputs;

        Node(Op op, Tensor[] inputs, Inputs in) {
            this.op = op;
            this.inputs = inputs;
            this.saved = in.saved();
            this.takesRectified = in.takesRectified();
        }
    }

    /** Runs an operation of one output, and remembers it where a gradient may be asked for. */
    public static Tensor apply(Op op, Tensor... inputs) {
        return applyAll(op, inputs)[0];
    }

    /** The same with all outputs of an operation. */
    public static Tensor[] applyAll(Op op, Tensor... inputs) {
        NDArray[] arrays = new NDArray[inputs.length];
        boolean[] given = new boolean[inputs.length];
        boolean needed = false;
        for (int i = 0; i < inputs.length; i++) {
            arrays[i] = inputs[i].value;
            given[i] = inputs[i].given && !RECORDING.get() && !arrays[i].shared() && onlyOnce(inputs, i);
            needed |= inputs[i].needsGradient;
            if (arrays[i].backend() != arrays[0].backend()) {
                throw new IllegalArgumentException(op.name() + ": inputs are on different backends, "
                        + arrays[0].backend().name() + " and "
                        + arrays[i].backend().name());
            }
        }
        Inputs in = new Inputs(arrays, given);
        NDArray first = op.forward(in);
        Node node = needed && RECORDING.get() ? new Node(op, inputs, in) : null;
        Tensor[] outputs = new Tensor[1 + in.further().size()];
        for (int i = 0; i < outputs.length; i++) {
            outputs[i] = new Tensor(i == 0 ? first : in.further().get(i - 1), node != null, node);
        }
        if (node != null) {
            node.outputs = outputs;
        } else {
            for (NDArray saved : in.saved()) {
                saved.release();
            }
        }
        return outputs;
    }

    private static boolean onlyOnce(Tensor[] inputs, int index) {
        for (int i = 0; i < inputs.length; i++) {
            if (i != index && inputs[i].value.storage() == inputs[index].value.storage()) {
                return false;
            }
        }
        return true;
    }

    /** Runs a body without recording: inference. */
    public static <T> T noGrad(Supplier<T> body) {
        boolean before = RECORDING.get();
        RECORDING.set(false);
        try {
            return body.get();
        } finally {
            RECORDING.set(before);
        }
    }

    /** Whether operations are being recorded on this thread. */
    public static boolean recording() {
        return RECORDING.get();
    }

    static void backward(Tensor root, NDArray gradient) {
        backward(root, gradient, parameter -> {});
    }

    static void backward(Tensor root, NDArray gradient, Consumer<Tensor> complete) {
        if (!gradient.shape().equals(root.shape())) {
            throw new IllegalArgumentException(
                    "backward: gradient " + gradient.shape() + " does not fit tensor " + root.shape());
        }
        if (root.node == null) {
            if (root.spent) {
                throw spent(root);
            }
            if (!root.needsGradient) {
                throw new IllegalStateException("backward: no parameter leads to this tensor " + root.shape()
                        + ", or it was computed under noGrad");
            }
            root.addGradient(gradient);
            return;
        }
        List<Node> order = order(root);
        Map<Tensor, NDArray> gradients = new IdentityHashMap<>();
        Map<Tensor, Integer> uses = uses(order);
        Set<Tensor> rectified = Collections.newSetFromMap(new IdentityHashMap<>());
        gradients.put(root, gradient);
        for (int i = order.size() - 1; i >= 0; i--) {
            Node node = order.get(i);
            Upstream[] upstream = upstream(node, gradients, rectified);
            if (upstream != null) {
                Sum[] sums = sums(node, gradients, uses);
                NDArray[] dx = vjp(node, upstream, sums);
                for (int k = 0; k < dx.length; k++) {
                    Tensor input = node.inputs[k];
                    if (dx[k] != null && sums[k] != null && dx[k] == sums[k].array()) {
                        if (sums[k].rectified()) {
                            rectified.add(input);
                        }
                        continue;
                    }
                    if (dx[k] != null && input.needsGradient) {
                        if (!fits(dx[k].shape(), input.shape())) {
                            throw new IllegalStateException(node.op.name() + ": its gradient for input " + k
                                    + " has shape " + dx[k].shape() + ", the input has " + input.shape());
                        }
                        NDArray fitted = unbroadcast(dx[k], input.shape());
                        if (input.node == null) {
                            input.addGradient(fitted);
                        } else {
                            gradients.put(input, accumulate(gradients.get(input), fitted));
                        }
                    } else if (dx[k] != null) {
                        dx[k].release();
                    }
                }
                for (int k = 0; k < upstream.length; k++) {
                    if (node.outputs[k].kept) {
                        node.outputs[k].addGradient(upstream[k].dy());
                    } else {
                        upstream[k].dy().release();
                    }
                }
            }
            for (Tensor input : node.inputs) {
                if (input.needsGradient && uses.merge(input, -1, Integer::sum) == 0 && input.node == null) {
                    complete.accept(input);
                }
            }
            for (NDArray saved : node.saved) {
                saved.release();
            }
            for (Tensor output : node.outputs) {
                // what no operation on the way took may still be read
                if (output != root && !output.kept && uses.containsKey(output)) {
                    output.value.release();
                }
                output.node = null;
                output.spent = true;
            }
        }
    }

    /** What arrives at the outputs of an operation, zeros where nothing does; null where nothing does at any. */
    private static Upstream[] upstream(Node node, Map<Tensor, NDArray> gradients, Set<Tensor> rectified) {
        Upstream[] upstream = new Upstream[node.outputs.length];
        boolean any = false;
        for (Tensor output : node.outputs) {
            any |= gradients.containsKey(output);
        }
        for (int i = 0; any && i < upstream.length; i++) {
            Tensor output = node.outputs[i];
            NDArray dy = gradients.remove(output);
            if (dy == null) {
                dy = NDArray.full(output.value.backend(), output.shape(), 0);
            }
            boolean free = !output.kept && !dy.shared();
            upstream[i] = new Upstream(dy, output.value, free, rectified.remove(output));
        }
        return any ? upstream : null;
    }

    /** Without this a second walk would take what the first one used up for a leaf, and lose gradients in silence. */
    private static IllegalStateException spent(Tensor tensor) {
        return new IllegalStateException(
                "backward: tensor " + tensor.shape()
                        + " is part of a graph that an earlier backward used up: add the losses and call backward once, or compute it again");
    }

    private static NDArray[] vjp(Node node, Upstream[] upstream, Sum[] sums) {
        NDArray[] arrays = new NDArray[node.inputs.length];
        boolean[] wanted = new boolean[arrays.length];
        for (int i = 0; i < arrays.length; i++) {
            arrays[i] = node.inputs[i].value;
            wanted[i] = node.inputs[i].needsGradient;
        }
        return node.op.vjp(new Gradient(upstream, arrays, node.saved, wanted, sums));
    }

    /** Of each input the gradient so far, where an operation may add to it: whole, and seen by nobody else. */
    private static Sum[] sums(Node node, Map<Tensor, NDArray> gradients, Map<Tensor, Integer> uses) {
        Sum[] sums = new Sum[node.inputs.length];
        for (int k = 0; k < sums.length; k++) {
            Tensor input = node.inputs[k];
            NDArray sum = gradients.get(input);
            if (sum != null && !sum.shared() && sum.shape().equals(input.shape())) {
                boolean last = uses.get(input) == 1 && !input.kept;
                sums[k] = new Sum(sum, last && input.node != null && input.node.takesRectified);
            }
        }
        return sums;
    }

    /** The operations between the parameters and the root, first ones first. */
    private static List<Node> order(Tensor root) {
        List<Node> order = new ArrayList<>();
        Map<Node, Boolean> done = new IdentityHashMap<>();
        Deque<Node> stack = new ArrayDeque<>();
        stack.push(root.node);
        // a deep network would overflow the call stack, so the depth-first walk keeps its own
        while (!stack.isEmpty()) {
            Node node = stack.peek();
            if (done.putIfAbsent(node, false) == null) {
                for (Tensor input : node.inputs) {
                    if (input.spent) {
                        throw spent(input);
                    }
                    if (input.node != null && !done.containsKey(input.node)) {
                        stack.push(input.node);
                    }
                }
            } else {
                stack.pop();
                if (!done.put(node, true)) {
                    order.add(node);
                }
            }
        }
        return order;
    }

    /** How many inputs of operations each tensor is. */
    private static Map<Tensor, Integer> uses(List<Node> order) {
        Map<Tensor, Integer> uses = new IdentityHashMap<>();
        for (Node node : order) {
            for (Tensor input : node.inputs) {
                if (input.needsGradient) {
                    uses.merge(input, 1, Integer::sum);
                }
            }
        }
        return uses;
    }

    /** sum + more, in place where nobody else sees the sum; takes both over. */
    static NDArray accumulate(NDArray sum, NDArray more) {
        if (sum == null) {
            return more;
        }
        NDArray target = !sum.shared() ? sum : !more.shared() ? more : NDArray.allocate(sum.backend(), sum.shape());
        sum.backend().binary(Binary.ADD, sum, more, target);
        if (target != sum) {
            sum.release();
        }
        if (target != more) {
            more.release();
        }
        return target;
    }

    /** Whether a gradient has an input's shape, or one that the input stretches to. */
    private static boolean fits(Shape gradient, Shape shape) {
        if (gradient.count() == shape.count()) {
            return true;
        }
        boolean fits = gradient.rank() >= shape.rank();
        for (int i = 1; fits && i <= shape.rank(); i++) {
            fits = shape.size(-i) == 1 || shape.size(-i) == gradient.size(-i);
        }
        return fits;
    }

    /** Sums a gradient over the axes that were stretched by broadcasting; takes it over. */
    private static NDArray unbroadcast(NDArray gradient, Shape shape) {
        if (gradient.shape().equals(shape)) {
            return gradient;
        }
        int rank = gradient.shape().rank();
        boolean[] stretched = new boolean[rank];
        boolean any = false;
        for (int i = 1; i <= rank; i++) {
            stretched[rank - i] =
                    i > shape.rank() || shape.size(-i) == 1 && gradient.shape().size(-i) != 1;
            any |= stretched[rank - i] && gradient.shape().size(-i) != 1;
        }
        if (!any) {
            NDArray view = gradient.reshape(shape);
            gradient.release();
            return view;
        }
        NDArray sum = NDArray.allocate(gradient.backend(), shape);
        gradient.backend().reduce(Reduction.SUM, gradient, stretched, sum);
        gradient.release();
        return sum;
    }
}
