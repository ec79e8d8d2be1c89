package scgrad.experiments.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.geom.Line2D;
import java.io.IOException;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jfree.chart.annotations.XYTextAnnotation;
import org.jfree.chart.axis.CategoryAxis;
import org.jfree.chart.axis.CategoryLabelPositions;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.SymbolAxis;
import org.jfree.chart.labels.ItemLabelAnchor;
import org.jfree.chart.labels.ItemLabelPosition;
import org.jfree.chart.labels.StandardCategoryItemLabelGenerator;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.renderer.category.StatisticalBarRenderer;
import org.jfree.chart.renderer.xy.DeviationRenderer;
import org.jfree.chart.renderer.xy.XYBlockRenderer;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.Range;
import org.jfree.data.statistics.DefaultStatisticalCategoryDataset;
import org.jfree.data.xy.DefaultXYDataset;
import org.jfree.data.xy.DefaultXYZDataset;
import org.jfree.data.xy.YIntervalSeries;
import org.jfree.data.xy.YIntervalSeriesCollection;

/** Draws a study's results as PNG files, 1800x1120 pixels, without a display. */
public final class Charts {
    /** Figures are written with a point, whatever the machine's language. */
    private static final DecimalFormatSymbols DOT = DecimalFormatSymbols.getInstance(Locale.ROOT);

    /** A matrix of more cells is shown without figures. */
    private static final int MOST_FIGURES = 400;

    private static final int LONG_NAME = 16;

    private Charts() {}

    /**
     * One line of {@link #curves}: y over x, and a band from low to high, such as the least and greatest of several seeds.
     *
     * @param low null where there is no band, as is {@code high}
     */
    public record Series(String name, double[] x, double[] y, double[] low, double[] high) {
        public Series {
            boolean whole = x.length == y.length
                    && (low == null) == (high == null)
                    && (low == null || low.length == x.length && high.length == x.length);
            if (!whole) {
                throw new IllegalArgumentException(
                        "chart series " + name + ": x, y" + (low == null ? "" : ", low and high")
                                + " must be of one length, x has " + x.length + ", y " + y.length);
            }
        }

        /** A line without a band. */
        public static Series of(String name, double[] x, double[] y) {
            return new Series(name, x, y, null, null);
        }

        /** A line of the mean over several runs, with the band from their least to their greatest: {@code runs[run][point]}. */
        public static Series over(String name, double[] x, double[][] runs) {
            double[] mean = new double[x.length];
            double[] low = new double[x.length];
            double[] high = new double[x.length];
            for (int i = 0; i < x.length; i++) {
                low[i] = Double.POSITIVE_INFINITY;
                high[i] = Double.NEGATIVE_INFINITY;
                for (double[] run : runs) {
                    mean[i] += run[i] / runs.length;
                    low[i] = Math.min(low[i], run[i]);
                    high[i] = Math.max(high[i], run[i]);
                }
            }
            return new Series(name, x, mean, low, high);
        }
    }

    /** One bar and its error, which is drawn to both sides; 0 draws none. */
    public record Bar(String name, double value, double error) {}

    /** One point of {@link #scatter}; points of a group share colour and marker, and the label stands beside the point. */
    public record Point(String group, String label, double x, double y) {}

    /** Learning curves: one line a series, in the order given. */
    public static void curves(Path file, String title, String xLabel, String yLabel, List<Series> series)
            throws IOException {
        if (!drawable(file, title, series)) {
            return;
        }
        YIntervalSeriesCollection data = new YIntervalSeriesCollection();
        DeviationRenderer renderer = new DeviationRenderer(true, false);
        renderer.setDrawSeriesLineAsPath(true);
        for (int s = 0; s < series.size(); s++) {
            Series line = series.get(s);
            YIntervalSeries points = new YIntervalSeries(line.name);
            for (int i = 0; i < line.x.length; i++) {
                points.add(
                        line.x[i],
                        line.y[i],
                        line.low == null ? line.y[i] : line.low[i],
                        line.high == null ? line.y[i] : line.high[i]);
            }
            data.addSeries(points);
            renderer.setSeriesPaint(s, Look.color(s));
            renderer.setSeriesFillPaint(s, Look.color(s));
            renderer.setSeriesStroke(s, Look.stroke(s));
            // A single epoch makes no line, so it gets a marker.
            renderer.setSeriesShape(s, Look.marker(s));
            renderer.setSeriesShapesVisible(s, line.x.length == 1);
        }
        renderer.setAlpha(.25f);
        renderer.setLegendLine(new Line2D.Double(-14, 0, 14, 0));
        NumberAxis domain = Look.axis(xLabel);
        domain.setStandardTickUnits(NumberAxis.createIntegerTickUnits());
        XYPlot plot = new XYPlot(data, domain, Look.upright(yLabel), renderer);
        Look.dress(plot);
        Look.write(Look.chart(title, plot, series.size() > 1), file);
    }

