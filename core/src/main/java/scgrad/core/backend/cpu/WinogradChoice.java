package scgrad.core.backend.cpu;

/** Whether Winograd's transforms pay for a geometry: a pure function of it. The system property {@code scgrad.winograd=off} turns them off. */
final class WinogradChoice {
    private static final boolean ON = !"off".equals(System.getProperty("scgrad.winograd"));

    private WinogradChoice() {}

    static boolean pays(Gather g) {
        return ON && fits(g);
    }

    private static boolean fits(Gather g) {
        return g.tapRows() == 3
                && g.tapColumns() == 3
                && g.step() == 1
                && g.stride() == 1
                && g.targetStride() == 1
                && g.depth() == g.sourceChannels()
                && g.filters() == g.targetChannels();
    }
}
