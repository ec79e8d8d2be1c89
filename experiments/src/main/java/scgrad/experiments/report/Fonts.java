package scgrad.experiments.report;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;

/**
 * Whether this system has fonts, without which Java draws no text. Servers often have none: their runs and reports go on without plots, and a
 * picture that was asked for by name is refused.
 */
public final class Fonts {
    private static final String MISSING =
            "this system has no fonts, or no fontconfig to find them (Debian and Ubuntu: apt install fontconfig fonts-dejavu-core)";

    private static final boolean THERE = probe();

    private Fonts() {}

    private static boolean probe() {
        Graphics2D graphics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
        try {
            return graphics.getFontMetrics().stringWidth("x") > 0;
        } catch (RuntimeException | LinkageError | InternalError absent) {
            // which of them depends on what is missing
            System.err.println("plots are left out: " + MISSING + "; 'scgrad study report' draws a study's elsewhere");
            return false;
        } finally {
            graphics.dispose();
        }
    }

    /** Says so once where there are none. */
    static boolean there() {
        return THERE;
    }

    /** For a picture that is the whole purpose. */
    public static void require() throws IOException {
        if (!THERE) {
            throw new IOException(MISSING);
        }
    }
}
