package scgrad.experiments.report;

import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import org.jfree.chart.annotations.XYTextAnnotation;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.ui.TextAnchor;

/** Puts names beside points so that they cover neither each other nor another point, as far as there is room. */
final class Labels {
    /** About what is left of a chart for the plot, once axes, title and legend have theirs. */
    private static final double PLOT_WIDTH = Look.WIDTH * .86;

    private static final double PLOT_HEIGHT = Look.HEIGHT * .7;
    private static final double DISTANCE = 10;

    private static final TextAnchor[] ANCHORS = {
        TextAnchor.BOTTOM_CENTER, TextAnchor.CENTER_LEFT, TextAnchor.TOP_CENTER, TextAnchor.CENTER_RIGHT,
    };
    private static final int[][] SIDES = {{0, 1}, {1, 0}, {0, -1}, {-1, 0}};

    private Labels() {}

    static void place(XYPlot plot, List<Charts.Point> points) {
        double unitX = plot.getDomainAxis().getRange().getLength() / PLOT_WIDTH;
        double unitY = plot.getRangeAxis().getRange().getLength() / PLOT_HEIGHT;
        double left = plot.getDomainAxis().getLowerBound() / unitX;
        double bottom = plot.getRangeAxis().getLowerBound() / unitY;
        Rectangle2D frame = new Rectangle2D.Double(left, bottom, PLOT_WIDTH, PLOT_HEIGHT);
        List<Rectangle2D> taken = new ArrayList<>();
        for (Charts.Point point : points) {
            taken.add(new Rectangle2D.Double(point.x() / unitX - 6, point.y() / unitY - 6, 12, 12));
        }
        Font font = Look.small();
        FontRenderContext context = new FontRenderContext(null, true, true);
        for (Charts.Point point : points) {
            Rectangle2D text = font.getStringBounds(point.label(), context);
            int best = 0;
            double least = Double.POSITIVE_INFINITY;
            Rectangle2D chosen = null;
            for (int side = 0; side < SIDES.length; side++) {
                double x = point.x() / unitX + SIDES[side][0] * (DISTANCE + text.getWidth() / 2);
                double y = point.y() / unitY + SIDES[side][1] * (DISTANCE + text.getHeight() / 2);
                Rectangle2D box = new Rectangle2D.Double(
                        x - text.getWidth() / 2, y - text.getHeight() / 2, text.getWidth(), text.getHeight());
                double cost =
                        covered(box, taken) + text.getWidth() * text.getHeight() - area(box.createIntersection(frame));
                if (cost < least - 1e-6) {
                    least = cost;
                    best = side;
                    chosen = box;
                }
            }
            taken.add(chosen);
            XYTextAnnotation annotation = new XYTextAnnotation(
                    point.label(),
                    point.x() + SIDES[best][0] * DISTANCE * unitX,
                    point.y() + SIDES[best][1] * DISTANCE * unitY);
            annotation.setFont(font);
            annotation.setPaint(Look.ink());
            annotation.setTextAnchor(ANCHORS[best]);
            plot.addAnnotation(annotation);
        }
    }

    private static double covered(Rectangle2D box, List<Rectangle2D> taken) {
        double sum = 0;
        for (Rectangle2D other : taken) {
            sum += area(box.createIntersection(other));
        }
        return sum;
    }

    private static double area(Rectangle2D box) {
        return Math.max(0, box.getWidth()) * Math.max(0, box.getHeight());
    }
}
