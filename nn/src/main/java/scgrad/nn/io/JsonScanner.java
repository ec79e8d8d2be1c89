package scgrad.nn.io;

/**
 * Reads JSON token by token, strictly. The caller knows the schema and asks for what must come next, so that no input can make it nest deeper
 * or build more than the caller wants.
 */
final class JsonScanner {
    private final String text;
    private int at;

    JsonScanner(String text) {
        this.text = text;
    }

    /** Where the text is not what the caller asked for; turned into a {@link WeightFileException} by whoever knows the file. */
    static final class Mismatch extends Exception {
        private static final long serialVersionUID = 1;

        Mismatch(String message) {
            super(message);
        }
    }

    Mismatch mismatch(String message) {
        return new Mismatch("header character " + at + ": " + message);
    }

    /** The next character that is not white space, not consumed; 0 at the end. */
    char peek() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return at < text.length() ? text.charAt(at) : 0;
    }

    void expect(char wanted) throws Mismatch {
        char found = peek();
        if (at >= text.length()) {
            throw mismatch("the JSON ends where '" + wanted + "' must come");
        }
        if (found != wanted) {
            throw mismatch("expected '" + wanted + "', found " + WeightFileException.quoted(String.valueOf(found)));
        }
        at++;
    }

    /** Whether only white space remains. */
    boolean atEnd() {
        peek();
        return at >= text.length();
    }

    /** After an element of an object or array: true for a comma, false for the closing bracket. */
    boolean another(char close) throws Mismatch {
        if (peek() == ',') {
            at++;
            return true;
        }
        expect(close);
        return false;
    }

    /** After an opening bracket: consumes the closing one where there are no elements. */
    boolean empty(char close) {
        if (peek() != close) {
            return false;
        }
        at++;
        return true;
    }

    /** A whole number, not negative, in plain decimal digits. */
    long count() throws Mismatch {
        peek();
        int start = at;
        long value = 0;
        for (; at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9'; at++) {
            int digit = text.charAt(at) - '0';
            if (value > (Long.MAX_VALUE - digit) / 10) {
                throw mismatch("a number above 2^63");
            }
            value = value * 10 + digit;
        }
        if (at == start || text.charAt(start) == '0' && at - start > 1) {
            throw mismatch("expected a whole number, not negative");
        }
        return value;
    }

    String string() throws Mismatch {
        expect('"');
        StringBuilder value = new StringBuilder();
        while (true) {
            if (at >= text.length()) {
                throw mismatch("a string does not end");
            }
            char c = text.charAt(at++);
            if (c == '"') {
                return wellFormed(value.toString());
            }
            if (c < 0x20) {
                throw mismatch("a control character inside a string");
            }
            value.append(c == '\\' ? escaped() : c);
        }
    }

    private String wellFormed(String value) throws Mismatch {
        if (!isUnicode(value)) {
            throw mismatch("a string with half a surrogate pair");
        }
        return value;
    }

    /** Whether a string has a form in UTF-8: every surrogate in it stands in a pair. */
    static boolean isUnicode(String value) {
        return value.codePoints().noneMatch(code -> code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE);
    }

    private char escaped() throws Mismatch {
        char c = at < text.length() ? text.charAt(at++) : 0;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw mismatch("an unknown escape in a string");
        };
    }

    private char unicode() throws Mismatch {
        int code = 0;
        for (int i = 0; i < 4; i++) {
            int digit = at < text.length() && text.charAt(at) < 128 ? Character.digit(text.charAt(at), 16) : -1;
            if (digit < 0) {
                throw mismatch("\\u must be followed by four hexadecimal digits");
            }
            code = code << 4 | digit;
            at++;
        }
        return (char) code;
    }

    /** Appends a string in quotes, escaped as serde_json does, so that files equal those of the official library byte for byte. */
    static void appendString(StringBuilder out, String value) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
