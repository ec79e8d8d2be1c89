package scgrad.experiments.cli;

/** Stands in for the command line until it is written. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.out.println(String.join("|", arguments));
        System.out.println(System.getProperty("user.dir"));
    }
}
