package scgrad.experiments.inside;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import scgrad.experiments.report.Fonts;

/** Pictures of one size in rows and columns: a heading over each column, lines under each picture, a colour scale at the foot. */
final class Figure {
    private static final int MARGIN = 18;
    private static final int GAP = 14;
    private static final int LINE = 18;
    private static final int BAR_WIDTH = 128;
    private static final int BAR_HEIGHT = 10;

    private static final Color INK = new Color(0x22, 0x22, 0x22);
    private static final Color QUIET = new Color(0x66, 0x66, 0x66);
    /** Okabe and Ito's vermillion, readable on white. */
    private static final Color WARNING = new Color(0xd5, 0x5e, 0x00);

    private static final Font BOLD = new Font(Font.SANS_SERIF, Font.BOLD, 14);
    private static final Font PLAIN = new Font(Font.SANS_SERIF, Font.PLAIN, 13);

    /** Text under a picture or over a column. */
    record Line(String text, Color color, Font font) {
        static Line heading(String text) {
            return new Line(text, INK, BOLD);
        }

        static Line of(String text) {
            return new Line(text, INK, PLAIN);
        }

        static Line quiet(String text) {
            return new Line(text, QUIET, PLAIN);
        }

        static Line warning(String text) {
            return new Line(text, WARNING, PLAIN);
        }
    }

    /** A picture and the lines under it. */
    record Cell(BufferedImage picture, List<Line> lines) {}

    private final List<List<Line>> headings;
    private final List<List<Cell>> rows = new ArrayList<>();
    private String least = "";
    private String greatest = "";

    /** @param headings the lines over each column */
    Figure(List<List<Line>> headings) {
        this.headings = headings;
    }

    void row(List<Cell> cells) {
        rows.add(cells);
    }

    /** What the colours' ends stand for. */
    void scale(String dark, String bright) {
        least = dark;
        greatest = bright;
    }

    void write(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Fonts.require();
        if (!ImageIO.write(draw(), "png", file.toFile())) {
            throw new IOException(file + ": this JDK writes no PNG");
        }
    }

    private BufferedImage draw() {
        BufferedImage first = rows.get(0).get(0).picture;
        Graphics2D measure = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
        int[] widths = new int[headings.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = first.getWidth();
            for (Line line : headings.get(i)) {
                widths[i] =
                        Math.max(widths[i], measure.getFontMetrics(line.font).stringWidth(line.text));
            }
        }
        int scaleWidth = BAR_WIDTH
                + 16
                + measure.getFontMetrics(PLAIN).stringWidth(least)
                + measure.getFontMetrics(PLAIN).stringWidth(greatest);
        measure.dispose();
        int columns = java.util.Arrays.stream(widths).sum() + (widths.length - 1) * GAP;
        int head = headings.stream().mapToInt(List::size).max().orElse(0) * LINE + 6;
        int lines = rows.stream()
                .flatMap(List::stream)
                .mapToInt(cell -> cell.lines.size())
                .max()
                .orElse(0);
        int rowHeight = first.getHeight() + lines * LINE + GAP;
        BufferedImage sheet = new BufferedImage(
                2 * MARGIN + Math.max(columns, scaleWidth),
                2 * MARGIN + head + rows.size() * rowHeight + LINE,
                BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = sheet.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
        int left = MARGIN;
        for (int column = 0; column < widths.length; column++) {
            text(graphics, headings.get(column), left, MARGIN, widths[column]);
            for (int row = 0; row < rows.size(); row++) {
                Cell cell = rows.get(row).get(column);
                int top = MARGIN + head + row * rowHeight;
                graphics.drawImage(cell.picture, left, top, null);
                text(graphics, cell.lines, left, top + first.getHeight() + 3, widths[column]);
            }
            left += widths[column] + GAP;
        }
        bar(graphics, sheet.getHeight() - MARGIN - LINE);
        graphics.dispose();
        return sheet;
    }

    private static void text(Graphics2D graphics, List<Line> lines, int left, int top, int width) {
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            graphics.setFont(line.font);
            graphics.setColor(line.color);
            graphics.drawString(
                    fitted(line.text, graphics.getFontMetrics(), width), left, top + (i + 1) * LINE - LINE / 4);
        }
    }

    private static String fitted(String text, FontMetrics metrics, int width) {
        if (metrics.stringWidth(text) <= width) {
            return text;
        }
        int length = text.length();
        while (length > 0 && metrics.stringWidth(text.substring(0, length) + "…") > width) {
            length--;
        }
        return text.substring(0, length).stripTrailing() + "…";
    }

    private void bar(Graphics2D graphics, int top) {
        graphics.setFont(PLAIN);
        graphics.setColor(QUIET);
        FontMetrics metrics = graphics.getFontMetrics();
        int baseline = top + LINE - LINE / 4;
        graphics.drawString(least, MARGIN, baseline);
        int left = MARGIN + metrics.stringWidth(least) + 8;
        graphics.drawString(greatest, left + BAR_WIDTH + 8, baseline);
        for (int x = 0; x < BAR_WIDTH; x++) {
            graphics.setColor(new Color(Viridis.rgb(x / (BAR_WIDTH - 1.0))));
            graphics.fillRect(left + x, baseline - BAR_HEIGHT, 1, BAR_HEIGHT);
        }
    }
}
