package scgrad.scnet;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import scgrad.core.Autograd;
import scgrad.core.Tensor;
import scgrad.core.array.Shape;
import scgrad.nn.Module;
import scgrad.nn.Observation;

/**
 * What self-calibrated convolutions let through and where: the gate sigmoid(x + up(k2 * pool(x))) of each (Liu et al., CVPR 2020, equation 4),
 * made as its design makes it, averaged over the channels.
 */
public final class CalibrationMaps {
    private CalibrationMaps() {}

    /** The paths of the modules that have a gate ({@code layer1.0.scconv}), in the order they run; none in a network without calibration. */
    public static List<String> units(Module network) {
        return gates(network).values().stream().map(Gate::path).toList();
    }

    private record Gate(String path, SelfCalibrated unit) {}

    /** A gate is not a module, but its context is: what goes in is x and what comes out is k2 * pool(x). */
    private static Map<Module, Gate> gates(Module network) {
        // modules are equal only to themselves
        Map<Module, Gate> gates = new LinkedHashMap<>();
        for (Module.Named named : network.modules()) {
            if (named.module() instanceof SelfCalibrated unit && unit.context() != null) {
                gates.put(unit.context(), new Gate(named.path(), unit));
            }
        }
        return gates;
    }

    /** By path the maps of all gates at inference, {@code [h, w]} of the unit's input and between 0 and 1, one for each of the images {@code [N, H, W, 3]}. */
    public static Map<String, List<HeatMap>> of(Module network, Tensor images) {
        Map<Module, Gate> gates = gates(network);
        Map<String, List<HeatMap>> maps = new LinkedHashMap<>();
        Observation.Observer observer = (module, x, context) -> {
            Gate gate = gates.get(module);
            if (gate != null) {
                maps.put(gate.path, maps(gate.unit.gate(x, context)));
            }
        };
        return Inspection.of(network, () -> {
            Observation.during(observer, () -> Autograd.noGrad(() -> network.apply(images)));
            return maps;
        });
    }

    private static List<HeatMap> maps(Tensor gate) {
        Shape shape = gate.shape();
        double[] means = gate.mean(-1).toDoubles();
        int places = shape.size(1) * shape.size(2);
        List<HeatMap> maps = new ArrayList<>();
        for (int n = 0; n < shape.size(0); n++) {
            double[] values = java.util.Arrays.copyOfRange(means, n * places, (n + 1) * places);
            maps.add(new HeatMap(shape.size(1), shape.size(2), values));
        }
        return maps;
    }
}
