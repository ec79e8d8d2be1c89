package scgrad.nn.io;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The JSON header of a safetensors file: what each array is and where its bytes lie, relative to the end of the header. */
record SafeTensorsHeader(Map<String, Entry> entries, Map<String, String> metadata) {
    static final String METADATA = "__metadata__";
    static final int LONGEST = 100_000_000;
    private static final int LARGEST_RANK = 64;

    /** One array; its bytes are begin to before end. */
    record Entry(ElementType type, int[] shape, long begin, long end) {}

    /** Reads the header and checks that its arrays fill {@code dataBytes} exactly: no hole, no overlap, every size right. */
    static SafeTensorsHeader parse(byte[] json, long dataBytes) throws JsonScanner.Mismatch {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(json))
                    .toString();
        } catch (CharacterCodingException failure) {
            throw new JsonScanner.Mismatch("the header is not UTF-8");
        }
        if (!text.startsWith("{")) {
            throw new JsonScanner.Mismatch("the header must start with '{'");
        }
        SafeTensorsHeader header = new SafeTensorsHeader(new LinkedHashMap<>(), new LinkedHashMap<>());
        header.read(new JsonScanner(text));
        header.checkOffsets(dataBytes);
        return header;
    }

    private void read(JsonScanner json) throws JsonScanner.Mismatch {
        boolean metadataSeen = false;
        json.expect('{');
        boolean more = !json.empty('}');
        while (more) {
            String name = json.string();
            json.expect(':');
            if (entries.containsKey(name) || metadataSeen && name.equals(METADATA)) {
                throw json.mismatch("the key " + WeightFileException.quoted(name) + " stands twice");
            }
            if (name.equals(METADATA)) {
                metadataSeen = true;
                readMetadata(json);
            } else {
                entries.put(name, readEntry(json, name));
            }
            more = json.another('}');
        }
        if (!json.atEnd()) {
            throw json.mismatch("only spaces may follow the header's last '}'");
        }
    }

    private void readMetadata(JsonScanner json) throws JsonScanner.Mismatch {
        json.expect('{');
        boolean more = !json.empty('}');
        while (more) {
            String key = json.string();
            json.expect(':');
            if (metadata.put(key, json.string()) != null) {
                throw json.mismatch("the metadata key " + WeightFileException.quoted(key) + " stands twice");
            }
            more = json.another('}');
        }
    }

    private static Entry readEntry(JsonScanner json, String name) throws JsonScanner.Mismatch {
        String array = "array " + WeightFileException.quoted(name) + ": ";
        ElementType type = null;
        long[] shape = null;
        long[] offsets = null;
        json.expect('{');
        boolean more = !json.empty('}');
        while (more) {
            String field = json.string();
            json.expect(':');
            if (field.equals("dtype") && type == null) {
                String dtype = json.string();
                type = ElementType.ofName(dtype);
                if (type == null) {
                    throw json.mismatch(array + "dtype " + WeightFileException.quoted(dtype)
                            + " is not supported; these are: " + Arrays.toString(ElementType.values()));
                }
            } else if (field.equals("shape") && shape == null) {
                shape = counts(json, LARGEST_RANK);
            } else if (field.equals("data_offsets") && offsets == null) {
                offsets = counts(json, 2);
            } else {
                throw json.mismatch(array + "the field " + WeightFileException.quoted(field)
                        + " is unknown or stands twice; dtype, shape and data_offsets must stand there once each");
            }
            more = json.another('}');
        }
        if (type == null || shape == null || offsets == null || offsets.length != 2) {
            throw json.mismatch(array + "must have dtype, shape and data_offsets [begin, end]");
        }
        return checked(json, array, type, shape, offsets);
    }

    private static Entry checked(JsonScanner json, String array, ElementType type, long[] sides, long[] offsets)
            throws JsonScanner.Mismatch {
        int[] shape = new int[sides.length];
        for (int i = 0; i < sides.length; i++) {
            shape[i] = (int) Math.min(sides[i], Integer.MAX_VALUE);
        }
        long elements = WeightArray.elements(shape);
        if (elements < 0) {
            throw json.mismatch(array + "shape " + Arrays.toString(sides) + " has more than 2^31 elements");
        }
        if (offsets[1] < offsets[0] || offsets[1] - offsets[0] != elements * type.bytes()) {
            throw json.mismatch(
                    array + "shape " + Arrays.toString(sides) + " of " + type + " takes " + elements * type.bytes()
                            + " bytes, data_offsets " + Arrays.toString(offsets) + " do not hold that");
        }
        return new Entry(type, shape, offsets[0], offsets[1]);
    }

    private static long[] counts(JsonScanner json, int most) throws JsonScanner.Mismatch {
        json.expect('[');
        long[] counts = new long[most];
        int size = 0;
        boolean more = !json.empty(']');
        while (more) {
            if (size == most) {
                throw json.mismatch("a list of more than " + most + " numbers");
            }
            counts[size++] = json.count();
            more = json.another(']');
        }
        return Arrays.copyOf(counts, size);
    }

    private void checkOffsets(long dataBytes) throws JsonScanner.Mismatch {
        List<Map.Entry<String, Entry>> byOffset = new ArrayList<>(entries.entrySet());
        byOffset.sort(Comparator.<Map.Entry<String, Entry>>comparingLong(
                        e -> e.getValue().begin())
                .thenComparingLong(e -> e.getValue().end()));
        long expected = 0;
        for (Map.Entry<String, Entry> entry : byOffset) {
            if (entry.getValue().begin() != expected) {
                throw new JsonScanner.Mismatch("array " + WeightFileException.quoted(entry.getKey())
                        + " begins at data offset " + entry.getValue().begin() + ", must begin at " + expected
                        + ": the arrays leave no hole and do not overlap");
            }
            expected = entry.getValue().end();
        }
        if (expected != dataBytes) {
            throw new JsonScanner.Mismatch(
                    "the header describes " + expected + " bytes of data, the file has " + dataBytes);
        }
    }

    /** The header in the official library's form, padded with spaces to a multiple of eight bytes. */
    byte[] format() {
        StringBuilder json = new StringBuilder("{");
        if (!metadata.isEmpty()) {
            json.append("\"" + METADATA + "\":{");
            // in one order: a Map.of has another in every JVM, and the same weights shall be the same file
            new TreeMap<>(metadata).forEach((key, value) -> {
                JsonScanner.appendString(json, key);
                json.append(':');
                JsonScanner.appendString(json, value);
                json.append(',');
            });
            json.setCharAt(json.length() - 1, '}');
            json.append(',');
        }
        entries.forEach((name, entry) -> {
            JsonScanner.appendString(json, name);
            json.append(":{\"dtype\":\"").append(entry.type()).append("\",\"shape\":");
            json.append(Arrays.toString(entry.shape()).replace(" ", ""));
            json.append(",\"data_offsets\":[")
                    .append(entry.begin())
                    .append(',')
                    .append(entry.end())
                    .append("]},");
        });
        if (json.length() > 1) {
            json.setLength(json.length() - 1);
        }
        byte[] bytes = json.append('}').toString().getBytes(StandardCharsets.UTF_8);
        byte[] padded = Arrays.copyOf(bytes, (bytes.length + 7) / 8 * 8);
        Arrays.fill(padded, bytes.length, padded.length, (byte) ' ');
        return padded;
    }
}
