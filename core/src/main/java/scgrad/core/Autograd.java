package scgrad.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import scgrad.core.array.Binary;
import scgrad.core.array.NDArray;
import scgrad.core.array.Reduction;
import scgrad.core.array.Shape;
import scgrad.core.op.Gradient;
import scgrad.core.op.Inputs;
import scgrad.core.op.Op;

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

        Node(Op op, Tensor[] inputs, NDArray[] saved) {
            this.op = op;
            this.inputs = inputs;
            this.saved = saved;
        }
    }

    /** Runs an operation, and remembers it where a gradient may be asked for. */
    public static Tensor apply(Op op, Tensor... inputs) {
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
        NDArray out = op.forward(in);
        if (needed && RECORDING.get()) {
            return new Tensor(out, true, new Node(op, inputs, in.saved()));
        }
        for (NDArray saved : in.saved()) {
            saved.release();
        }
        return new Tensor(out, false, null);
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
        List<Tensor> order = order(root);
        Map<Tensor, NDArray> gradients = new IdentityHashMap<>();
        Map<Tensor, Integer> uses = uses(order);
        gradients.put(root, gradient);
        for (int i = order.size() - 1; i >= 0; i--) {
            Tensor tensor = order.get(i);
            Node node = tensor.node;
            NDArray dy = gradients.remove(tensor);
            if (dy != null) {
                NDArray[] sums = sums(node, gradients);
                NDArray[] dx = vjp(node, tensor.value, dy, !tensor.kept && !dy.shared(), sums);
                for (int k = 0; k < dx.length; k++) {
                    Tensor input = node.inputs[k];
                    if (dx[k] != null && dx[k] == sums[k]) {
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
                if (tensor.kept) {
                    tensor.addGradient(dy);
                } else {
                    dy.release();
                }
            }
            for (Tensor input : node.inputs) {
                if (input.node == null && input.needsGradient && uses.merge(input, -1, Integer::sum) == 0) {
                    complete.accept(input);
                }
            }
            for (NDArray saved : node.saved) {
                saved.release();
            }
            if (tensor != root && !tensor.kept) {
                tensor.value.release();
            }
            tensor.node = null;
            tensor.spent = true;
        }
    }

    /** Without this a second walk would take what the first one used up for a leaf, and lose gradients in silence. */
    private static IllegalStateException spent(Tensor tensor) {
        return new IllegalStateException(
                "backward: tensor " + tensor.shape()
                        + " is part of a graph that an earlier backward used up: add the losses and call backward once, or compute it again");
    }

    private static NDArray[] vjp(Node node, NDArray out, NDArray dy, boolean dyFree, NDArray[] sums) {
        NDArray[] arrays = new NDArray[node.inputs.length];
        boolean[] wanted = new boolean[arrays.length];
        for (int i = 0; i < arrays.length; i++) {
            arrays[i] = node.inputs[i].value;
            wanted[i] = node.inputs[i].needsGradient;
        }
        return node.op.vjp(new Gradient(dy, arrays, node.saved, out, wanted, dyFree, sums));
    }

    /** Of each input the gradient so far, where an operation may add to it: whole, and seen by nobody else. */
    private static NDArray[] sums(Node node, Map<Tensor, NDArray> gradients) {
        NDArray[] sums = new NDArray[node.inputs.length];
        for (int k = 0; k < sums.length; k++) {
            NDArray sum = gradients.get(node.inputs[k]);
            boolean free = sum != null && !sum.shared() && sum.shape().equals(node.inputs[k].shape());
            sums[k] = free ? sum : null;
        }
        return sums;
    }

    /** The tensors between the parameters and the root, inputs before outputs. */
    private static List<Tensor> order(Tensor root) {
        List<Tensor> order = new ArrayList<>();
        Map<Tensor, Boolean> done = new IdentityHashMap<>();
        Deque<Tensor> stack = new ArrayDeque<>();
        stack.push(root);
        // a deep network would overflow the call stack, so the depth-first walk keeps its own
        while (!stack.isEmpty()) {
            Tensor tensor = stack.peek();
            if (done.putIfAbsent(tensor, false) == null) {
                for (Tensor input : tensor.node.inputs) {
                    if (input.spent) {
                        throw spent(input);
                    }
                    if (input.node != null && !done.containsKey(input)) {
                        stack.push(input);
                    }
                }
            } else {
                stack.pop();
                if (!done.put(tensor, true)) {
                    order.add(tensor);
                }
            }
        }
        return order;
    }

    private static Map<Tensor, Integer> uses(List<Tensor> order) {
        Map<Tensor, Integer> uses = new IdentityHashMap<>();
        for (Tensor tensor : order) {
            for (Tensor input : tensor.node.inputs) {
                if (input.node == null && input.needsGradient) {
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
