package scgrad.experiments.data;

import java.net.URI;

/**
 * A file that can be downloaded.
 *
 * @param name what users call it
 * @param source where it lies
 * @param md5 its checksum, as its authors publish it
 * @param folder what it unpacks to
 */
public record Archive(String name, URI source, String md5, String folder) {
    private static final String TORONTO = "https://www.cs.toronto.edu/~kriz/";

    /** The official binary archive of a CIFAR data set. */
    public static Archive of(Cifar.Kind kind) {
        return switch (kind) {
            case CIFAR10 ->
                new Archive(
                        kind.title(),
                        URI.create(TORONTO + "cifar-10-binary.tar.gz"),
                        "c32a1d4ab5d03f1284b67883e8d87530",
                        kind.folder());
            case CIFAR100 ->
                new Archive(
                        kind.title(),
                        URI.create(TORONTO + "cifar-100-binary.tar.gz"),
                        "03b5dce01913d631647c71ecec9e9cb8",
                        kind.folder());
        };
    }

    /** The file's own name, the end of its address. */
    public String fileName() {
        String path = source.getPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
