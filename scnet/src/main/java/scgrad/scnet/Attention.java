package scgrad.scnet;

import scgrad.core.array.Backend;
import scgrad.nn.Module;

/**
 * A kind of attention that a network can have in each residual block, behind the last normalisation and before the shortcut is added: one
 * class and one line in {@link Attentions}, or a service of this type on the class path. It turns {@code [N, H, W, channels]} into the same
 * shape.
 */
public interface Attention extends Registered {
    Module build(Backend backend, int channels, Options options);
}
