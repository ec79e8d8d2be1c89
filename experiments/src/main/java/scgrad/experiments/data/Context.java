package scgrad.experiments.data;

import java.util.ArrayList;
import java.util.List;
import scgrad.core.Rng;
import scgrad.nn.data.Dataset;

/**
 * The built-in data set: small coloured glyphs on a cluttered ground, where the class is a relation between two glyphs that lie
 * far apart. It needs no download, and a network whose units see only a part of the image cannot solve it.
 *
 * <p><b>What an image shows.</b> Two glyphs, each a disc in one of six colours with a black or a white core, 10/32 of the image
 * wide; their centres are at least half the image's side apart, so a window of a seventh of the image never touches both. Below
 * them a ground of smooth random colour, on it a few dull bars, and over all per-pixel noise.
 *
 * <p><b>What the class is.</b> {@code label = 2 * round + cores}.
 * <ul>
 *   <li>{@code round}, 0..4, says which colours meet. Six colours have 15 pairs of two different ones, and these fall into five
 *       rounds of three disjoint pairs each, like a tournament of six players in which all meet once (a one-factorisation of the
 *       complete graph K6). The class names the round.
 *   <li>{@code cores} is 0 where the two cores are the same (both black, or both white), 1 where they differ.
 * </ul>
 * A network that has understood only the rounds is right in half of the cases, only the cores in a fifth, nothing in a tenth.
 *
 * <p><b>Why one glyph says nothing.</b> In each round every colour plays exactly once, and each core is as likely in a pair of the
 * same as in a pair of different cores. So within every class a glyph's colour is uniform over six, its core uniform over two, its
 * place has the same distribution, and ground, bars and noise are drawn without looking at the class: anything computed from one
 * glyph is independent of the label. Adding up evidence from single glyphs therefore lowers no cross-entropy; both glyphs must
 * meet in one unit's field of view.
 *
 * <p><b>What is drawn.</b> Everything follows from (seed, split, index): image {@code index} has class {@code index % 10}, so any
 * run of consecutive images is balanced; the rest comes from the stream
 * {@code Rng.of(seed).stream("context").stream(split).stream(index)}.
 */
public final class Context implements Dataset {
    /** The number of classes: five rounds of colours, times same or different cores. */
    public static final int CLASSES = 10;

    private static final String[] COLOR_NAMES = {"red", "yellow", "green", "cyan", "blue", "magenta"};

    private final String split;
    private final int size;
    private final int side;
    private final Rng stream;

    /**
     * The first {@code size} images of a split.
     *
     * @param split any name; {@code train} and {@code test} by custom; splits share no image
     * @param side height and width in pixels, at least 16
     */
    public Context(long seed, String split, int size, int side) {
        if (size < 1) {
            throw new IllegalArgumentException("context: " + size + " images, expected 1 or more");
        }
        if (side < 16) {
            throw new IllegalArgumentException(
                    "context: images of " + side + " pixels, expected 16 or more so that glyphs can be told apart");
        }
        this.split = split;
        this.size = size;
        this.side = side;
        this.stream = Rng.of(seed).stream("context").stream(split);
    }

    /** One glyph: what the label depends on. Centre in pixels; colour 0..5; core 0 black, 1 white. */
    record Glyph(double y, double x, int color, int core) {}

    /** The two glyphs of an image; the label is a function of their colours and cores alone. */
    List<Glyph> glyphs(int index) {
        return glyphs(index, stream.stream(index));
    }

    private List<Glyph> glyphs(int index, Rng random) {
        int label = label(index);
        int pair = random.nextInt(3);
        boolean swapped = random.nextInt(2) == 1;
        int core = random.nextInt(2);
        int[] colors = meeting(label / 2, pair);
        double margin = radius() + 0.5;
        double y;
        double x;
        double otherY;
        double otherX;
        do {
            y = random.uniform(margin, side - margin);
            x = random.uniform(margin, side - margin);
            otherY = random.uniform(margin, side - margin);
            otherX = random.uniform(margin, side - margin);
        } while ((y - otherY) * (y - otherY) + (x - otherX) * (x - otherX) < side * side / 4.0);
        return List.of(
                new Glyph(y, x, colors[swapped ? 1 : 0], core),
                new Glyph(otherY, otherX, colors[swapped ? 0 : 1], core ^ (label % 2)));
    }

    /** The two colours that meet in a round, by the circle method: colour 5 sits still, the others move round it. */
    static int[] meeting(int round, int pair) {
        return pair == 0
                ? new int[] {5, round}
                : new int[] {Math.floorMod(round + pair, 5), Math.floorMod(round - pair, 5)};
    }

    private double radius() {
        return side * 5.0 / 32;
    }

    @Override
    public String name() {
        return "context " + split;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public List<String> classNames() {
        List<String> names = new ArrayList<>();
        for (int label = 0; label < CLASSES; label++) {
            StringBuilder name = new StringBuilder(label % 2 == 0 ? "same" : "different");
            for (int pair = 0; pair < 3; pair++) {
                int[] colors = meeting(label / 2, pair);
                name.append(pair == 0 ? ": " : ", ")
                        .append(COLOR_NAMES[colors[0]])
                        .append('-')
                        .append(COLOR_NAMES[colors[1]]);
            }
            names.add(name.toString());
        }
        return names;
    }

    @Override
    public int height() {
        return side;
    }

    @Override
    public int width() {
        return side;
    }

    @Override
    public int channels() {
        return 3;
    }

    @Override
    public int label(int index) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException(name() + ": no image " + index + ", there are " + size);
        }
        return index % CLASSES;
    }

    @Override
    public void image(int index, float[] into, int offset) {
        Rng random = stream.stream(index);
        List<Glyph> glyphs = glyphs(index, random);
        Painter painter = new Painter(into, offset, side, random);
        painter.ground();
        for (int bar = 0; bar < 3; bar++) {
            painter.bar();
        }
        for (Glyph glyph : glyphs) {
            painter.glyph(glyph, radius());
        }
        painter.noise();
    }
}
