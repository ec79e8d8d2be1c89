package scgrad.core.backend.cpu;

/**
 * What happens to outputs of a convolution while they are still in registers or in the cache: y = act(y + shift + residual), per channel.
 *
 * @param shift of each channel, with a panel's length more than there are channels
 * @param residual null for none; laid out as y
 */
record Epilogue(float[] shift, float[] residual, boolean relu) {

    /** The least output. */
    float floor() {
        return relu ? 0 : Float.NEGATIVE_INFINITY;
    }

    /** y = act(sums + shift + residual) of as many channels; y may hold the sums, or be the residual, but not both. */
    void finish(float[] sums, int from, int channel, int count, float[] y, int to) {
        float floor = floor();
        if (residual == null) {
            for (int i = 0; i < count; i++) {
                y[to + i] = Math.max(sums[from + i] + shift[channel + i], floor);
            }
        } else {
            for (int i = 0; i < count; i++) {
                y[to + i] = Math.max(sums[from + i] + shift[channel + i] + residual[to + i], floor);
            }
        }
    }
}