    /** A bar for each value, from zero, with its value above it; {@code format} such as {@code "0.0"}. */
    public static void bars(Path file, String title, String yLabel, String format, List<Bar> bars) throws IOException {
        bars(file, title, yLabel, format, bars, false);
    }

    /**
     * As {@link #bars(Path, String, String, String, List)}, with the choice to zoom in: the axis then begins shortly below the lowest
     * bar, which shows small differences and must be said in the text.
     */
    public static void bars(Path file, String title, String yLabel, String format, List<Bar> bars, boolean zoomed)
            throws IOException {
        if (!drawable(file, title, bars)) {
            return;
        }
        DefaultStatisticalCategoryDataset data = new DefaultStatisticalCategoryDataset();
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (Bar bar : bars) {
            data.add(bar.value, bar.error, "value", bar.name);
            low = Math.min(low, bar.value - bar.error);
            high = Math.max(high, bar.value + bar.error);
        }
        StatisticalBarRenderer renderer = new StatisticalBarRenderer();
        renderer.setBarPainter(new StandardBarPainter());
        renderer.setShadowVisible(false);
        renderer.setDrawBarOutline(false);
        renderer.setSeriesPaint(0, Look.color(0));
        renderer.setErrorIndicatorPaint(Look.ink());
        renderer.setErrorIndicatorStroke(new BasicStroke(1.6f));
        renderer.setMaximumBarWidth(.12);
        renderer.setDefaultItemLabelGenerator(new StandardCategoryItemLabelGenerator("{2}", figures(format)));
        renderer.setDefaultItemLabelsVisible(true);
        renderer.setDefaultItemLabelFont(Look.font(Font.BOLD, 15));
        renderer.setDefaultItemLabelPaint(Color.WHITE);
        // Inside the bar: above it the error whisker would cross the figure.
        renderer.setDefaultPositiveItemLabelPosition(
                new ItemLabelPosition(ItemLabelAnchor.INSIDE6, TextAnchor.BOTTOM_CENTER));
        CategoryAxis names = new CategoryAxis();
        Look.dress(names);
        names.setTickLabelFont(Look.font(Font.PLAIN, 15));
        names.setTickLabelPaint(Look.ink());
        names.setMaximumCategoryLabelLines(3);
        names.setCategoryMargin(.3);
        if (bars.size() > 8) {
            names.setCategoryLabelPositions(CategoryLabelPositions.UP_45);
        }
        NumberAxis values = Look.upright(yLabel);
        double span = Math.max(high - low, 1e-9);
        double floor = zoomed ? low - .25 * span : Math.min(0, low * 1.08);
        values.setRange(new Range(floor, Math.max(high + .08 * (high - floor), floor + 1e-6)));
        CategoryPlot plot = new CategoryPlot(data, names, values, renderer);
        plot.setOrientation(PlotOrientation.VERTICAL);
        Look.dress(plot);
        Look.write(Look.chart(title, plot, false), file);
    }

    /** Labelled points, one colour and marker a group: cost against accuracy, say. */
    public static void scatter(Path file, String title, String xLabel, String yLabel, List<Point> points)
            throws IOException {
        if (!drawable(file, title, points)) {
            return;
        }
        List<String> groups = points.stream().map(Point::group).distinct().toList();
        DefaultXYDataset data = new DefaultXYDataset();
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(false, true);
        for (int g = 0; g < groups.size(); g++) {
            String group = groups.get(g);
            List<Point> members =
                    points.stream().filter(point -> point.group.equals(group)).toList();
            data.addSeries(group, new double[][] {
                members.stream().mapToDouble(Point::x).toArray(),
                members.stream().mapToDouble(Point::y).toArray()
            });
            renderer.setSeriesPaint(g, Look.color(g));
            renderer.setSeriesShape(g, Look.marker(g));
        }
        NumberAxis domain = Look.axis(xLabel);
        NumberAxis range = Look.upright(yLabel);
        // Room for the labels, which stand above the points.
        domain.setLowerMargin(.08);
        domain.setUpperMargin(.08);
        range.setLowerMargin(.08);
        range.setUpperMargin(.12);
        XYPlot plot = new XYPlot(data, domain, range, renderer);
        Look.dress(plot);
        plot.setDomainGridlinesVisible(true);
        plot.setDomainGridlinePaint(plot.getRangeGridlinePaint());
        plot.setDomainGridlineStroke(plot.getRangeGridlineStroke());
        Labels.place(plot, points);
        Look.write(Look.chart(title, plot, groups.size() > 1), file);
    }

