package scgrad.experiments.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import scgrad.nn.Suggestion;
import scgrad.nn.data.Dataset;
import scgrad.nn.data.Normalization;
import scgrad.nn.data.Subset;

/** Opens data sets by the name that users type: {@code context}, {@code cifar10}, {@code cifar100}, or a folder of images. */
public final class Datasets {
    private static final List<String> NAMES = List.of("context", "cifar10", "cifar100");
    private static final int CONTEXT_TRAIN = 5_000;
    private static final int CONTEXT_TEST = 2_000;
    /** Of CIFAR's images too. */
    private static final int CONTEXT_SIDE = 32;

    private static final int FOLDER_SIDE = 64;
    /** The built-in data set is the same in every run, whatever the run's own seed. */
    private static final long CONTEXT_SEED = 0;

    private Datasets() {}

    /**
     * What to open, and how much of it.
     *
     * @param name {@code context}, {@code cifar10}, {@code cifar100}, or a folder with {@code train} and {@code val}, as a path or
     *     inside the data directory
     * @param directory where downloaded data lie
     * @param imageSize height and width; 0 is the data set's own (32 for context, 64 for a folder)
     * @param trainImages how many to train on, balanced over the classes; 0 is all (5,000 of context)
     * @param testImages how many to test on; 0 is all (2,000 of context)
     * @param resize of a folder's images: what the shorter side is resized to before the middle is taken; 0 is the image size
     * @param skipBroken read all files of a folder first, and leave out those that cannot be read
     */
    public record Choice(
            String name,
            Path directory,
            int imageSize,
            int trainImages,
            int testImages,
            int resize,
            boolean skipBroken) {
        public Choice {
            if (imageSize < 0 || trainImages < 0 || testImages < 0) {
                throw new IllegalArgumentException("data " + name + ": image size " + imageSize + ", train images "
                        + trainImages + ", test images " + testImages + ", expected 0 (the default) or more for each");
            }
            if (resize < 0) {
                throw new IllegalArgumentException(
                        "data " + name + ": resize " + resize + ", expected 0 (the image size) or more");
            }
        }

        /** All of a data set in its own size, from the default directory. */
        public static Choice of(String name) {
            return new Choice(name, defaultDirectory(), 0, 0, 0, 0, false);
        }

        /** The same from another data directory. */
        public Choice in(Path other) {
            return new Choice(name, other, imageSize, trainImages, testImages, resize, skipBroken);
        }

        /** The same with images of another size. */
        public Choice sized(int side) {
            return new Choice(name, directory, side, trainImages, testImages, resize, skipBroken);
        }

        /** The same with so many images. */
        public Choice limited(int train, int test) {
            return new Choice(name, directory, imageSize, train, test, resize, skipBroken);
        }

        /** The same with the shorter side of an image resized to so many pixels. */
        public Choice resized(int shorterSide) {
            return new Choice(name, directory, imageSize, trainImages, testImages, shorterSide, skipBroken);
        }

        /** The same with broken files left out, or not. */
        public Choice skipping(boolean broken) {
            return new Choice(name, directory, imageSize, trainImages, testImages, resize, broken);
        }
    }

    /** The two halves of a data set, and the normalisation that goes with it. */
    public record Split(Dataset train, Dataset test, Normalization normalization) {}

    /** {@code $SCGRAD_DATA}, or {@code data} under the current folder. */
    public static Path defaultDirectory() {
        String set = System.getenv("SCGRAD_DATA");
        return Path.of(set == null || set.isBlank() ? "data" : set);
    }

    /** Height and width of a data set's images, without opening it; {@code imageSize} 0 is its own. */
    public static int side(String name, int imageSize) {
        return imageSize > 0 ? imageSize : NAMES.contains(name) ? CONTEXT_SIDE : FOLDER_SIDE;
    }

    /** Opens a data set; an unknown name is an error with a suggestion. */
    public static Split open(Choice choice) throws IOException {
        return open(choice, BrokenFiles.Listener.NONE);
    }

    /** The same while somebody watches which files are left out. */
    public static Split open(Choice choice, BrokenFiles.Listener listener) throws IOException {
        if (choice.resize != 0 && NAMES.contains(choice.name)) {
            throw new IllegalArgumentException(choice.name + ": resize " + choice.resize
                    + " is for folders of images; its own have one size, leave the setting out");
        }
        return switch (choice.name) {
            case "context" -> context(choice);
            case "cifar10" -> cifar(Cifar.Kind.CIFAR10, choice);
            case "cifar100" -> cifar(Cifar.Kind.CIFAR100, choice);
            default -> folder(choice, listener);
        };
    }

    private static Split context(Choice choice) {
        int side = choice.imageSize == 0 ? CONTEXT_SIDE : choice.imageSize;
        int train = choice.trainImages == 0 ? CONTEXT_TRAIN : choice.trainImages;
        int test = choice.testImages == 0 ? CONTEXT_TEST : choice.testImages;
        return new Split(
                new Context(CONTEXT_SEED, "train", train, side),
                new Context(CONTEXT_SEED, "test", test, side),
                Normalization.of("context"));
    }

    private static Split cifar(Cifar.Kind kind, Choice choice) throws IOException {
        if (choice.imageSize != 0 && choice.imageSize != 32) {
            throw new IllegalArgumentException(
                    kind.title() + ": image size " + choice.imageSize + ", its images are 32x32; leave the size out");
        }
        return new Split(
                Subset.balanced(Cifar.read(kind, choice.directory, true), choice.trainImages),
                Subset.balanced(Cifar.read(kind, choice.directory, false), choice.testImages),
                Normalization.of(kind.title()));
    }

    private static Split folder(Choice choice, BrokenFiles.Listener listener) throws IOException {
        Path folder = locate(choice);
        return new Split(
                Subset.balanced(images(choice, folder, "train", listener), choice.trainImages),
                Subset.balanced(images(choice, folder, "val", listener), choice.testImages),
                Normalization.of("imagenet"));
    }

    private static ImageFolder images(Choice choice, Path folder, String split, BrokenFiles.Listener listener)
            throws IOException {
        int side = choice.imageSize == 0 ? FOLDER_SIDE : choice.imageSize;
        ImageFolder images = new ImageFolder(folder, split, side, choice.resize);
        return choice.skipBroken ? BrokenFiles.leftOut(images, listener) : images;
    }

    private static Path locate(Choice choice) throws IOException {
        for (Path folder : List.of(Path.of(choice.name), choice.directory.resolve(choice.name))) {
            if (Files.isDirectory(folder.resolve("train"))) {
                return folder;
            }
        }
        if (Files.isDirectory(Path.of(choice.name))) {
            throw new IOException("data: folder " + choice.name + " has no train folder; expected " + choice.name
                    + "/train/<class>/*.JPEG and " + choice.name + "/val/<class>/*.JPEG");
        }
        throw new IllegalArgumentException("data: there is no '" + choice.name + "'"
                + Suggestion.clause(choice.name, NAMES) + "; expected "
                + String.join(", ", NAMES) + ", or a folder with train/<class> and val/<class>");
    }
}
