package scgrad.core.backend.cpu;

/**
 * What happens to outputs of a convolution while they are still in the cache: y = act(y * scale + shift + residual), per channel.
 *
 * @param residual null for none; laid out as y
 */
record Epilogue(Loops loops, float[] scale, float[] shift, float[] residual, boolean relu) {

    /** Finishes {@code count} channels of one pixel, from {@code channel} on, which begin at {@code offset}. */
    void apply(float[] y, int offset, int channel, int count) {
        loops.finish(y, offset, count, scale, shift, channel, residual, relu);
    }
}