    /**
     * Figures in cells, the darker the larger; rows from the top. {@code format} such as {@code "0"}; NaN leaves a cell empty.
     *
     * @param values {@code [row][column]}
     */
    public static void matrix(
            Path file,
            String title,
            String rowLabel,
            String columnLabel,
            List<String> rows,
            List<String> columns,
            double[][] values,
            String format)
            throws IOException {
        requireSome(file, title, columns);
        if (!drawable(file, title, rows)) {
            return;
        }
        DefaultXYZDataset data = new DefaultXYZDataset();
        int count = rows.size() * columns.size();
        double[][] cells = new double[3][count];
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            cells[0][i] = i % columns.size();
            cells[1][i] = i / columns.size();
            cells[2][i] = values[i / columns.size()][i % columns.size()];
            low = Double.isNaN(cells[2][i]) ? low : Math.min(low, cells[2][i]);
            high = Double.isNaN(cells[2][i]) ? high : Math.max(high, cells[2][i]);
        }
        data.addSeries("cells", cells);
        Look.Shades shades = new Look.Shades(low, Math.max(high, low + 1e-9));
        XYBlockRenderer renderer = new XYBlockRenderer();
        renderer.setPaintScale(shades);
        // where rows and columns are the same long names, columns have their numbers, so that room is left for the
        // figures
        boolean numbered = rows.equals(columns) && rows.stream().anyMatch(name -> name.length() > LONG_NAME);
        SymbolAxis across = new SymbolAxis(columnLabel, (numbered ? numbers(columns) : columns).toArray(String[]::new));
        SymbolAxis down = new SymbolAxis(rowLabel, (numbered ? numbered(rows) : rows).toArray(String[]::new));
        down.setInverted(true);
        for (SymbolAxis axis : List.of(across, down)) {
            Look.dress(axis);
            axis.setGridBandsVisible(false);
            axis.setTickLabelPaint(Look.ink());
        }
        across.setVerticalTickLabels(
                !numbered && columns.stream().anyMatch(name -> name.length() * columns.size() > 90));
        XYPlot plot = new XYPlot(data, across, down, renderer);
        Look.dress(plot);
        plot.setRangeGridlinesVisible(false);
        if (count <= MOST_FIGURES) {
            DecimalFormat figures = figures(format);
            for (int i = 0; i < count; i++) {
                if (!Double.isNaN(cells[2][i])) {
                    XYTextAnnotation figure =
                            new XYTextAnnotation(figures.format(cells[2][i]), cells[0][i], cells[1][i]);
                    figure.setFont(Look.small());
                    figure.setPaint(shades.ink(cells[2][i]));
                    figure.setTextAnchor(TextAnchor.CENTER);
                    plot.addAnnotation(figure);
                }
            }
        }
        Look.write(Look.chart(title, plot, false), file);
    }

    private static List<String> numbers(List<String> names) {
        return IntStream.rangeClosed(1, names.size())
                .mapToObj(Integer::toString)
                .toList();
    }

    private static List<String> numbered(List<String> names) {
        return IntStream.range(0, names.size())
                .mapToObj(i -> names.get(i) + "  " + (i + 1))
                .toList();
    }

    /** Figures as in the tables: a half is rounded up. */
    private static DecimalFormat figures(String format) {
        DecimalFormat figures = new DecimalFormat(format, DOT);
        figures.setRoundingMode(RoundingMode.HALF_UP);
        return figures;
    }

    /** Without fonts a chart is left out. */
    private static boolean drawable(Path file, String title, List<?> items) {
        requireSome(file, title, items);
        return Fonts.there();
    }

    private static void requireSome(Path file, String title, List<?> items) {
        if (items.isEmpty()) {
            throw new IllegalArgumentException("chart '" + title + "' (" + file + "): nothing to draw");
        }
    }
}
