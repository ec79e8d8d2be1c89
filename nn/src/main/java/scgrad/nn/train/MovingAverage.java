package scgrad.nn.train;

import java.util.LinkedHashMap;
import java.util.Map;
import scgrad.core.array.NDArray;
import scgrad.nn.Module;

/** An exponential moving average of a model's whole state; {@link #swap} puts it in the model's place and back. */
public final class MovingAverage {
    private final Map<String, NDArray> live;
    private final Map<String, NDArray> average = new LinkedHashMap<>();
    private final double decay;

    public MovingAverage(Module model, double decay) {
        this.live = model.state();
        this.decay = decay;
        live.forEach((key, value) -> average.put(key, value.persist()));
    }

    /** average = decay * average + (1 - decay) * model. */
    public void update() {
        live.forEach((key, value) -> value.backend().blend(1 - decay, value, decay, average.get(key)));
    }

    /** Exchanges the averaged and the live numbers. */
    public void swap() {
        live.forEach((key, value) -> {
            double[] kept = value.toDoubles();
            value.backend().upload(average.get(key).toDoubles(), value);
            value.backend().upload(kept, average.get(key));
        });
    }

    public Map<String, NDArray> state() {
        return average;
    }
}
