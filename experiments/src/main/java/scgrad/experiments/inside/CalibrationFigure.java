package scgrad.experiments.inside;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import scgrad.experiments.inside.Figure.Cell;
import scgrad.experiments.inside.Figure.Line;
import scgrad.nn.Suggestion;
import scgrad.scnet.CalibrationMaps;
import scgrad.scnet.HeatMap;

/** The gates of self-calibrated convolutions: a row an image, a column a unit, whose colours span its own least to its own greatest value. */
public final class CalibrationFigure {
    private static final int SHOWN = 128;

    private CalibrationFigure() {}

    /** The last unit of each stage. */
    public static List<String> usual(Subject subject) {
        Map<String, String> last = new LinkedHashMap<>();
        units(subject).forEach(path -> last.put(path.substring(0, path.indexOf('.')), path));
        return List.copyOf(last.values());
    }

    /** All units of a stage, the first being 1. */
    public static List<String> ofStage(Subject subject, int stage) {
        String layer = "layer" + subject.stage(stage) + ".";
        return units(subject).stream().filter(path -> path.startsWith(layer)).toList();
    }

    private static List<String> units(Subject subject) {
        List<String> all = CalibrationMaps.units(subject.network());
        if (all.isEmpty()) {
            throw new IllegalArgumentException(
                    "calibration: " + subject.label() + " has no gates; sc_resnet20 and scnet50 have");
        }
        return all;
    }

    /**
     * Writes a PNG.
     *
     * @param units paths as in {@link CalibrationMaps#units}
     */
    public static void write(Subject subject, Samples samples, List<String> units, Path file) throws IOException {
        List<String> all = units(subject);
        for (String unit : units) {
            if (!all.contains(unit)) {
                throw new IllegalArgumentException("calibration: " + subject.label() + " has no unit '" + unit + "'"
                        + Suggestion.clause(unit, all) + "; there are " + String.join(", ", all));
            }
        }
        Map<String, List<HeatMap>> maps = new LinkedHashMap<>();
        samples.look(subject.network().backend(), (images, labels) -> CalibrationMaps.of(subject.network(), images))
                .forEach(batch -> units.forEach(unit ->
                        maps.computeIfAbsent(unit, first -> new ArrayList<>()).addAll(batch.get(unit))));
        List<List<Line>> headings = new ArrayList<>();
        headings.add(List.of(Line.heading("image")));
        maps.forEach((unit, gates) -> headings.add(List.of(
                Line.heading(unit),
                Line.quiet(String.format(Locale.ROOT, "%.2f to %.2f", least(gates), greatest(gates))))));
        Enlargement size =
                Enlargement.of(samples.dataset().height(), samples.dataset().width(), SHOWN);
        Figure figure = new Figure(headings);
        for (int i = 0; i < samples.size(); i++) {
            BufferedImage image = samples.picture(i);
            List<Cell> cells = new ArrayList<>();
            cells.add(new Cell(size.of(image), List.of(Line.of(samples.className(samples.label(i))))));
            for (List<HeatMap> gates : maps.values()) {
                cells.add(new Cell(size.of(spread(gates.get(i), least(gates), greatest(gates))), List.of()));
            }
            figure.row(cells);
        }
        figure.scale("the unit's most closed gate", "most open");
        figure.write(file);
    }

    private static double least(List<HeatMap> gates) {
        return gates.stream().mapToDouble(HeatMap::least).min().orElseThrow();
    }

    private static double greatest(List<HeatMap> gates) {
        return gates.stream().mapToDouble(HeatMap::greatest).max().orElseThrow();
    }

    private static HeatMap spread(HeatMap map, double least, double greatest) {
        double[] values = new double[map.values().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = greatest > least ? (map.values()[i] - least) / (greatest - least) : 0;
        }
        return new HeatMap(map.height(), map.width(), values);
    }
}
