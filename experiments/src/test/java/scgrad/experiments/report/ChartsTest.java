package scgrad.experiments.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scgrad.experiments.report.Charts.Bar;
import scgrad.experiments.report.Charts.Point;
import scgrad.experiments.report.Charts.Series;

class ChartsTest {
    @TempDir
    Path directory;

    private Path file(String name) {
        String kept = System.getProperty("scgrad.charts");
        return (kept == null ? directory : Path.of(kept)).resolve(name);
    }

    private static int count(BufferedImage image, Color color) {
        int count = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                count += (image.getRGB(x, y) & 0xffffff) == (color.getRGB() & 0xffffff) ? 1 : 0;
            }
        }
        return count;
    }

    private static BufferedImage read(Path file) throws IOException {
        BufferedImage image = ImageIO.read(file.toFile());
        assertThat(image.getWidth()).isEqualTo(1800);
        assertThat(image.getHeight()).isEqualTo(1120);
        assertThat(image.getRGB(3, 3) & 0xffffff).isEqualTo(0xffffff);
        assertThat(count(image, Color.WHITE)).isGreaterThan(1800 * 1120 / 3);
        return image;
    }

    @Test
    void curvesShowEverySeriesInItsColour() throws IOException {
        List<Series> series = new ArrayList<>();
        String[] names = {"plain convolution", "self-calibrated", "squeeze-excitation", "context only"};
        for (int s = 0; s < names.length; s++) {
            double[] x = new double[40];
            double[][] runs = new double[3][40];
            for (int i = 0; i < 40; i++) {
                x[i] = i + 1;
                for (int run = 0; run < 3; run++) {
                    runs[run][i] =
                            95 - 4 * s - 60 * Math.exp(-i / (6.0 + s)) + 2 * Math.sin(i * (1.3 + run)) / (1 + i / 9.0);
                }
            }
            series.add(Series.over(names[s], x, runs));
        }
        Charts.curves(file("curves.png"), "CIFAR-10, ResNet-20, three seeds", "epoch", "test accuracy (%)", series);
        BufferedImage image = read(file("curves.png"));
        for (int s = 0; s < names.length; s++) {
            assertThat(count(image, Look.color(s))).as(names[s]).isGreaterThan(1500);
        }
        assertThat(count(image, Look.color(4))).isZero();
    }

    @Test
    void aSingleEpochIsVisible() throws IOException {
        Charts.curves(
                file("single.png"), "one", "epoch", "loss", List.of(Series.of("a", new double[] {1}, new double[] {2
                })));
        assertThat(count(read(file("single.png")), Look.color(0))).isGreaterThan(100);
    }

    @Test
    void barsGrowWithTheirValues() throws IOException {
        List<Bar> bars = List.of(
                new Bar("plain", 92.1, 0.4),
                new Bar("squeeze-excitation", 92.6, 0.3),
                new Bar("self-calibrated", 93.4, 0.2),
                new Bar("without identity", 46.7, 0.5));
        Charts.bars(file("bars.png"), "Test accuracy after 200 epochs", "test accuracy (%)", "0.0", bars);
        BufferedImage image = read(file("bars.png"));
        assertThat(count(image, Look.color(0))).isGreaterThan(100_000);
        Charts.bars(file("zoomed.png"), "Zoomed", "test accuracy (%)", "0.0", bars.subList(0, 3), true);
        // Columns of bar colour near the top: only the tallest bar reaches there when the axis begins near the lowest.
        BufferedImage zoomed = read(file("zoomed.png"));
        int[] heights = new int[1800];
        for (int x = 0; x < 1800; x++) {
            for (int y = 0; y < 1120; y++) {
                heights[x] += (zoomed.getRGB(x, y) & 0xffffff) == (Look.color(0).getRGB() & 0xffffff) ? 1 : 0;
            }
        }
        int first = Arrays.stream(heights, 0, 700).max().orElseThrow();
        int last = Arrays.stream(heights, 1300, 1800).max().orElseThrow();
        assertThat(last).isGreaterThan(2 * first);
    }

    @Test
    void scatterShowsEveryGroup() throws IOException {
        List<Point> points = List.of(
                new Point("plain", "ResNet-20", 0.27, 91.7),
                new Point("plain", "ResNet-32", 0.46, 92.5),
                new Point("plain", "ResNet-56", 0.85, 93.4),
                new Point("self-calibrated", "SC-ResNet-20", 0.28, 92.4),
                new Point("self-calibrated", "SC-ResNet-32", 0.48, 93.1),
                new Point("self-calibrated", "SC-ResNet-56", 0.88, 93.9));
        Charts.scatter(
                file("scatter.png"), "Accuracy against size", "parameters (million)", "test accuracy (%)", points);
        BufferedImage image = read(file("scatter.png"));
        assertThat(count(image, Look.color(0))).isGreaterThan(500);
        assertThat(count(image, Look.color(1))).isGreaterThan(500);
    }

    @Test
    void meanLeastAndGreatestOfRuns() {
        Series series = Series.over("s", new double[] {1, 2}, new double[][] {{1, 5}, {3, 6}, {2, 10}});
        assertThat(series.y()).containsExactly(2, 7);
        assertThat(series.low()).containsExactly(1, 5);
        assertThat(series.high()).containsExactly(3, 10);
    }

    @Test
    void whatCannotBeDrawnIsRefused() {
        assertThatThrownBy(() -> Series.of("s", new double[2], new double[3])).hasMessageContaining("x has 2, y 3");
        assertThatThrownBy(() -> Charts.curves(file("none.png"), "t", "x", "y", List.of()))
                .hasMessageContaining("nothing to draw");
    }
}
