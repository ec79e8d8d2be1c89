package scgrad.experiments.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import scgrad.experiments.data.BrokenFiles;
import scgrad.experiments.data.Cifar;
import scgrad.experiments.data.ContactSheet;
import scgrad.experiments.data.Datasets;
import scgrad.experiments.data.Download;
import scgrad.experiments.data.ImageFolder;
import scgrad.nn.data.Dataset;

/** {@code scgrad data}. */
@Command(
        name = "data",
        description = "Download a data set, verify it, and look at it.",
        footer = {
            "",
            "A download that broke off goes on where it stopped. Example: scgrad data cifar10 --sheet cifar10.png"
        })
final class ShowData extends SubCommand {
    @Parameters(
            index = "0",
            paramLabel = "NAME",
            description = "context, cifar10, cifar100, or a folder with train/CLASS and val/CLASS.")
    private String name;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Where downloaded data lie (default: $SCGRAD_DATA, or ./data).")
    private Path directory;

    @Option(
            names = "--download",
            description = "Download what is missing or damaged; happens by itself without --verify.")
    private boolean download;

    @Option(names = "--verify", description = "Read every image, and download nothing unless --download is there too.")
    private boolean verify;

    @Option(names = "--sheet", paramLabel = "FILE.png", description = "Write some images of each class as a picture.")
    private Path sheet;

    @Option(
            names = "--per-class",
            paramLabel = "N",
            defaultValue = "10",
            description = "Images of each class on the sheet (default: 10).")
    private int perClass;

    @Option(
            names = "--image-size",
            paramLabel = "PIXELS",
            defaultValue = "0",
            description = "Height and width (default: the data set's own).")
    private int imageSize;

    @Override
    public Integer call() throws IOException {
        Path place = directory == null ? Datasets.defaultDirectory() : directory;
        Cifar.Kind kind = kind();
        if (kind != null && (download || !verify)) {
            fetch(kind, place);
        } else if (kind == null && download) {
            throw new IllegalArgumentException("data: '" + name + "' is not downloaded; cifar10 and cifar100 are");
        }
        Datasets.Split split = Datasets.open(Datasets.Choice.of(name).in(place).sized(imageSize));
        describe(split.train());
        describe(split.test());
        out().println("normalization " + split.normalization());
        if (verify && !(verify(split.train()) & verify(split.test()))) {
            throw new IOException("data: " + name + " has broken files, listed above; replace or remove them,"
                    + " or leave them out of a training by --skip-broken");
        }
        if (sheet != null) {
            ContactSheet.write(split.train(), perClass, sheet);
            out().println("wrote " + sheet);
        }
        return DONE;
    }

    private Cifar.Kind kind() {
        for (Cifar.Kind kind : Cifar.Kind.values()) {
            if (kind.title().equals(name)) {
                return kind;
            }
        }
        return null;
    }

    private void fetch(Cifar.Kind kind, Path place) throws IOException {
        Meter meter = new Meter("downloading " + name);
        try {
            Path folder = new Download(meter::received).cifar(kind, place);
            meter.end();
            out().println(name + " is whole in " + folder);
        } finally {
            meter.end();
        }
    }

    /** The line of a download, which learns its length when the server answers. */
    private final class Meter {
        private static final long UNIT = 1 << 20;

        private final String title;
        private ProgressLine line;
        private long shown;

        Meter(String title) {
            this.title = title;
        }

        void received(long bytes, long total) {
            if (line == null) {
                line = ProgressLine.start(title, total < 0 ? -1 : total / UNIT, "MiB", err());
            }
            if (bytes / UNIT > shown) {
                line.step(bytes / UNIT - shown, "");
                shown = bytes / UNIT;
            }
        }

        void end() {
            if (line != null) {
                line.close();
                line = null;
            }
        }
    }

    private void describe(Dataset data) {
        out().println(data.name() + ": " + data.size() + " images of " + data.height() + "x" + data.width() + "x"
                + data.channels() + ", " + data.classes() + " classes");
    }

    private boolean verify(Dataset data) {
        if (data instanceof ImageFolder folder) {
            List<BrokenFiles.Broken> broken = BrokenFiles.find(folder, new BrokenFilesLine(err()));
            broken.forEach(out()::println);
            if (!broken.isEmpty()) {
                return false;
            }
        } else {
            readAll(data);
        }
        int[] counts = new int[data.classes()];
        for (int i = 0; i < data.size(); i++) {
            counts[data.label(i)]++;
        }
        int least = java.util.Arrays.stream(counts).min().orElse(0);
        int most = java.util.Arrays.stream(counts).max().orElse(0);
        out().println(data.name() + ": every image can be read; " + least + (most > least ? " to " + most : "")
                + " images a class");
        return true;
    }

    private void readAll(Dataset data) {
        float[] image = new float[data.imageLength()];
        try (ProgressLine progress = ProgressLine.start("verifying " + data.name(), data.size(), "images", err())) {
            for (int i = 0; i < data.size(); i++) {
                data.image(i, image, 0);
                progress.step(1, "");
            }
        }
    }
}
