package scgrad.nn.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * The zip archives that {@code torch.save} writes: uncompressed entries, zip64 or not. Stricter than java.util.zip: both headers of an entry
 * must agree, entries must not overlap, and every checksum is checked. So the entries together are never larger than the file.
 */
final class ZipArchive {
    private static final int CENTRAL = 0x02014b50;
    private static final int CENTRAL_SIZE = 46;
    private static final int LOCAL = 0x04034b50;
    private static final int LOCAL_SIZE = 30;
    private static final int ZIP64_EXTRA = 1;
    private static final long SATURATED = 0xFFFFFFFFL;
    private static final int ENCRYPTED = 1;
    private static final int SIZES_FOLLOW = 8;

    private final FileWindow file;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /** An entry by the central directory. */
    private record Entry(String name, int flags, int method, long crc, long packed, long size, long header) {}

    ZipArchive(FileWindow file) throws WeightFileException {
        this.file = file;
        ZipDirectory directory = ZipDirectory.find(file);
        if (directory.count() > directory.size() / CENTRAL_SIZE) {
            throw file.fail("the zip directory of " + directory.size() + " bytes cannot hold " + directory.count()
                    + " entries");
        }
        FileWindow window = file.part(directory.offset(), directory.offset() + directory.size());
        for (long i = 0; i < directory.count(); i++) {
            Entry entry = central(window);
            if (entries.put(entry.name(), entry) != null) {
                throw file.fail("zip entry " + WeightFileException.quoted(entry.name()) + " stands twice");
            }
        }
        if (window.remaining() != 0) {
            throw file.fail("the zip directory has more bytes than its " + directory.count() + " entries");
        }
        checkOverlap(directory.offset());
    }

    Set<String> names() {
        return entries.keySet();
    }

    /** The bytes of an entry, whose checksum has been verified. */
    FileWindow open(String name) throws WeightFileException {
        FileWindow content = content(name);
        CRC32 crc = new CRC32();
        while (content.remaining() > 0) {
            crc.update(content.bytes(Math.min(1 << 16, content.remaining())));
        }
        check(entries.get(name), crc);
        return content(name);
    }

    /** All of an entry, checksum verified. */
    byte[] read(String name, long size) throws WeightFileException {
        FileWindow content = content(name);
        if (content.remaining() != size) {
            throw file.fail("zip entry " + WeightFileException.quoted(name) + " has " + content.remaining()
                    + " bytes, must have " + size);
        }
        byte[] bytes = content.bytes(size);
        CRC32 crc = new CRC32();
        crc.update(bytes);
        check(entries.get(name), crc);
        return bytes;
    }

    private void check(Entry entry, CRC32 crc) throws WeightFileException {
        if (crc.getValue() != entry.crc()) {
            throw file.fail(String.format(
                    "zip entry %s is damaged: its CRC-32 is %08x, must be %08x",
                    WeightFileException.quoted(entry.name()), crc.getValue(), entry.crc()));
        }
    }

    private Entry central(FileWindow window) throws WeightFileException {
        long position = window.position();
        ByteBuffer head = order(window.bytes(CENTRAL_SIZE));
        if (head.getInt(0) != CENTRAL) {
            throw window.fail(position, "no zip directory entry, where one must be");
        }
        String name = name(position, window.bytes(head.getShort(28) & 0xFFFF));
        ByteBuffer extra = order(window.bytes(head.getShort(30) & 0xFFFF));
        window.bytes(head.getShort(32) & 0xFFFF);
        long[] large = {head.getInt(24) & SATURATED, head.getInt(20) & SATURATED, head.getInt(42) & SATURATED};
        replaceSaturated(position, large, extra);
        int flags = head.getShort(8) & 0xFFFF;
        return new Entry(name, flags, head.getShort(10), head.getInt(16) & SATURATED, large[1], large[0], large[2]);
    }

    /** Sizes and offset beyond 32 bits stand in an extra field, in this order, those only that do not fit. */
    private void replaceSaturated(long position, long[] values, ByteBuffer extra) throws WeightFileException {
        while (extra.remaining() >= 4) {
            int id = extra.getShort() & 0xFFFF;
            int size = extra.getShort() & 0xFFFF;
            if (size > extra.remaining()) {
                break;
            }
            ByteBuffer field = order(new byte[size]);
            extra.get(field.array());
            for (int i = 0; id == ZIP64_EXTRA && i < values.length; i++) {
                if (values[i] == SATURATED && field.remaining() >= 8) {
                    values[i] = field.getLong();
                }
            }
        }
        for (long value : values) {
            if (value < 0 || value > file.end()) {
                throw file.fail(
                        position,
                        "a zip entry with size or offset " + Long.toUnsignedString(value) + " in a file of "
                                + file.end() + " bytes");
            }
        }
    }

    private void checkOverlap(long directoryStart) throws WeightFileException {
        List<Entry> byOffset = new ArrayList<>(entries.values());
        byOffset.sort(Comparator.comparingLong(Entry::header));
        long free = 0;
        for (Entry entry : byOffset) {
            long end = entry.header() + LOCAL_SIZE + entry.packed();
            if (entry.header() < free || end > directoryStart) {
                throw file.fail(
                        "zip entry " + WeightFileException.quoted(entry.name()) + " overlaps another or the directory");
            }
            free = end;
        }
    }

    private FileWindow content(String name) throws WeightFileException {
        Entry entry = entries.get(name);
        String quoted = "zip entry " + WeightFileException.quoted(name);
        if (entry == null) {
            throw file.fail(quoted + " is missing");
        }
        if (entry.method() != 0 || entry.packed() != entry.size() || (entry.flags() & ENCRYPTED) != 0) {
            throw file.fail(quoted + " is compressed or encrypted; torch.save stores entries as they are");
        }
        ByteBuffer local = file.at(entry.header(), LOCAL_SIZE);
        int nameLength = local.getShort(26) & 0xFFFF;
        long start = entry.header() + LOCAL_SIZE + nameLength + (local.getShort(28) & 0xFFFF);
        boolean agrees = local.getInt(0) == LOCAL
                && (local.getShort(6) & 0xFFFF) == entry.flags()
                && local.getShort(8) == 0
                && name.equals(name(
                        entry.header(),
                        file.at(entry.header() + LOCAL_SIZE, nameLength).array()))
                && ((entry.flags() & SIZES_FOLLOW) != 0 || (local.getInt(14) & SATURATED) == entry.crc());
        if (!agrees) {
            throw file.fail(entry.header(), quoted + " does not have the header that the zip directory describes");
        }
        return file.part(start, start + entry.size());
    }

    private String name(long position, byte[] bytes) throws WeightFileException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException failure) {
            throw file.fail(position, "a zip entry's name that is not UTF-8");
        }
    }

    private static ByteBuffer order(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
