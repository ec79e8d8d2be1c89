package scgrad.nn;

import scgrad.core.Rng;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;

/** Dropout in training, nothing at inference. Which numbers drop follows from the seed and the count of calls. */
public final class Dropout extends Module {
    private final double rate;
    private Rng rng;

    public Dropout(Backend backend, double rate, long seed) {
        super(backend);
        this.rate = rate;
        this.rng = Rng.of(seed).stream("dropout");
    }

    @Override
    protected Tensor forward(Tensor x) {
        return training() && rate > 0 ? x.dropout(rate, rng.nextLong()) : x;
    }

    /** The position of the random stream, for a checkpoint. */
    public long randomState() {
        return rng.state();
    }

    public void restoreRandom(long state) {
        rng = Rng.restore(state);
    }
}
