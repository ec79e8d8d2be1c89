package scgrad.nn.train;

import java.util.IdentityHashMap;
import java.util.Map;
import scgrad.core.Autograd;
import scgrad.core.Tensor;
import scgrad.nn.Module;
import scgrad.nn.Observation;

/** A training whose loss is no number any more; the message names the first bad layer. */
public final class Divergence extends RuntimeException {
    private static final long serialVersionUID = 1;

    private Divergence(String message) {
        super(message);
    }

    /** Runs the batch once more and looks where the first value that is not finite appears. */
    static Divergence diagnose(Module model, Tensor images, double loss, int epoch, int batch, double rate) {
        String where = "";
        for (Map.Entry<String, Tensor> parameter : model.parameters().entrySet()) {
            if (where.isEmpty() && !finite(parameter.getValue())) {
                where = "the parameter " + parameter.getKey() + " is not finite: the last update went too far";
            }
        }
        if (where.isEmpty()) {
            where = firstBadLayer(model, images);
        }
        return new Divergence("training diverged in epoch " + epoch + ", batch " + batch + ": the loss is " + loss
                + "; " + where + "; the learning rate was " + rate + ": lower it, or clip gradients with --set clip=1");
    }

    private static String firstBadLayer(Module model, Tensor images) {
        Map<Module, String> paths = new IdentityHashMap<>();
        model.modules().forEach(named -> paths.put(named.module(), named.path()));
        String[] first = {""};
        Observation.during(
                (module, in, out) -> {
                    if (first[0].isEmpty() && !finite(out)) {
                        first[0] = "the first layer with a value that is not finite is " + paths.get(module) + " ("
                                + module.kind() + ")";
                    }
                },
                () -> Autograd.noGrad(() -> model.apply(images)));
        return first[0].isEmpty() ? "every layer is finite, the targets are not" : first[0];
    }

    private static boolean finite(Tensor tensor) {
        for (float value : tensor.toFloats()) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }
}
