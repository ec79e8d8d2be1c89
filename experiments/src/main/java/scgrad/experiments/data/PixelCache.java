package scgrad.experiments.data;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;

/** Keeps images that were made once, as many as fit; which ones changes how long reading takes, and nothing else. */
final class PixelCache {
    private final AtomicReferenceArray<Pixels> kept;
    private final AtomicLong bytesLeft;

    PixelCache(int images, long bytes) {
        kept = new AtomicReferenceArray<>(images);
        bytesLeft = new AtomicLong(bytes);
    }

    Pixels get(int index, IntFunction<Pixels> maker) {
        Pixels pixels = kept.get(index);
        if (pixels == null) {
            pixels = maker.apply(index);
            int length = pixels.rgb().length;
            if (bytesLeft.addAndGet(-length) < 0 || !kept.compareAndSet(index, null, pixels)) {
                bytesLeft.addAndGet(length);
            }
        }
        return pixels;
    }
}
