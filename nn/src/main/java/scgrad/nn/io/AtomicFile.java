package scgrad.nn.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Replaces a file as a whole: the content goes to a temporary file in the same folder, onto the disk, and then takes the name in one step. Who
 * reads the name sees the old file or the new one, also after a crash.
 */
public final class AtomicFile {
    private static final int BUFFER = 1 << 16;

    private AtomicFile() {}

    /** Writes what the file shall hold. */
    @FunctionalInterface
    public interface Content {
        /** Writes everything; does not close the stream. */
        void writeTo(OutputStream out) throws IOException;
    }

    /** Writes a file or leaves what was there; no half file and no temporary file stays behind. */
    public static void write(Path file, Content content) throws WeightFileException {
        try {
            // A link stays a link, and what it points to is replaced.
            Path target = Files.isSymbolicLink(file) && Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
            if (Files.isDirectory(target)) {
                throw new WeightFileException(file, "cannot be written: it is a folder");
            }
            // Said here, because the system's own words would name the temporary file.
            if (!Files.isDirectory(target.getParent())) {
                throw new WeightFileException(file, "cannot be written: there is no folder " + target.getParent());
            }
            if (!Files.isWritable(target.getParent())) {
                throw new WeightFileException(
                        file, "cannot be written: no permission to write into folder " + target.getParent());
            }
            replace(target, content);
        } catch (IOException failure) {
            throw WeightFileException.of(file, "written", failure);
        }
    }

    private static void replace(Path target, Content content) throws IOException {
        String suffix = Long.toHexString(ThreadLocalRandom.current().nextLong());
        Path temporary = target.resolveSibling("." + target.getFileName() + "." + suffix + ".tmp");
        try {
            try (FileChannel channel =
                    FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
                content.writeTo(out);
                out.flush();
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        syncFolder(target.getParent());
    }

    /** Puts the new name on the disk. Not every system lets a folder be opened; there the rename is still atomic. */
    private static void syncFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException notSupported) {
            return;
        }
    }
}
