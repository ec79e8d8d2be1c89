package scgrad.experiments.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import scgrad.core.Rng;

@Timeout(20)
class DownloadTest {
    @TempDir
    Path directory;

    private HttpServer server;
    private byte[] archive;
    private final byte[] payload = new byte[300_000];
    /** The Range header of each request, "" where there was none. */
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    /** How many bytes each answer sends before the line goes dead; further answers are whole. */
    private final List<Integer> cuts = Collections.synchronizedList(new ArrayList<>());

    private boolean ranges = true;
    /** Whether the first answer leaves the line open but silent. */
    private boolean hangs;

    private int status = 200;

    @BeforeEach
    void serve() throws IOException {
        Rng random = Rng.of(1);
        for (int i = 0; i < payload.length; i++) {
            payload[i] = (byte) random.nextLong();
        }
        archive = gzip(tar("stuff/", '5', new byte[0]), tar("stuff/data.bin", '0', payload), new byte[1024]);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        requests.add(range == null ? "" : range);
        int from = ranges && range != null ? Integer.parseInt(range.replaceAll("\\D", "")) : 0;
        if (status != 200 || from >= archive.length) {
            exchange.sendResponseHeaders(status != 200 ? status : 416, -1);
            exchange.close();
            return;
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, archive.length - from);
        int send = cuts.isEmpty() ? archive.length - from : Math.min(cuts.remove(0), archive.length - from);
        OutputStream out = exchange.getResponseBody();
        out.write(archive, from, send);
        out.flush();
        if (hangs && from == 0) {
            return;
        }
        // Closing before all bytes were sent drops the connection, which is what an interrupted transfer looks like.
        exchange.close();
    }

    private Archive archive(String md5) {
        URI source = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/files/stuff.tar.gz");
        return new Archive("stuff", source, md5, "stuff");
    }

