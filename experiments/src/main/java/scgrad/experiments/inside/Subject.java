package scgrad.experiments.inside;

import scgrad.scnet.ResNet;

/**
 * A network to look into.
 *
 * @param label what a picture calls it
 */
public record Subject(String label, ResNet network) {
    /** A stage's number as it was asked for, 0 for the last. */
    public int stage(int asked) {
        int stages = network.design().depths().size();
        if (asked < 0 || asked > stages) {
            throw new IllegalArgumentException(
                    "stage " + asked + ": " + label + " has stages 1 to " + stages + " (0 is the last)");
        }
        return asked == 0 ? stages : asked;
    }
}
