package scgrad.nn.io;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A weight file that cannot be read or written; the message is one line that names the file, the place in it and what would be right. */
public final class WeightFileException extends IOException {
    private static final long serialVersionUID = 1;
    private static final int LONGEST_QUOTE = 80;

    /** The problem, with the file's name before it. */
    public WeightFileException(Path file, String problem) {
        super(file + ": " + problem);
    }

    private WeightFileException(Path file, String problem, IOException cause) {
        super(file + ": " + problem, cause);
    }

    /** What the operating system said, in the same one-line form; {@code action} is "read" or "written". */
    static WeightFileException of(Path file, String action, IOException cause) {
        return cause instanceof WeightFileException known
                ? known
                : new WeightFileException(file, "cannot be " + action + ": " + reason(cause), cause);
    }

    private static String reason(IOException cause) {
        if (cause instanceof NoSuchFileException missing) {
            return "there is no " + missing.getFile();
        }
        if (cause instanceof AccessDeniedException denied) {
            return "no permission for " + denied.getFile();
        }
        if (cause instanceof FileSystemException failed && failed.getReason() != null) {
            return failed.getReason() + " (" + failed.getFile() + ")";
        }
        return String.valueOf(cause.getMessage());
    }

    /** A text from a file in quotes, on one line and of bounded length whatever it holds. */
    static String quoted(String text) {
        StringBuilder quote = new StringBuilder("'");
        for (int i = 0; i < text.length() && i < LONGEST_QUOTE; i++) {
            char c = text.charAt(i);
            boolean printable =
                    !Character.isISOControl(c) && c != '\u2028' && c != '\u2029' && !Character.isSurrogate(c);
            quote.append(printable ? c : '?');
        }
        return quote.append(text.length() > LONGEST_QUOTE ? "...'" : "'").toString();
    }
}
