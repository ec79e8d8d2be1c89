package scgrad.core.backend.cpu;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import scgrad.core.array.ChannelNorm;
import scgrad.core.array.ConvGeometry;
import scgrad.core.array.NDArray;
import scgrad.core.array.Storage;

/**
 * Kernels with the normalisation behind them folded in, {@code w * gamma / sqrt(variance + epsilon)}, prepared for their convolution, and
 * kept as long as nothing changes that they were made from. Inference of a ResNet-50 would otherwise pack 100 MB for each batch.
 */
final class FoldedKernels {
    /**
     * A folded kernel.
     *
     * @param plain as the kernel itself, where its convolution keeps no prepared form; else null
     * @param prepared of each group; null where plain is given
     * @param shift of each channel, with a panel's length of zeros behind
     */
    record Folded(float[] plain, float[][] prepared, float[] shift, Sources sources) {}

    /** What a folded kernel was made from, and in which state. */
    private record Sources(
            boolean transformed, double epsilon, List<WeakReference<Storage>> storages, long[] versions) {
        static Sources of(boolean transformed, double epsilon, NDArray... arrays) {
            List<WeakReference<Storage>> storages = new ArrayList<>();
            long[] versions = new long[arrays.length];
            for (int i = 0; i < arrays.length; i++) {
                storages.add(new WeakReference<>(arrays[i].storage()));
                versions[i] = arrays[i].storage().version();
            }
            return new Sources(transformed, epsilon, storages, versions);
        }

        boolean same(boolean otherTransformed, double otherEpsilon, NDArray... arrays) {
            boolean same = transformed == otherTransformed && epsilon == otherEpsilon;
            for (int i = 0; same && i < arrays.length; i++) {
                same = storages.get(i).refersTo(arrays[i].storage())
                        && versions[i] == arrays[i].storage().version();
            }
            return same;
        }
    }

    private final Convolutions convolutions;
    private final BufferPool pool;
    private final Map<Storage, Folded> kept = new WeakHashMap<>();

    FoldedKernels(Convolutions convolutions, BufferPool pool) {
        this.convolutions = convolutions;
        this.pool = pool;
    }

    synchronized Folded of(ConvGeometry g, NDArray w, ChannelNorm norm) {
        boolean transformed = Convolutions.keptTransformed(Gather.forward(g, 0));
        NDArray[] sources = {w, norm.mean(), norm.variance(), norm.gamma(), norm.beta()};
        Folded folded = kept.get(w.storage());
        if (folded == null || !folded.sources.same(transformed, norm.epsilon(), sources)) {
            folded = fold(g, w, norm, Sources.of(transformed, norm.epsilon(), sources));
            kept.put(w.storage(), folded);
        }
        return folded;
    }

    private Folded fold(ConvGeometry g, NDArray w, ChannelNorm norm, Sources sources) {
        int filters = g.filters();
        float[] scale = new float[filters];
        float[] shift = new float[filters + Tiles.COLUMNS];
        BatchNorms.scaleShift(
                filters,
                CpuBackend.data(norm.mean()),
                CpuBackend.data(norm.variance()),
                norm.epsilon(),
                CpuBackend.data(norm.gamma()),
                CpuBackend.data(norm.beta()),
                scale,
                shift);
        int weights = w.shape().length();
        float[] scaled = new float[CacheLine.FIRST + weights];
        BatchNorms.fold(CpuBackend.data(w), weights, scale, filters, scaled);
        if (!Convolutions.preparable(g)) {
            return new Folded(scaled, null, shift, sources);
        }
        float[][] prepared = convolutions.prepare(g, scaled);
        for (float[] kernel : prepared) {
            pool.forget(kernel);
        }
        return new Folded(null, prepared, shift, sources);
    }

    /** Bytes of all kernels that are kept. */
    synchronized long bytes() {
        long floats = 0;
        for (Folded folded : kept.values()) {
            floats += folded.plain == null ? 0 : folded.plain.length;
            for (int i = 0; folded.prepared != null && i < folded.prepared.length; i++) {
                floats += folded.prepared[i].length;
            }
        }
        return Float.BYTES * floats;
    }
}
