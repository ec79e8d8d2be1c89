package scgrad.experiments.inside;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ViridisTest {
    private static double luminance(int rgb) {
        return .299 * (rgb >> 16 & 0xff) + .587 * (rgb >> 8 & 0xff) + .114 * (rgb & 0xff);
    }

    @Test
    void itRisesFromDarkToBright() {
        for (int i = 1; i <= 64; i++) {
            assertThat(luminance(Viridis.rgb(i / 64.0)))
                    .as("step %d", i)
                    .isGreaterThan(luminance(Viridis.rgb((i - 1) / 64.0)));
        }
    }

    @Test
    void itsEndsHold() {
        assertThat(Viridis.rgb(0)).isEqualTo(0x440154).isEqualTo(Viridis.rgb(-1));
        assertThat(Viridis.rgb(1)).isEqualTo(0xfde725).isEqualTo(Viridis.rgb(2));
        assertThat(Viridis.rgb(.5)).isEqualTo(0x21918c);
        assertThat(Viridis.mix(0x102030, 0x304050, .5)).isEqualTo(0x203040);
    }
}
