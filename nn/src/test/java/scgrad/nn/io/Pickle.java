package scgrad.nn.io;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes a pickle operation by operation, and a legacy PyTorch file around it. */
final class Pickle {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Map<String, Integer> storages = new LinkedHashMap<>();

    Pickle operation(int operation) {
        bytes.write(operation);
        return this;
    }

    Pickle protocol() {
        return operation(0x80).operation(2);
    }

    Pickle integer(long value) {
        return operation('J').raw(little(4).putInt((int) value));
    }

    Pickle text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return operation('X').raw(little(4).putInt(utf8.length)).raw(ByteBuffer.wrap(utf8));
    }

    Pickle global(String module, String name) {
        return operation('c').raw(ByteBuffer.wrap((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    Pickle put(int key) {
        return operation('q').operation(key);
    }

    Pickle get(int key) {
        return operation('h').operation(key);
    }

    /** A float storage with the values 0, 1, 2 ... */
    Pickle storage(String key, int count) {
        storages.put(key, count);
        return this;
    }

    private Pickle raw(ByteBuffer buffer) {
        bytes.writeBytes(buffer.array());
        return this;
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    byte[] legacyFile() {
        Pickle file = new Pickle().protocol().operation(0x8a).operation(10);
        file.raw(ByteBuffer.wrap(
                new byte[] {0x6c, (byte) 0xfc, (byte) 0x9c, 0x46, (byte) 0xf9, 0x20, 0x6a, (byte) 0xa8, 0x50, 0x19}));
        file.operation('.').protocol().integer(1001).operation('.');
        file.protocol()
                .operation('}')
                .text("little_endian")
                .operation(0x88)
                .operation('s')
                .operation('.');
        file.bytes.writeBytes(bytes.toByteArray());
        file.operation('.').protocol().operation(']');
        storages.keySet().forEach(key -> file.text(key).operation('a'));
        file.operation('.');
        storages.values().forEach(count -> {
            file.raw(little(8).putLong(count));
            ByteBuffer values = little(count * 4);
            for (int i = 0; i < count; i++) {
                values.putFloat(i);
            }
            file.raw(values);
        });
        return file.bytes.toByteArray();
    }
}
