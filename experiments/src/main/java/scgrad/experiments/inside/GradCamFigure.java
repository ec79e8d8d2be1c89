package scgrad.experiments.inside;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import scgrad.experiments.inside.Figure.Cell;
import scgrad.experiments.inside.Figure.Line;
import scgrad.scnet.GradCam;

/** Where networks see a class, side by side: a row an image, a column a network; the comparison of the paper's figure of class activation maps. */
public final class GradCamFigure {
    private static final int SHOWN = 128;

    /** Which class's evidence is shown. */
    public enum Target {
        /** The image's own. */
        TRUE,
        /** The one that the network takes it for. */
        PREDICTED
    }

    private GradCamFigure() {}

    /**
     * Writes a PNG.
     *
     * @param stage whose activations are looked at, 0 for each network's last
     */
    public static void write(List<Subject> subjects, Samples samples, Target target, int stage, Path file)
            throws IOException {
        List<List<Line>> headings = new ArrayList<>();
        headings.add(List.of(Line.heading("image")));
        List<List<GradCam>> maps = new ArrayList<>();
        for (Subject subject : subjects) {
            headings.add(List.of(Line.heading(subject.label())));
            maps.add(maps(subject, samples, target, subject.stage(stage)));
        }
        Enlargement size =
                Enlargement.of(samples.dataset().height(), samples.dataset().width(), SHOWN);
        Figure figure = new Figure(headings);
        for (int i = 0; i < samples.size(); i++) {
            BufferedImage image = samples.picture(i);
            List<Cell> cells = new ArrayList<>();
            cells.add(new Cell(size.of(image), List.of(Line.of(samples.className(samples.label(i))))));
            for (List<GradCam> ofSubject : maps) {
                GradCam seen = ofSubject.get(i);
                cells.add(new Cell(size.of(seen.map(), image), List.of(prediction(seen, samples, i))));
            }
            figure.row(cells);
        }
        figure.scale("no evidence for the " + (target == Target.TRUE ? "true" : "predicted") + " class", "most");
        figure.write(file);
    }

    private static List<GradCam> maps(Subject subject, Samples samples, Target target, int stage) {
        return samples
                .look(
                        subject.network().backend(),
                        (images, labels) -> target == Target.PREDICTED
                                ? GradCam.of(subject.network(), images, stage)
                                : GradCam.of(
                                        subject.network(),
                                        images,
                                        stage,
                                        labels.stream().mapToInt(label -> label).toArray()))
                .stream()
                .flatMap(List::stream)
                .toList();
    }

    private static Line prediction(GradCam seen, Samples samples, int i) {
        // the number first: a long name is cut
        String text =
                String.format(Locale.ROOT, "%.0f %% %s", 100 * seen.probability(), samples.className(seen.predicted()));
        return seen.predicted() == samples.label(i) ? Line.quiet(text) : Line.warning(text);
    }
}
