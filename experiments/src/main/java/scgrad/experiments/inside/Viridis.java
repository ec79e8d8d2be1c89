package scgrad.experiments.inside;

/** Matplotlib's colour map viridis (van der Walt and Smith, 2015): even steps to the eye, in grey and to colour-blind readers too. */
final class Viridis {
    /** At eighths; what is between lies on a straight line, which nobody sees. */
    private static final int[] EIGHTHS = {
        0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c, 0x28ae80, 0x5ec962, 0xaddc30, 0xfde725,
    };

    private Viridis() {}

    /** The colour 0xRRGGBB of a value 0..1; what is outside has the colour of the nearer end. */
    static int rgb(double value) {
        double place = Math.clamp(value, 0, 1) * (EIGHTHS.length - 1);
        int below = Math.min((int) place, EIGHTHS.length - 2);
        return mix(EIGHTHS[below], EIGHTHS[below + 1], place - below);
    }

    /** From one colour to another. */
    static int mix(int from, int to, double share) {
        int mixed = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int a = from >> shift & 0xff;
            int b = to >> shift & 0xff;
            mixed |= (int) Math.round(a + share * (b - a)) << shift;
        }
        return mixed;
    }
}
