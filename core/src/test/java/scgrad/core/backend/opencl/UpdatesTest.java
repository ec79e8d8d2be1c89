package scgrad.core.backend.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import scgrad.core.OpenClDevice;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.core.array.Binary;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;

/** An optimizer's step over more parameters than a command takes, against the reference. */
class UpdatesTest {
    private static final int PARAMETERS = 700;

    private final Backend device = OpenClDevice.open();
    private final Backend reference = Backends.open("reference");

    /** Of many lengths, around that of a block too. */
    private static int length(int parameter) {
        return 1 + parameter * 37 % 600;
    }

    private static List<NDArray> arrays(Backend backend, double phase) {
        List<NDArray> arrays = new ArrayList<>();
        for (int p = 0; p < PARAMETERS; p++) {
            double[] values = new double[length(p)];
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.sin(phase + p + 0.1 * i);
            }
            NDArray array = NDArray.persistent(backend, Shape.of(values.length));
            backend.upload(values, array);
            arrays.add(array);
        }
        return arrays;
    }

    private static List<double[]> values(List<NDArray> arrays) {
        return arrays.stream()
                .map(array -> {
                    double[] values = new double[array.shape().length()];
                    array.backend().download(array, values);
                    return values;
                })
                .toList();
    }

    private static List<double[]> sgd(Backend backend) {
        List<NDArray> w = arrays(backend, 0);
        List<NDArray> g = arrays(backend, 1);
        List<NDArray> v = arrays(backend, 2);
        for (int p = 0; p < PARAMETERS; p++) {
            // as with weights that decay and biases that do not
            backend.sgd(0.1, 0.9, p % 100 == 99 ? 0 : 0.01, true, w.get(p), g.get(p), v.get(p));
        }
        return values(w);
    }

    private static List<double[]> adamW(Backend backend) {
        List<NDArray> w = arrays(backend, 0);
        List<NDArray> g = arrays(backend, 1);
        List<NDArray> m = arrays(backend, 2);
        List<NDArray> s = arrays(backend, 3);
        for (int p = 0; p < PARAMETERS; p++) {
            backend.binary(Binary.MULTIPLY, g.get(p), g.get(p), s.get(p));
        }
        for (int p = 0; p < PARAMETERS; p++) {
            backend.adamW(0.1, 0.9, 0.99, 1e-8, 0.01, 5, w.get(p), g.get(p), m.get(p), s.get(p));
        }
        return values(w);
    }

    private static void assertClose(List<double[]> actual, List<double[]> expected) {
        for (int p = 0; p < PARAMETERS; p++) {
            for (int i = 0; i < length(p); i++) {
                double one = expected.get(p)[i];
                assertThat(actual.get(p)[i])
                        .as("parameter %d, element %d", p, i)
                        .isEqualTo(one, within(1e-5 * Math.max(1, Math.abs(one))));
            }
        }
    }

    @Test
    void sgdOfManyParameters() {
        assertClose(sgd(device), sgd(reference));
    }

    @Test
    void adamWOfManyParameters() {
        assertClose(adamW(device), adamW(reference));
    }

    @Test
    void aParameterThatIsUpdatedTwiceMovesTwice() {
        NDArray[] on = new NDArray[3];
        double[] moved = new double[2];
        for (Backend backend : List.of(device, reference)) {
            for (int i = 0; i < 3; i++) {
                on[i] = NDArray.persistent(backend, Shape.of(1));
                backend.upload(new double[] {i + 1}, on[i]);
            }
            for (int step = 0; step < 2; step++) {
                backend.sgd(0.1, 0.9, 0, false, on[0], on[1], on[2]);
            }
            double[] value = new double[1];
            backend.download(on[0], value);
            moved[backend == device ? 0 : 1] = value[0];
        }
        assertThat(moved[0]).isEqualTo(moved[1], within(1e-6));
    }

    @Test
    void aStepIsFewCommands() {
        List<NDArray> w = arrays(device, 0);
        List<NDArray> g = arrays(device, 1);
        List<NDArray> v = arrays(device, 2);
        device.finish();
        long before = device.traffic().commands();
        for (int p = 0; p < PARAMETERS; p++) {
            device.sgd(0.1, 0.9, 0.01, true, w.get(p), g.get(p), v.get(p));
        }
        device.finish();
        assertThat(device.traffic().commands() - before).isEqualTo(2);
    }
}
