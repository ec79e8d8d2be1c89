package scgrad.experiments.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import scgrad.nn.data.Dataset;

/**
 * A folder of classes, as ImageNet is kept: {@code train/<class>/*.JPEG} and {@code val/<class>/*.JPEG} (or jpg, png). The class names
 * in alphabetical order give the labels. An image is decoded by the thread that asks for it, cut to its central square and resized;
 * grey images become colour. What fits in memory is kept after it was decoded once.
 */
public final class ImageFolder implements Dataset {
    /** Decoded images are kept if all of them take no more than this many bytes. */
    private static final long KEEP_BYTES = 1L << 29;

    private final String name;
    private final int side;
    private final List<String> classNames;
    private final List<Path> files;
    private final int[] labels;
    private final AtomicReferenceArray<byte[]> decoded;

    /**
     * Lists a split's files; none is opened yet.
     *
     * @param split {@code train} or {@code val}
     * @param side height and width that every image is brought to
     */
    public ImageFolder(Path folder, String split, int side) throws IOException {
        if (side < 1) {
            throw new IllegalArgumentException(folder + ": image size " + side + ", expected 1 or more");
        }
        this.name = folder.toAbsolutePath().normalize().getFileName() + " " + split;
        this.side = side;
        Path splitFolder = folder.resolve(split);
        // Labels must mean the same in both splits, so the classes are those of train.
        this.classNames = subfolders(folder.resolve("train"));
        if (classNames.isEmpty()) {
            throw new IOException(folder.resolve("train") + " has no class folders; expected train/<class>/*.JPEG");
        }
        this.files = new ArrayList<>();
        List<Integer> found = new ArrayList<>();
        for (String subfolder : subfolders(splitFolder)) {
            int label = classNames.indexOf(subfolder);
            if (label < 0) {
                throw new IOException(splitFolder.resolve(subfolder) + " is no class of " + folder.resolve("train")
                        + "; both must have the same class folders");
            }
            for (Path file : images(splitFolder.resolve(subfolder))) {
                files.add(file);
                found.add(label);
            }
        }
        if (files.isEmpty()) {
            throw new IOException(splitFolder + " has no images; expected " + split + "/<class>/*.JPEG, jpg or png");
        }
        this.labels = found.stream().mapToInt(Integer::intValue).toArray();
        this.decoded = new AtomicReferenceArray<>((long) files.size() * imageLength() <= KEEP_BYTES ? files.size() : 0);
    }

    private static List<String> subfolders(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException(folder + " is missing; expected the folders train/<class> and val/<class>");
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isDirectory)
                    .map(path -> path.getFileName().toString())
                    .filter(folderName -> !folderName.startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    private static List<Path> images(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(path -> {
                        String file = path.getFileName().toString().toLowerCase(Locale.ROOT);
                        return !file.startsWith(".")
                                && (file.endsWith(".jpeg") || file.endsWith(".jpg") || file.endsWith(".png"));
                    })
                    .sorted()
                    .toList();
        }
    }

    /** The file of an image. */
    public Path file(int index) {
        return files.get(index);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int size() {
        return files.size();
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public int height() {
        return side;
    }

    @Override
    public int width() {
        return side;
    }

    @Override
    public int channels() {
        return 3;
    }

    @Override
    public int label(int index) {
        return labels[index];
    }

    @Override
    public void image(int index, float[] into, int offset) {
        byte[] bytes = index < decoded.length() ? decoded.get(index) : null;
        if (bytes == null) {
            bytes = decode(files.get(index));
            if (decoded.length() > 0) {
                decoded.set(index, bytes);
            }
        }
        for (int i = 0; i < bytes.length; i++) {
            into[offset + i] = (bytes[i] & 0xff) / 255f;
        }
    }

    private byte[] decode(Path file) {
        BufferedImage image;
        try {
            image = ImageIO.read(file.toFile());
        } catch (IOException | RuntimeException broken) {
            // Decoders throw any kind of unchecked exception over damaged files.
            throw new UncheckedIOException(new IOException(
                    name + ": cannot decode " + file + " (" + broken.getMessage() + "); replace or remove it", broken));
        }
        if (image == null) {
            throw new UncheckedIOException(
                    new IOException(name + ": " + file + " is no JPEG or PNG image; replace or remove it"));
        }
        int square = Math.min(image.getHeight(), image.getWidth());
        float[] pixels = Resize.of(centralSquare(image, square), square, square, side, side);
        byte[] bytes = new byte[pixels.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Math.clamp(Math.round(pixels[i]), 0, 255);
        }
        return bytes;
    }

    /** The middle of an image as [square, square, 3] with values 0..255. */
    private static float[] centralSquare(BufferedImage image, int square) {
        int top = (image.getHeight() - square) / 2;
        int left = (image.getWidth() - square) / 2;
        float[] pixels = new float[square * square * 3];
        boolean grey = image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY
                && image.getSampleModel().getSampleSize(0) == 8;
        if (grey) {
            // getRGB would read the samples as linear light and brighten them; files hold what is shown.
            Raster raster = image.getRaster();
            float[] row = new float[square];
            for (int y = 0; y < square; y++) {
                raster.getSamples(left, top + y, square, 1, 0, row);
                for (int x = 0; x < square; x++) {
                    int at = (y * square + x) * 3;
                    pixels[at] = row[x];
                    pixels[at + 1] = row[x];
                    pixels[at + 2] = row[x];
                }
            }
            return pixels;
        }
        int[] row = new int[square];
        for (int y = 0; y < square; y++) {
            image.getRGB(left, top + y, square, 1, row, 0, square);
            for (int x = 0; x < square; x++) {
                int at = (y * square + x) * 3;
                pixels[at] = row[x] >> 16 & 0xff;
                pixels[at + 1] = row[x] >> 8 & 0xff;
                pixels[at + 2] = row[x] & 0xff;
            }
        }
        return pixels;
    }
}
