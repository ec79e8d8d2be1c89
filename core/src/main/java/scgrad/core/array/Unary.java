package scgrad.core.array;

/** The functions of one number, with their derivatives: the definition that every backend's kernel must meet. */
public enum Unary {
    NEGATE,
    EXP,
    LOG,
    SQRT,
    RELU,
    SIGMOID,
    TANH,
    /** x * sigmoid(x), also called swish (Hendrycks and Gimpel, 2016). */
    SILU,
    /** x * Phi(x), exact, with the normal distribution function Phi (Hendrycks and Gimpel, 2016). */
    GELU,
    /** x * clip(x + 3, 0, 6) / 6 (Howard et al., MobileNetV3, ICCV 2019). */
    HARDSWISH,
    /** x to the power of the parameter. */
    POWER,
    /** x times the parameter. */
    SCALE,
    /** x plus the parameter. */
    SHIFT;

    /** f(x). */
    public double value(double x, double parameter) {
        return switch (this) {
            case NEGATE -> -x;
            case EXP -> Math.exp(x);
            case LOG -> Math.log(x);
            case SQRT -> Math.sqrt(x);
            case RELU -> Math.max(x, 0);
            case SIGMOID -> sigmoid(x);
            case TANH -> Math.tanh(x);
            case SILU -> x * sigmoid(x);
            case GELU -> x * normal(x);
            case HARDSWISH -> x * Math.min(Math.max(x + 3, 0), 6) / 6;
            case POWER -> Math.pow(x, parameter);
            case SCALE -> x * parameter;
            case SHIFT -> x + parameter;
        };
    }

    /** f'(x), where y = f(x) is at hand. */
    public double derivative(double x, double y, double parameter) {
        return switch (this) {
            case NEGATE -> -1;
            case EXP -> y;
            case LOG -> 1 / x;
            case SQRT -> 0.5 / y;
            case RELU -> y > 0 ? 1 : 0;
            case SIGMOID -> y * (1 - y);
            case TANH -> 1 - y * y;
            case SILU -> sigmoid(x) * (1 + x * (1 - sigmoid(x)));
            case GELU -> normal(x) + x * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
            case HARDSWISH -> x <= -3 ? 0 : x >= 3 ? 1 : (2 * x + 3) / 6;
            case POWER -> parameter * Math.pow(x, parameter - 1);
            case SCALE -> parameter;
            case SHIFT -> 1;
        };
    }

    /** Whether the derivative can be had from y alone, so that x need not be kept. */
    public boolean derivativeFromValue() {
        return switch (this) {
            case NEGATE, EXP, SQRT, RELU, SIGMOID, TANH, SCALE, SHIFT -> true;
            default -> false;
        };
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** Phi(x) = (1 + erf(x / sqrt 2)) / 2, by the series of erf that has only positive terms (Abramowitz and Stegun 7.1.6). */
    private static double normal(double x) {
        double z = Math.abs(x) / Math.sqrt(2);
        if (z > 6) {
            return x > 0 ? 1 : 0;
        }
        double term = z;
        double sum = z;
        for (int n = 1; term > sum * 1e-17; n++) {
            term *= 2 * z * z / (2 * n + 1);
            sum += term;
        }
        double erf = 2 / Math.sqrt(Math.PI) * Math.exp(-z * z) * sum;
        return (1 + Math.copySign(erf, x)) / 2;
    }
}
