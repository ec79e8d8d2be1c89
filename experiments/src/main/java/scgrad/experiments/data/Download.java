package scgrad.experiments.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.stream.Stream;

/**
 * Fetches an archive and unpacks it. What arrived stays in a {@code .part} file, so an interrupted download goes on where it stopped,
 * by itself or with the next call; nothing gets its final name before it is complete and its checksum is right.
 */
public final class Download {
    private static final int ATTEMPTS = 5;
    private static final int OK = 200;
    private static final int PARTIAL = 206;
    private static final int RANGE_NOT_SATISFIABLE = 416;

    /** Is told how far a download is; {@code total} is -1 where the server does not say. */
    public interface Progress {
        void received(long bytes, long total);
    }

    private final Progress progress;
    private final Duration pause;
    private final Duration patience;
    private final HttpClient client = HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(Duration.ofSeconds(20))
            .build();

    public Download(Progress progress) {
        this(progress, Duration.ofSeconds(2), Duration.ofSeconds(60));
    }

    /**
     * @param pause before a further attempt after a transfer broke off
     * @param patience with a line on which nothing arrives
     */
    Download(Progress progress, Duration pause, Duration patience) {
        this.progress = progress;
        this.patience = patience;
        this.pause = pause;
    }

    /**
     * Brings a CIFAR data set into {@code directory} and reads it once to verify it. Files that are there and whole are not fetched
     * again; a damaged folder is replaced.
     */
    public Path cifar(Cifar.Kind kind, Path directory) throws IOException {
        Path folder = directory.resolve(kind.folder());
        if (Files.isDirectory(folder)) {
            try {
                verify(kind, directory);
                return folder;
            } catch (IOException damaged) {
                remove(folder);
            }
        }
        fetch(Archive.of(kind), directory);
        verify(kind, directory);
        return folder;
    }

    private static void verify(Cifar.Kind kind, Path directory) throws IOException {
        Cifar.read(kind, directory, true);
        Cifar.read(kind, directory, false);
    }

    /** Downloads and unpacks an archive into {@code directory}, and returns its folder; what is there already is left alone. */
    public Path fetch(Archive archive, Path directory) throws IOException {
        Path folder = directory.resolve(archive.folder());
        if (Files.isDirectory(folder)) {
            return folder;
        }
        Files.createDirectories(directory);
        Path file = directory.resolve(archive.fileName());
        if (!Files.isRegularFile(file)) {
            Path part = directory.resolve(archive.fileName() + ".part");
            receive(archive, part);
            check(archive, part);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } else {
            check(archive, file);
        }
        Path unpacking = directory.resolve(archive.folder() + ".part");
        remove(unpacking);
        Tar.unpack(file, unpacking);
        Path unpacked = unpacking.resolve(archive.folder());
        if (!Files.isDirectory(unpacked)) {
            throw new IOException(archive.name() + ": " + file + " holds no folder " + archive.folder());
        }
        Files.move(unpacked, folder, StandardCopyOption.ATOMIC_MOVE);
        remove(unpacking);
        Files.delete(file);
        return folder;
    }

    /** Transfers until the end is reached; each attempt goes on where the last one broke off. */
    private void receive(Archive archive, Path part) throws IOException {
        int failures = 0;
        while (true) {
            long before = Files.exists(part) ? Files.size(part) : 0;
            try {
                transfer(archive, part, before);
                return;
            } catch (ConnectException | HttpConnectTimeoutException unreachable) {
                throw new IOException(
                        archive.name() + ": cannot reach " + archive.source().getHost()
                                + " (is there a network?); or download " + archive.source()
                                + " elsewhere and put it into "
                                + part.toAbsolutePath().getParent(),
                        unreachable);
            } catch (BrokenOff broken) {
                // An attempt that brought something does not count: a slow line may break off many times.
                failures = Files.exists(part) && Files.size(part) > before ? 0 : failures + 1;
                if (failures == ATTEMPTS) {
                    throw new IOException(
                            archive.name() + ": the transfer from " + archive.source() + " broke off " + ATTEMPTS
                                    + " times (" + broken.getMessage() + "); run the command again to go on from "
                                    + Files.size(part) + " bytes",
                            broken);
                }
                waitFor(pause);
            }
        }
    }

    /** A transfer that broke off and may be taken up again. */
    private static final class BrokenOff extends IOException {
        private static final long serialVersionUID = 1;

        BrokenOff(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private void transfer(Archive archive, Path part, long from) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(archive.source()).timeout(patience);
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        HttpResponse<InputStream> response = send(request.build());
        try (InputStream body = response.body()) {
            int status = response.statusCode();
            if (status == RANGE_NOT_SATISFIABLE && from > 0) {
                // Nothing is left to send: the part is whole, or wrong, and its checksum tells.
                return;
            }
            if (status != OK && status != PARTIAL) {
                throw new IOException(archive.name() + ": " + archive.source() + " answered HTTP " + status
                        + ", expected 200; try again later");
            }
            // A server that knows no ranges sends everything again.
            long start = status == PARTIAL ? from : 0;
            long length = response.headers().firstValueAsLong("Content-Length").orElse(-1);
            long total = length < 0 ? -1 : start + length;
            long received = append(body, part, start, total);
            if (total >= 0 && received < total) {
                throw new BrokenOff("after " + received + " of " + total + " bytes", null);
            }
        }
    }

    private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + request.uri(), interruption);
        } catch (ConnectException | HttpConnectTimeoutException unreachable) {
            throw unreachable;
        } catch (IOException broken) {
            throw new BrokenOff(String.valueOf(broken.getMessage()), broken);
        }
    }

    private long append(InputStream body, Path part, long start, long total) throws IOException {
        long received = start;
        byte[] buffer = new byte[1 << 16];
        try (StallGuard guard = new StallGuard(body, patience);
                OutputStream out = start > 0
                        ? Files.newOutputStream(part, StandardOpenOption.APPEND)
                        : Files.newOutputStream(part)) {
            while (true) {
                int read;
                try {
                    read = body.read(buffer);
                } catch (IOException broken) {
                    throw new BrokenOff("after " + received + " bytes: " + broken.getMessage(), broken);
                }
                if (read < 0) {
                    return received;
                }
                // A full disk is no interruption: it must not be tried again.
                out.write(buffer, 0, read);
                received += read;
                guard.received(received);
                progress.received(received, total);
            }
        }
    }

    private static void check(Archive archive, Path file) throws IOException {
        String actual = md5(file);
        if (!actual.equals(archive.md5())) {
            Files.delete(file);
            throw new IOException(archive.name() + ": " + file.getFileName() + " has MD5 " + actual + ", expected "
                    + archive.md5() + "; it was removed, download it again with ./scgrad data " + archive.name());
        }
    }

    private static String md5(Path file) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException never) {
            throw new AssertionError("every JDK has MD5", never);
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void waitFor(Duration pause) throws IOException {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted between two attempts", interruption);
        }
    }

    private static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> entries = Files.walk(folder)) {
            for (Path path : entries.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
