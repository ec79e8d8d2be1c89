package scgrad.experiments.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Paint;
import java.awt.Shape;
import java.awt.Stroke;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.Axis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.Plot;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.PaintScale;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.title.TextTitle;
import org.jfree.chart.ui.HorizontalAlignment;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;

/** The look that all charts share: white ground, large type, thin grey lines, and colours that colour-blind readers can tell apart. */
final class Look {
    /** Drawn at twice this size, so that print and dense screens show clean lines. */
    static final int WIDTH = 900;

    static final int HEIGHT = 560;
    private static final int SCALE = 2;

    private static final Color INK = new Color(0x22, 0x22, 0x22);
    private static final Color QUIET = new Color(0x66, 0x66, 0x66);
    private static final Color LINE = new Color(0xdd, 0xdd, 0xdd);

    /** Okabe and Ito (2008), "Color universal design", without its black and its yellow, which is faint on white. */
    private static final Color[] PALETTE = {
        new Color(0x00, 0x72, 0xb2),
        new Color(0xd5, 0x5e, 0x00),
        new Color(0x00, 0x9e, 0x73),
        new Color(0xcc, 0x79, 0xa7),
        new Color(0xe6, 0x9f, 0x00),
        new Color(0x56, 0xb4, 0xe9),
    };

    private static final float[][] DASHES = {null, {9, 5}, {2, 4}, {12, 4, 2, 4}};

    private Look() {}

    static Color color(int series) {
        return PALETTE[series % PALETTE.length];
    }

    /** Solid until the colours repeat, then dashed. */
    static Stroke stroke(int series) {
        float[] dash = DASHES[series / PALETTE.length % DASHES.length];
        return new BasicStroke(2.4f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND, 1, dash, 0);
    }

    /** A shape beside the colour: disc, square, triangle, diamond. */
    static Shape marker(int series) {
        double r = 5.5;
        return switch (series % 4) {
            case 0 -> new Ellipse2D.Double(-r, -r, 2 * r, 2 * r);
            case 1 -> new Rectangle2D.Double(-r + .5, -r + .5, 2 * r - 1, 2 * r - 1);
            case 2 -> polygon(0, -r - 1, r + 1, r - .5, -r - 1, r - .5);
            default -> polygon(0, -r - 1.5, r + 1.5, 0, 0, r + 1.5, -r - 1.5, 0);
        };
    }

    /** White to the first colour of the palette, for values from low to high. */
    record Shades(double low, double high) implements PaintScale {
        private static final Color DARKEST = new Color(0x00, 0x4c, 0x78);

        @Override
        public double getLowerBound() {
            return low;
        }

        @Override
        public double getUpperBound() {
            return high;
        }

        @Override
        public Paint getPaint(double value) {
            if (Double.isNaN(value)) {
                return Color.WHITE;
            }
            double share = Math.clamp((value - low) / (high - low), 0, 1);
            return new Color(
                    mix(DARKEST.getRed(), share), mix(DARKEST.getGreen(), share), mix(DARKEST.getBlue(), share));
        }

        private static int mix(int dark, double share) {
            return (int) Math.round(255 + (dark - 255) * share);
        }

        /** What can be read on a value's shade. */
        Paint ink(double value) {
            return (value - low) / (high - low) > .5 ? Color.WHITE : INK;
        }
    }

    private static Shape polygon(double... points) {
        Path2D path = new Path2D.Double();
        path.moveTo(points[0], points[1]);
        for (int i = 2; i < points.length; i += 2) {
            path.lineTo(points[i], points[i + 1]);
        }
        path.closePath();
        return path;
    }

    static Font font(int style, int size) {
        return new Font(Font.SANS_SERIF, style, size);
    }

    static Font small() {
        return font(Font.PLAIN, 14);
    }

    static Paint ink() {
        return INK;
    }

    static Paint quiet() {
        return QUIET;
    }

    /** A value axis whose range is that of the data with a little air, and need not begin at zero. */
    static NumberAxis axis(String label) {
        NumberAxis axis = new NumberAxis(label);
        axis.setAutoRangeIncludesZero(false);
        axis.setLowerMargin(.03);
        axis.setUpperMargin(.03);
        dress(axis);
        return axis;
    }

    /** The same for the upright axis, with its lines further apart than JFreeChart would have them. */
    static NumberAxis upright(String label) {
        NumberAxis axis = axis(label);
        axis.setTickLabelInsets(new RectangleInsets(14, 4, 14, 6));
        return axis;
    }

    static void dress(Axis axis) {
        axis.setLabelFont(font(Font.PLAIN, 16));
        axis.setTickLabelFont(font(Font.PLAIN, 14));
        axis.setLabelPaint(INK);
        axis.setTickLabelPaint(QUIET);
        axis.setAxisLinePaint(LINE);
        axis.setTickMarksVisible(false);
        axis.setLabelInsets(new RectangleInsets(6, 6, 6, 6));
    }

    static void dress(XYPlot plot) {
        ground(plot);
        plot.setDomainGridlinesVisible(false);
        plot.setRangeGridlinePaint(LINE);
        plot.setRangeGridlineStroke(new BasicStroke(1));
        plot.setAxisOffset(new RectangleInsets(0, 0, 0, 0));
    }

    static void dress(CategoryPlot plot) {
        ground(plot);
        plot.setRangeGridlinePaint(LINE);
        plot.setRangeGridlineStroke(new BasicStroke(1));
        plot.setAxisOffset(new RectangleInsets(0, 0, 0, 0));
    }

    private static void ground(Plot plot) {
        plot.setBackgroundPaint(Color.WHITE);
        plot.setOutlineVisible(false);
    }

    /** The chart of a plot, its title at the left as in print; the legend is left out where it would name one thing. */
    static JFreeChart chart(String title, Plot plot, boolean legend) {
        JFreeChart chart = new JFreeChart(null, font(Font.PLAIN, 14), plot, legend);
        chart.setBackgroundPaint(Color.WHITE);
        chart.setPadding(new RectangleInsets(14, 14, 10, 22));
        chart.setAntiAlias(true);
        TextTitle heading = new TextTitle(title, font(Font.BOLD, 20));
        heading.setPaint(INK);
        heading.setHorizontalAlignment(HorizontalAlignment.LEFT);
        heading.setTextAlignment(HorizontalAlignment.LEFT);
        heading.setPadding(0, 8, 10, 0);
        chart.setTitle(heading);
        LegendTitle names = chart.getLegend();
        if (names != null) {
            names.setItemFont(font(Font.PLAIN, 15));
            names.setItemPaint(INK);
            names.setBackgroundPaint(Color.WHITE);
            names.setFrame(BlockBorder.NONE);
            names.setPosition(RectangleEdge.TOP);
            names.setHorizontalAlignment(HorizontalAlignment.LEFT);
            names.setItemLabelPadding(new RectangleInsets(2, 4, 2, 16));
            names.setPadding(0, 4, 8, 0);
        }
        return chart;
    }

    static void write(JFreeChart chart, Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        BufferedImage image = chart.createBufferedImage(WIDTH * SCALE, HEIGHT * SCALE, WIDTH, HEIGHT, null);
        if (!ImageIO.write(image, "png", file.toFile())) {
            throw new IOException(file + ": this JDK writes no PNG");
        }
    }
}
