package scgrad.experiments.inside;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import scgrad.experiments.inside.Figure.Cell;
import scgrad.experiments.inside.Figure.Line;
import scgrad.scnet.HeatMap;
import scgrad.scnet.ReceptiveField;

/** Effective receptive fields side by side, each as bright as its own peak, with the circles that hold half and 90 % of the mass. */
public final class FieldFigure {
    private static final int SHOWN = 256;

    /** What makes small values visible. */
    public enum Scale {
        SQRT("0", "peak (square root)") {
            @Override
            double shown(double share) {
                return Math.sqrt(share);
            }
        },
        /** Four decades. */
        LOG("1e-4", "peak (logarithm)") {
            @Override
            double shown(double share) {
                return 1 + Math.log10(Math.max(share, 1e-4)) / 4;
            }
        };

        private final String least;
        private final String greatest;

        Scale(String least, String greatest) {
            this.least = least;
            this.greatest = greatest;
        }

        abstract double shown(double share);
    }

    private FieldFigure() {}

    /** The field of a subject at a stage, 0 for its last, over all samples. */
    public static ReceptiveField measure(Subject subject, Samples samples, int stage) {
        int chosen = subject.stage(stage);
        return samples
                .look(
                        subject.network().backend(),
                        (images, labels) -> ReceptiveField.of(subject.network(), images, chosen))
                .stream()
                .reduce(ReceptiveField::with)
                .orElseThrow();
    }

    /**
     * Measures and writes a PNG.
     *
     * @param stage 0 for each network's last
     * @return the field of each subject
     */
    public static List<ReceptiveField> write(List<Subject> subjects, Samples samples, int stage, Scale scale, Path file)
            throws IOException {
        List<List<Line>> headings = new ArrayList<>();
        List<ReceptiveField> fields = new ArrayList<>();
        List<Cell> cells = new ArrayList<>();
        for (Subject subject : subjects) {
            ReceptiveField field = measure(subject, samples, stage);
            headings.add(List.of(Line.heading(subject.label()), Line.quiet("stage " + subject.stage(stage))));
            cells.add(new Cell(
                    picture(field, scale),
                    List.of(
                            line("radius %.1f px", field.radius()),
                            line("half within %.1f px, solid", field.radius(.5)),
                            line("90 %% within %.1f px, dashed", field.radius(.9)),
                            line("%.1f %% above 4.55 %% of the peak", 100 * field.area()))));
            fields.add(field);
        }
        Figure figure = new Figure(headings);
        figure.row(cells);
        figure.scale(scale.least, scale.greatest);
        figure.write(file);
        return fields;
    }

    private static Line line(String format, double number) {
        return Line.of(String.format(Locale.ROOT, format, number));
    }

    private static BufferedImage picture(ReceptiveField field, Scale scale) {
        HeatMap map = field.map();
        double peak = map.greatest();
        double[] shown = new double[map.values().length];
        for (int i = 0; i < shown.length; i++) {
            shown[i] = scale.shown(map.values()[i] / peak);
        }
        BufferedImage picture =
                Enlargement.of(map.height(), map.width(), SHOWN).of(new HeatMap(map.height(), map.width(), shown));
        double factor = (double) picture.getHeight() / map.height();
        Graphics2D graphics = picture.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setColor(Color.WHITE);
        graphics.setStroke(new BasicStroke(1.6f));
        graphics.draw(circle(field, field.radius(.5), factor));
        graphics.setStroke(
                new BasicStroke(1.6f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {6, 4}, 0));
        graphics.draw(circle(field, field.radius(.9), factor));
        graphics.dispose();
        return picture;
    }

    private static Ellipse2D circle(ReceptiveField field, double radius, double factor) {
        double y = (field.centreY() + .5) * factor;
        double x = (field.centreX() + .5) * factor;
        double r = radius * factor;
        return new Ellipse2D.Double(x - r, y - r, 2 * r, 2 * r);
    }
}
