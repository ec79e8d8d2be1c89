package scgrad.experiments.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import scgrad.nn.data.Box;
import scgrad.nn.data.Crop;
import scgrad.nn.data.Dataset;
import scgrad.nn.data.Resize;

/**
 * A folder of classes, as ImageNet is kept: {@code train/<class>/*.JPEG} and {@code val/<class>/*.JPEG} (or jpg, png). The class folders
 * in alphabetical order give the labels, and {@code classes.txt}, if there is one, their readable names ({@code n01440764 tench}). An image
 * is decoded by the thread that asks for it, its shorter side resized and its middle taken, or a part of it resized that a {@link Crop}
 * chooses. What fits in memory is kept after it was decoded once.
 */
public final class ImageFolder implements Dataset {
    /** Decoded images are kept as long as all of them take no more than this many bytes, and an eighth of the heap. */
    private static final long KEEP_BYTES = 1L << 29;

    private final String name;
    private final int side;
    private final int resize;
    private final List<String> classNames;
    private final List<Path> files;
    private final int[] labels;
    private final PixelCache whole;
    private final PixelCache resized;

    /** With the shorter side of an image resized to {@code side}. */
    public ImageFolder(Path folder, String split, int side) throws IOException {
        this(folder, split, side, 0);
    }

    /**
     * Lists a split's files; none is opened yet.
     *
     * @param split {@code train} or {@code val}
     * @param side height and width that every image is brought to
     * @param resize what the shorter side is resized to before the middle is taken; 0 is {@code side}, and nothing of it is cut off
     */
    public ImageFolder(Path folder, String split, int side, int resize) throws IOException {
        if (side < 1) {
            throw new IllegalArgumentException(folder + ": image size " + side + ", expected 1 or more");
        }
        if (resize != 0 && resize < side) {
            throw new IllegalArgumentException(folder + ": resize " + resize + " is less than the image size " + side
                    + " that is cut from it, expected " + side + " or more, or 0 (the image size)");
        }
        this.name = folder.toAbsolutePath().normalize().getFileName() + " " + split;
        Path splitFolder = folder.resolve(split);
        // Labels must mean the same in both splits, so the classes are those of train.
        List<String> classFolders = subfolders(folder.resolve("train"));
        if (classFolders.isEmpty()) {
            throw new IOException(folder.resolve("train") + " has no class folders; expected train/<class>/*.JPEG");
        }
        List<Path> found = new ArrayList<>();
        List<Integer> foundLabels = new ArrayList<>();
        for (String subfolder : subfolders(splitFolder)) {
            int label = classFolders.indexOf(subfolder);
            if (label < 0) {
                throw new IOException(splitFolder.resolve(subfolder) + " is no class of " + folder.resolve("train")
                        + "; both must have the same class folders");
            }
            for (Path file : images(splitFolder.resolve(subfolder))) {
                found.add(file);
                foundLabels.add(label);
            }
        }
        if (found.isEmpty()) {
            throw new IOException(splitFolder + " has no images; expected " + split + "/<class>/*.JPEG, jpg or png");
        }
        Map<String, String> readable = ClassNames.read(folder.resolve("classes.txt"));
        this.side = side;
        this.resize = resize;
        this.classNames = classFolders.stream()
                .map(classFolder -> readable.getOrDefault(classFolder, classFolder))
                .toList();
        this.files = found;
        this.labels = foundLabels.stream().mapToInt(Integer::intValue).toArray();
        this.whole = new PixelCache(files.size(), keepBytes());
        this.resized = new PixelCache(files.size(), keepBytes());
    }

    /** Some images of another. */
    private ImageFolder(ImageFolder other, int[] indices) {
        this.name = other.name;
        this.side = other.side;
        this.resize = other.resize;
        this.classNames = other.classNames;
        this.files = IntStream.of(indices).mapToObj(other.files::get).toList();
        this.labels = IntStream.of(indices).map(i -> other.labels[i]).toArray();
        this.whole = new PixelCache(indices.length, keepBytes());
        this.resized = new PixelCache(indices.length, keepBytes());
    }

    private static long keepBytes() {
        return Math.min(KEEP_BYTES, Runtime.getRuntime().maxMemory() / 8);
    }

    /** The same without some files. */
    ImageFolder without(Set<Path> left) throws IOException {
        int[] kept = IntStream.range(0, files.size())
                .filter(i -> !left.contains(files.get(i)))
                .toArray();
        if (kept.length == 0) {
            throw new IOException(name + ": none of its " + files.size() + " images can be read");
        }
        return new ImageFolder(this, kept);
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
    public int readers() {
        return Runtime.getRuntime().availableProcessors();
    }

    @Override
    public void image(int index, float[] into, int offset) {
        byte[] bytes = resized.get(index, this::resize).rgb();
        for (int i = 0; i < bytes.length; i++) {
            into[offset + i] = (bytes[i] & 0xff) / 255f;
        }
    }

    /** A part of the file's own pixels. */
    @Override
    public void image(int index, Crop crop, float[] into, int offset) {
        Pixels pixels = whole.get(index, this::read);
        Box box = crop.of(pixels.height(), pixels.width());
        float[] part = Resize.of(pixels.part(box), box.height(), box.width(), 3, side, side);
        for (int i = 0; i < part.length; i++) {
            into[offset + i] = part[i] / 255f;
        }
    }

    private Pixels read(int index) {
        Path file = files.get(index);
        try {
            return Pixels.read(file);
        } catch (IOException broken) {
            throw new UncheckedIOException(new IOException(
                    name + ": cannot decode " + file + " (" + broken.getMessage()
                            + "); replace or remove it, or leave out what is broken by --skip-broken",
                    broken));
        }
    }

    /** The shorter side resized and the middle taken; rounded to bytes, as Pillow's images are. */
    private Pixels resize(int index) {
        Pixels pixels = read(index);
        float[] middle = resize == 0 ? middleFirst(pixels) : resizedFirst(pixels);
        byte[] bytes = new byte[middle.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Math.clamp(Math.round(middle[i]), 0, 255);
        }
        return new Pixels(side, side, bytes);
    }

    private float[] middleFirst(Pixels pixels) {
        int square = Math.min(pixels.height(), pixels.width());
        Box middle = new Box((pixels.height() - square) / 2, (pixels.width() - square) / 2, square, square);
        return Resize.of(pixels.part(middle), square, square, 3, side, side);
    }

    /** Sizes and place are rounded as torchvision's Resize and CenterCrop round them. */
    private float[] resizedFirst(Pixels pixels) {
        int shorter = Math.min(pixels.height(), pixels.width());
        int toHeight = (int) ((long) resize * pixels.height() / shorter);
        int toWidth = (int) ((long) resize * pixels.width() / shorter);
        Box middle =
                new Box((int) Math.rint((toHeight - side) / 2.0), (int) Math.rint((toWidth - side) / 2.0), side, side);
        return Resize.of(
                pixels.part(Box.whole(pixels.height(), pixels.width())),
                pixels.height(),
                pixels.width(),
                3,
                toHeight,
                toWidth,
                middle);
    }
}