    private static String md5(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(content));
        } catch (NoSuchAlgorithmException never) {
            throw new AssertionError(never);
        }
    }

    private static Download download() {
        return new Download((bytes, total) -> {}, Duration.ZERO, Duration.ofSeconds(10));
    }

    private void assertOnlyTheFolderIsLeft() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            assertThat(entries).containsExactly(directory.resolve("stuff"));
        }
        assertThat(directory.resolve("stuff/data.bin")).hasBinaryContent(payload);
    }

    @Test
    void anArchiveIsFetchedOnceAndUnpacked() throws IOException {
        List<Long> told = new ArrayList<>();
        Download download = new Download(
                (bytes, total) -> {
                    told.add(bytes);
                    assertThat(total).isEqualTo(archive.length);
                },
                Duration.ZERO,
                Duration.ofSeconds(10));
        assertThat(download.fetch(archive(md5(archive)), directory)).isEqualTo(directory.resolve("stuff"));
        assertOnlyTheFolderIsLeft();
        assertThat(told).isSorted().last().isEqualTo((long) archive.length);
        download.fetch(archive(md5(archive)), directory);
        assertThat(requests).containsExactly("");
    }

    @Test
    void anInterruptedTransferGoesOnWhereItStopped() throws IOException {
        cuts.addAll(List.of(100_000, 50_000));
        download().fetch(archive(md5(archive)), directory);
        assertOnlyTheFolderIsLeft();
        assertThat(requests).hasSize(3).startsWith("");
        // What arrived before the break is not asked for again.
        assertThat(Integer.parseInt(requests.get(1).replaceAll("\\D", ""))).isBetween(1, 100_000);
        assertThat(Integer.parseInt(requests.get(2).replaceAll("\\D", ""))).isBetween(2, 150_000);
    }

    @Test
    void aPartOfAnEarlierCallIsContinued() throws IOException {
        Files.write(directory.resolve("stuff.tar.gz.part"), Arrays.copyOf(archive, 1234));
        download().fetch(archive(md5(archive)), directory);
        assertThat(requests).containsExactly("bytes=1234-");
        assertOnlyTheFolderIsLeft();
    }

    @Test
    void aWholePartIsNotFetchedAgain() throws IOException {
        Files.write(directory.resolve("stuff.tar.gz.part"), archive);
        download().fetch(archive(md5(archive)), directory);
        assertThat(requests).containsExactly("bytes=" + archive.length + "-");
        assertOnlyTheFolderIsLeft();
    }

    @Test
    void aServerWithoutRangesSendsEverythingAgain() throws IOException {
        ranges = false;
        cuts.add(70_000);
        download().fetch(archive(md5(archive)), directory);
        assertOnlyTheFolderIsLeft();
    }

    @Test
    void aLineThatStaysDeadIsGivenUp() {
        cuts.addAll(Collections.nCopies(20, 0));
        assertThatThrownBy(() -> download().fetch(archive(md5(archive)), directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("stuff: the transfer from http://127.0.0.1")
                .hasMessageContaining("broke off 5 times")
                .hasMessageContaining("run the command again");
        assertThat(requests).hasSize(5);
    }

    @Test
    void aSilentLineIsDroppedAndTakenUpAgain() throws IOException {
        hangs = true;
        cuts.add(100_000);
        Download impatient = new Download((bytes, total) -> {}, Duration.ZERO, Duration.ofMillis(300));
        impatient.fetch(archive(md5(archive)), directory);
        assertThat(requests).hasSize(2);
        assertOnlyTheFolderIsLeft();
    }

    @Test
    void aWrongChecksumLeavesNothingBehind() {
        assertThatThrownBy(() -> download().fetch(archive("0123"), directory))
                .hasMessageContaining("has MD5 " + md5(archive) + ", expected 0123")
                .hasMessageContaining("./scgrad data stuff");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void noNetworkSaysWhatToDo() throws IOException {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        Archive unreachable =
                new Archive("stuff", URI.create("http://127.0.0.1:" + closed + "/s.tar.gz"), "0", "stuff");
        assertThatThrownBy(() -> download().fetch(unreachable, directory))
                .hasMessageContaining("stuff: cannot reach 127.0.0.1 (is there a network?)")
                .hasMessageContaining("put it into " + directory.toAbsolutePath());
        Archive unknown = new Archive("stuff", URI.create("http://no-such-host.invalid/s.tar.gz"), "0", "stuff");
        assertThatThrownBy(() -> download().fetch(unknown, directory))
                .hasMessageContaining("stuff: cannot reach no-such-host.invalid");
    }

    @Test
    void anHttpErrorIsNamed() {
        status = 404;
        assertThatThrownBy(() -> download().fetch(archive("0"), directory)).hasMessageContaining("answered HTTP 404");
        assertThat(requests).hasSize(1);
    }

    @Test
    void anArchiveCannotWriteOutsideItsFolder() throws IOException {
        for (String name : List.of("../escaped.txt", "/tmp/../../escaped.txt", "stuff/../../escaped.txt")) {
            archive = gzip(tar(name, '0', new byte[] {1}), new byte[1024]);
            assertThatThrownBy(() -> download().fetch(archive(md5(archive)), directory))
                    .hasMessageContaining("would be written outside");
            Files.deleteIfExists(directory.resolve("stuff.tar.gz"));
        }
        assertThat(directory.resolve("escaped.txt")).doesNotExist();
    }

    @Test
    void linksAreSkippedAndLongNamesAreWhole() throws IOException {
        String longName = "stuff/" + "n".repeat(150);
        archive = gzip(
                tar("stuff/link", '2', new byte[0]),
                tar("././@LongLink", 'L', (longName + "\0").getBytes(StandardCharsets.US_ASCII)),
                tar("stuff/nnn", '0', new byte[] {7}),
                new byte[1024]);
        download().fetch(archive(md5(archive)), directory);
        assertThat(directory.resolve(longName)).hasBinaryContent(new byte[] {7});
        assertThat(directory.resolve("stuff/link")).doesNotExist();
    }

    @Test
    void aDamagedTarIsNamed() throws IOException {
        byte[] entry = tar("stuff/data.bin", '0', payload);
        entry[3] ^= 1;
        archive = gzip(entry);
        assertThatThrownBy(() -> download().fetch(archive(md5(archive)), directory))
                .hasMessageContaining("is no tar archive, or damaged");
        Files.delete(directory.resolve("stuff.tar.gz"));
        archive = gzip(Arrays.copyOf(tar("stuff/data.bin", '0', payload), 2000));
        assertThatThrownBy(() -> download().fetch(archive(md5(archive)), directory))
                .hasMessageContaining("ends in the middle of a file");
        assertThat(directory.resolve("stuff")).doesNotExist();
    }

    private static byte[] gzip(byte[]... blocks) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            for (byte[] block : blocks) {
                out.write(block);
            }
        }
        return bytes.toByteArray();
    }

    /** One entry of a tar archive: a header of 512 bytes, the content, and zeros up to a multiple of 512. */
    private static byte[] tar(String name, char type, byte[] content) {
        byte[] entry = new byte[512 + (content.length + 511) / 512 * 512];
        put(entry, 0, name);
        put(entry, 100, "0000644");
        put(entry, 124, String.format("%011o", content.length));
        put(entry, 148, "        ");
        entry[156] = (byte) type;
        put(entry, 257, "ustar");
        int sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += entry[i] & 0xff;
        }
        put(entry, 148, String.format("%06o", sum) + "\0");
        System.arraycopy(content, 0, entry, 512, content.length);
        return entry;
    }

    private static void put(byte[] entry, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, entry, at, bytes.length);
    }
}
