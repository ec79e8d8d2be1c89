package scgrad.experiments.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import scgrad.nn.io.AtomicFile;

/**
 * A report in blocks, written as Markdown with its pictures beside it, and as one HTML page with its pictures inside. Text may have
 * {@code `code`} in it.
 */
public final class Document {
    /** One thing below another. */
    private sealed interface Block {}

    private record Heading(int level, String text) implements Block {}

    private record Paragraph(String text) implements Block {}

    private record Items(List<String> items) implements Block {}

    private record Code(String text) implements Block {}

    private record Picture(String file, String caption) implements Block {}

    private record Table(List<String> header, List<List<String>> rows) implements Block {}

    private final String title;
    private final List<Block> blocks = new ArrayList<>();

    public Document(String title) {
        this.title = title;
        blocks.add(new Heading(1, title));
    }

    public Document heading(String text) {
        blocks.add(new Heading(2, text));
        return this;
    }

    public Document paragraph(String text) {
        if (!text.isBlank()) {
            blocks.add(new Paragraph(text.strip()));
        }
        return this;
    }

    public Document items(List<String> items) {
        blocks.add(new Items(List.copyOf(items)));
        return this;
    }

    /** Lines as they are typed. */
    public Document code(String text) {
        blocks.add(new Code(text.strip()));
        return this;
    }

    /** A PNG that lies in the report's folder. */
    public Document picture(String file, String caption) {
        blocks.add(new Picture(file, caption));
        return this;
    }

    /** The first column is text, the others are figures. */
    public Document table(List<String> header, List<List<String>> rows) {
        blocks.add(new Table(header, rows));
        return this;
    }

    /** Writes {@code README.md} and {@code report.html} into the folder that its pictures lie in. */
    public void write(Path folder) throws IOException {
        text(folder.resolve("README.md"), markdown());
        text(folder.resolve("report.html"), html(folder));
    }

    private static void text(Path file, String text) throws IOException {
        AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    private String markdown() {
        StringBuilder text = new StringBuilder();
        for (Block block : blocks) {
            if (block instanceof Heading heading) {
                text.append("#".repeat(heading.level)).append(' ').append(heading.text);
            } else if (block instanceof Paragraph paragraph) {
                text.append(paragraph.text);
            } else if (block instanceof Items items) {
                text.append("- ").append(String.join("\n- ", items.items));
            } else if (block instanceof Code code) {
                text.append("```\n").append(code.text).append("\n```");
            } else if (block instanceof Picture picture) {
                text.append("![")
                        .append(picture.caption)
                        .append("](")
                        .append(picture.file)
                        .append(")");
            } else if (block instanceof Table table) {
                row(text, table.header);
                text.append("|---")
                        .append("|---:".repeat(table.header.size() - 1))
                        .append("|\n");
                table.rows.forEach(row -> row(text, row));
                text.setLength(text.length() - 1);
            }
            text.append("\n\n");
        }
        return text.toString().strip() + "\n";
    }

    private static void row(StringBuilder text, List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private String html(Path folder) throws IOException {
        StringBuilder text = new StringBuilder("""
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width">
                <style>
                body { font: 16px/1.5 sans-serif; color: #222; max-width: 60em; margin: 2em auto; padding: 0 1em }
                table { border-collapse: collapse; display: block; overflow-x: auto }
                th, td { padding: .3em .8em; border-bottom: 1px solid #ddd; text-align: right }
                th:first-child, td:first-child { text-align: left }
                img { max-width: 100% }
                figure { margin: 1.5em 0 }
                figcaption { color: #666 }
                pre { background: #f6f6f6; padding: .8em; overflow-x: auto }
                </style>
                """);
        text.append("<title>").append(escaped(title)).append("</title>\n</head>\n<body>\n");
        for (Block block : blocks) {
            if (block instanceof Heading heading) {
                element(text, "h" + heading.level, heading.text);
            } else if (block instanceof Paragraph paragraph) {
                element(text, "p", paragraph.text);
            } else if (block instanceof Items items) {
                text.append("<ul>\n");
                items.items.forEach(item -> element(text, "li", item));
                text.append("</ul>\n");
            } else if (block instanceof Code code) {
                text.append("<pre>").append(escaped(code.text)).append("</pre>\n");
            } else if (block instanceof Picture picture) {
                byte[] bytes = Files.readAllBytes(folder.resolve(picture.file));
                text.append("<figure><img alt=\"")
                        .append(escaped(picture.caption))
                        .append("\" src=\"data:image/png;base64,");
                text.append(Base64.getEncoder().encodeToString(bytes)).append("\">");
                element(text, "figcaption", picture.caption);
                text.append("</figure>\n");
            } else if (block instanceof Table table) {
                text.append("<table>\n");
                row(text, "th", table.header);
                table.rows.forEach(row -> row(text, "td", row));
                text.append("</table>\n");
            }
        }
        return text.append("</body>\n</html>\n").toString();
    }

    private static void row(StringBuilder text, String element, List<String> cells) {
        text.append("<tr>");
        cells.forEach(cell -> text.append('<')
                .append(element)
                .append('>')
                .append(inline(cell))
                .append("</")
                .append(element)
                .append('>'));
        text.append("</tr>\n");
    }

    private static void element(StringBuilder text, String name, String content) {
        text.append('<')
                .append(name)
                .append('>')
                .append(inline(content))
                .append("</")
                .append(name)
                .append(">\n");
    }

    private static String inline(String text) {
        return escaped(text).replaceAll("`([^`]*)`", "<code>$1</code>");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
