package scgrad.core.array;

/** The functions of two numbers. */
public enum Binary {
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    /** 1 where both are the same, else 0. */
    EQUAL;

    public double value(double a, double b) {
        return switch (this) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / b;
            case EQUAL -> a == b ? 1 : 0;
        };
    }
}
