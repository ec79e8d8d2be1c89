package scgrad.core.backend.cpu;

/**
 * What happens to outputs of a convolution while they are still in registers or in the cache: y = act(y + shift + residual), per channel.
 *
 * @param shift of each channel, with a panel's length more than there are channels
 * @param residual null for none; laid out as y
 * @param open null, or laid out as y: y is then 0 where it is not positive, as the gradient of a ReLU that gave it
 */
record Epilogue(float[] shift, float[] residual, boolean relu, float[] open) {
    Epilogue(float[] shift, float[] residual, boolean relu) {
        this(shift, residual, relu, null);
    }

    /** Adds so many channels to what {@code sum} holds, and nothing else; {@code open} may be null. */
    static Epilogue adding(int channels, float[] sum, float[] open) {
        return new Epilogue(new float[channels + Tiles.COLUMNS], sum, false, open);
    }

    /** The least output. */
    float floor() {
        return relu ? 0 : Float.NEGATIVE_INFINITY;
    }

    /** The same of as many channels; y may hold the sums, or be the residual, but not both. */
    void finish(float[] sums, int from, int channel, int count, float[] y, int to) {
        float floor = floor();
        for (int i = 0; i < count; i++) {
            float value = sums[from + i] + shift[channel + i];
            if (residual != null) {
                value += residual[to + i];
            }
            y[to + i] = open == null || open[to + i] > 0 ? Math.max(value, floor) : 0;
        }
    }
}
