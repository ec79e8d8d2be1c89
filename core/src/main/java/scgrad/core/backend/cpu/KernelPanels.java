package scgrad.core.backend.cpu;

/** A kernel as panels of 16 of its outputs, each packed where and when it is needed. */
@FunctionalInterface
interface KernelPanels {
    /** Packs one panel, {@code [depth of all taps][16]}, to {@code at}. */
    void pack(int panel, float[] packed, int at);

    /** All panels, as in {@link Panels}, where they are packed already; else null. */
    default float[] packed() {
        return null;
    }
}
