package scgrad.nn.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The safetensors format: eight bytes of header length, a JSON header, the arrays' bytes one after the other. Every size in the header is
 * checked against the file; the values themselves have no checksum in this format, so that a changed value cannot be noticed.
 *
 * @param arrays by name, in the order of the header
 * @param metadata the free texts under {@code __metadata__}; empty where there are none
 */
public record SafeTensors(Map<String, WeightArray> arrays, Map<String, String> metadata) {
    private static final int PIECE = 1 << 16;

    /** Wraps both maps so that nobody changes them through the record. */
    public SafeTensors {
        arrays = Collections.unmodifiableMap(arrays);
        metadata = Collections.unmodifiableMap(metadata);
    }

    /** Reads a whole file. */
    public static SafeTensors read(Path path) throws WeightFileException {
        try (FileWindow file = FileWindow.open(path)) {
            if (file.end() < 8) {
                throw file.fail(
                        "has " + file.end() + " bytes; a safetensors file starts with 8 bytes of header length");
            }
            long length = file.signedLong();
            if (length < 2 || length > SafeTensorsHeader.LONGEST || length > file.remaining()) {
                throw file.fail("is no safetensors file: header length " + Long.toUnsignedString(length)
                        + ", must be 2 to " + Math.min(SafeTensorsHeader.LONGEST, file.remaining()));
            }
            SafeTensorsHeader header = header(file, file.bytes(length));
            long dataStart = file.position();
            Map<String, WeightArray> arrays = new LinkedHashMap<>();
            for (Map.Entry<String, SafeTensorsHeader.Entry> named :
                    header.entries().entrySet()) {
                SafeTensorsHeader.Entry entry = named.getValue();
                FileWindow part = file.part(dataStart + entry.begin(), dataStart + entry.end());
                Storage storage = Storage.of(entry.type(), part.bytes(part.remaining()));
                arrays.put(named.getKey(), WeightArray.contiguous(named.getKey(), entry.shape(), storage));
            }
            return new SafeTensors(arrays, header.metadata());
        }
    }

    private static SafeTensorsHeader header(FileWindow file, byte[] json) throws WeightFileException {
        try {
            return SafeTensorsHeader.parse(json, file.remaining());
        } catch (JsonScanner.Mismatch mismatch) {
            throw file.fail("safetensors header: " + mismatch.getMessage());
        }
    }

    /**
     * Writes arrays under the keys of the map, whatever their own names are, replacing the file as a whole ({@link AtomicFile}). Like the
     * official library it orders them by type, widest first, then by name: the same arrays give the same bytes in whatever order they come.
     */
    public static void write(Path path, Map<String, WeightArray> arrays, Map<String, String> metadata)
            throws WeightFileException {
        Map<String, SafeTensorsHeader.Entry> entries = new LinkedHashMap<>();
        List<String> names = officialOrder(arrays);
        long offset = 0;
        for (String name : names) {
            WeightArray array = arrays.get(name);
            if (name.equals(SafeTensorsHeader.METADATA) || !JsonScanner.isUnicode(name)) {
                throw new WeightFileException(path, "an array cannot be named " + WeightFileException.quoted(name));
            }
            long end = offset + (long) array.count() * array.type().bytes();
            entries.put(name, new SafeTensorsHeader.Entry(array.type(), array.shape(), offset, end));
            offset = end;
        }
        byte[] header = new SafeTensorsHeader(entries, metadata).format();
        if (header.length > SafeTensorsHeader.LONGEST) {
            throw new WeightFileException(
                    path,
                    "its header would take " + header.length + " bytes; the format allows "
                            + SafeTensorsHeader.LONGEST);
        }
        byte[] length = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .array();
        AtomicFile.write(path, out -> {
            out.write(length);
            out.write(header);
            for (String name : names) {
                copy(arrays.get(name).rowMajorBytes(), out);
            }
        });
    }

    private static List<String> officialOrder(Map<String, WeightArray> arrays) {
        List<String> names = new ArrayList<>(arrays.keySet());
        Comparator<String> byType =
                Comparator.comparing(name -> arrays.get(name).type());
        names.sort(byType.reversed()
                .thenComparing(name -> name.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned));
        return names;
    }

    private static void copy(ByteBuffer from, OutputStream out) throws IOException {
        byte[] piece = new byte[PIECE];
        ByteBuffer rest = from.duplicate();
        while (rest.hasRemaining()) {
            int size = Math.min(PIECE, rest.remaining());
            rest.get(piece, 0, size);
            out.write(piece, 0, size);
        }
    }
}
