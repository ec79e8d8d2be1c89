package scgrad.nn.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A part of a file, read in order. Never asks for memory for bytes that the part does not have. Only {@link #open} owns the file. */
final class FileWindow implements AutoCloseable {
    private static final int BUFFER = 8192;
    private static final int CHUNK = 1 << 20;
    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    private final Path path;
    private final FileChannel channel;
    private final long end;
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private long next;

    private FileWindow(Path path, FileChannel channel, long start, long end) {
        this.path = path;
        this.channel = channel;
        this.next = start;
        this.end = end;
    }

    /** The whole of a file. */
    static FileWindow open(Path path) throws WeightFileException {
        try {
            if (Files.isDirectory(path)) {
                throw new WeightFileException(path, "is a folder, not a weight file");
            }
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            try {
                return new FileWindow(path, channel, 0, channel.size());
            } catch (IOException failure) {
                channel.close();
                throw failure;
            }
        } catch (IOException failure) {
            throw WeightFileException.of(path, "read", failure);
        }
    }

    /** The bytes from start to before end, which must lie in the file. */
    FileWindow part(long start, long partEnd) throws WeightFileException {
        if (start < 0 || partEnd < start || partEnd > end) {
            throw fail(
                    start, "a part of " + (partEnd - start) + " bytes does not fit into a file of " + end + " bytes");
        }
        return new FileWindow(path, channel, start, partEnd);
    }

    /** The offset in the file of the next byte. */
    long position() {
        return next - buffer.remaining();
    }

    long end() {
        return end;
    }

    long remaining() {
        return end - position();
    }

    int unsignedByte() throws WeightFileException {
        if (!buffer.hasRemaining()) {
            need(1);
            buffer = ByteBuffer.wrap(read((int) Math.min(BUFFER, end - next)));
        }
        return buffer.get() & 0xFF;
    }

    int unsignedShort() throws WeightFileException {
        return unsignedByte() | unsignedByte() << 8;
    }

    long unsignedInt() throws WeightFileException {
        return unsignedShort() | (long) unsignedShort() << 16;
    }

    long signedLong() throws WeightFileException {
        return unsignedInt() | unsignedInt() << 32;
    }

    /** The next bytes; checked against what remains before memory is taken. */
    byte[] bytes(long count) throws WeightFileException {
        need(count);
        if (count > LARGEST_ARRAY) {
            throw fail(position(), count + " bytes in one piece; at most " + LARGEST_ARRAY + " can be read");
        }
        if (buffer.remaining() >= count) {
            byte[] bytes = new byte[(int) count];
            buffer.get(bytes);
            return bytes;
        }
        next = position();
        buffer = ByteBuffer.allocate(0);
        return read((int) count);
    }

    /** Bytes from anywhere in the part's file, little-endian; the position stays. */
    ByteBuffer at(long offset, int count) throws WeightFileException {
        byte[] bytes = part(offset, Math.min(end, offset + count)).bytes(count);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void need(long count) throws WeightFileException {
        if (count < 0 || count > remaining()) {
            throw fail(
                    position(),
                    "needs " + count + " bytes, " + remaining() + " remain: the file is cut short or damaged");
        }
    }

    /** In chunks: the JDK copies a read into a heap array through native memory of the same size. */
    private byte[] read(int count) throws WeightFileException {
        ByteBuffer target = ByteBuffer.allocate(count);
        try {
            while (target.position() < count) {
                target.limit(Math.min(count, target.position() + CHUNK));
                int got = channel.read(target, next + target.position());
                if (got < 0) {
                    throw fail(next + target.position(), "the file became shorter while it was read");
                }
            }
        } catch (IOException failure) {
            throw WeightFileException.of(path, "read", failure);
        }
        next += count;
        return target.array();
    }

    /** An error at an offset of the file. */
    WeightFileException fail(long offset, String problem) {
        return new WeightFileException(path, "at byte " + offset + ": " + problem);
    }

    /** An error of the whole file. */
    WeightFileException fail(String problem) {
        return new WeightFileException(path, problem);
    }

    @Override
    public void close() throws WeightFileException {
        try {
            channel.close();
        } catch (IOException failure) {
            throw WeightFileException.of(path, "read", failure);
        }
    }
}
