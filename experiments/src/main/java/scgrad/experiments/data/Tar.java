package scgrad.experiments.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** Unpacks the plain files and folders of a {@code .tar.gz}; anything else in it (links, devices) is skipped. */
final class Tar {
    private static final int BLOCK = 512;

    private Tar() {}

    /** Unpacks {@code archive} below {@code folder}; an entry that would land outside is an error. */
    static void unpack(Path archive, Path folder) throws IOException {
        Path root = folder.toAbsolutePath().normalize();
        try (InputStream in =
                new BufferedInputStream(new GZIPInputStream(Files.newInputStream(archive), 1 << 16), 1 << 16)) {
            byte[] header = new byte[BLOCK];
            String longName = null;
            while (in.readNBytes(header, 0, BLOCK) == BLOCK && header[0] != 0) {
                checkHeader(archive, header);
                String name = longName == null ? name(header) : longName;
                longName = null;
                long size = octal(archive, header, 124, 12);
                char type = (char) header[156];
                if (type == 'L') {
                    // GNU tar writes a name of more than 100 letters as the content of an entry of its own.
                    longName = text(in.readNBytes(Math.toIntExact(size)), 0, Math.toIntExact(size));
                    in.skipNBytes(padding(size));
                    continue;
                }
                if (type == '5') {
                    Files.createDirectories(inside(archive, root, name));
                } else if (type == '0' || type == 0) {
                    Path file = inside(archive, root, name);
                    Files.createDirectories(file.getParent());
                    try (OutputStream out = Files.newOutputStream(file)) {
                        copy(in, out, size);
                    }
                    in.skipNBytes(padding(size));
                    continue;
                }
                in.skipNBytes(size + padding(size));
            }
        } catch (EOFException cut) {
            throw new IOException(archive + " ends in the middle of a file; download it again", cut);
        }
    }

    private static Path inside(Path archive, Path root, String name) throws IOException {
        try {
            Path path = root.resolve(name).normalize();
            if (path.startsWith(root)) {
                return path;
            }
        } catch (InvalidPathException invalid) {
            throw new IOException(archive + " holds the unusable file name '" + name + "'", invalid);
        }
        throw new IOException(archive + " holds '" + name + "', which would be written outside " + root);
    }

    private static String name(byte[] header) {
        String name = text(header, 0, 100);
        boolean posix = text(header, 257, 5).equals("ustar") && header[262] == 0;
        String prefix = posix ? text(header, 345, 155) : "";
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    /** The header's checksum counts its own eight bytes as blanks. */
    private static void checkHeader(Path archive, byte[] header) throws IOException {
        int sum = 8 * ' ';
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= 148 && i < 156 ? 0 : header[i] & 0xff;
        }
        if (sum != octal(archive, header, 148, 8)) {
            throw new IOException(archive + " is no tar archive, or damaged; download it again");
        }
    }

    private static long octal(Path archive, byte[] header, int from, int length) throws IOException {
        String digits = text(header, from, length).strip();
        try {
            return Long.parseLong(digits, 8);
        } catch (NumberFormatException broken) {
            throw new IOException(archive + " is no tar archive, or damaged; download it again", broken);
        }
    }

    private static String text(byte[] bytes, int from, int length) {
        int end = from;
        while (end < from + length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, from, end - from, StandardCharsets.UTF_8);
    }

    private static void copy(InputStream in, OutputStream out, long size) throws IOException {
        byte[] buffer = new byte[1 << 16];
        for (long left = size; left > 0; ) {
            int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (read < 0) {
                throw new EOFException();
            }
            out.write(buffer, 0, read);
            left -= read;
        }
    }

    private static long padding(long size) {
        return (BLOCK - size % BLOCK) % BLOCK;
    }
}
