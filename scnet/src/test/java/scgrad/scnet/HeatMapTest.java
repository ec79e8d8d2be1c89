package scgrad.scnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import scgrad.core.Tensor;
import scgrad.core.array.Backends;
import scgrad.core.array.Resampling;
import scgrad.core.array.Shape;

class HeatMapTest {
    private static final HeatMap MAP = new HeatMap(2, 3, new double[] {1, 4, 2, -3, 0, 8});

    @ParameterizedTest
    @EnumSource
    void itIsResizedLikeATensor(Resampling.Mode mode) {
        Tensor tensor = Tensor.of(Backends.open("reference"), Shape.of(1, 2, 3, 1), MAP.values());
        HeatMap resized = MAP.resized(mode, 5, 7);
        assertThat(resized.at(4, 6)).isEqualTo(8);
        assertThat(resized.values())
                .containsExactly(tensor.interpolate(mode, 5, 7).toDoubles(), within(1e-12));
    }

    @Test
    void itKnowsItsExtremes() {
        assertThat(MAP.least()).isEqualTo(-3);
        assertThat(MAP.greatest()).isEqualTo(8);
        assertThatThrownBy(() -> new HeatMap(2, 2, new double[5])).hasMessageContaining("2x2 places do not fit 5");
    }
}
