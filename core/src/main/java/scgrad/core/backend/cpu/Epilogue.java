package scgrad.core.backend.cpu;

/**
 * What happens to outputs of a convolution while they are still in registers or in the cache: y = act(y + shift + residual), per channel.
 *
 * @param shift of each channel, with a panel's length more than there are channels
 * @param residual null for none; laid out as y
 */
record Epilogue(float[] shift, float[] residual, boolean relu) {

    /** y = act(y + shift + residual) for as many channels. */
    void finish(int offset, int channel, int count, float[] y) {
        float floor = relu ? 0 : Float.NEGATIVE_INFINITY;
        if (residual == null) {
            for (int i = 0; i < count; i++) {
                y[offset + i] = Math.max(y[offset + i] + shift[channel + i], floor);
            }
        } else {
            for (int i = 0; i < count; i++) {
                y[offset + i] = Math.max(y[offset + i] + shift[channel + i] + residual[offset + i], floor);
            }
        }
    }
}
