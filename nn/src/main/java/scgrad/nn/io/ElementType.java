package scgrad.nn.io;

import java.nio.ByteBuffer;

/**
 * The number type of a stored array. The names are those of the safetensors format, the order that of its specification, which sorts
 * the arrays of a file by it (largest alignment first).
 */
public enum ElementType {
    /** One byte, 0 or 1. */
    BOOL(1, "BoolStorage"),
    /** Unsigned byte. */
    U8(1, "ByteStorage"),
    /** Signed byte. */
    I8(1, "CharStorage"),
    /** 16-bit integer. */
    I16(2, "ShortStorage"),
    /** Unsigned 16-bit integer. */
    U16(2, null),
    /** IEEE half precision. */
    F16(2, "HalfStorage"),
    /** The upper half of a float32. */
    BF16(2, "BFloat16Storage"),
    /** 32-bit integer. */
    I32(4, "IntStorage"),
    /** Unsigned 32-bit integer. */
    U32(4, null),
    /** IEEE single precision. */
    F32(4, "FloatStorage"),
    /** IEEE double precision. */
    F64(8, "DoubleStorage"),
    /** 64-bit integer. */
    I64(8, "LongStorage");

    private final int bytes;
    private final String torchStorage;

    ElementType(int bytes, String torchStorage) {
        this.bytes = bytes;
        this.torchStorage = torchStorage;
    }

    /** Bytes an element. */
    public int bytes() {
        return bytes;
    }

    /** Whether the elements are floating-point numbers. */
    public boolean isFloating() {
        return this == F16 || this == BF16 || this == F32 || this == F64;
    }

    /** The type with this safetensors name, or null. */
    static ElementType ofName(String name) {
        for (ElementType type : values()) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        return null;
    }

    /** The type of a class of the Python module {@code torch}, such as FloatStorage, or null. */
    static ElementType ofTorchStorage(String className) {
        for (ElementType type : values()) {
            if (className.equals(type.torchStorage)) {
                return type;
            }
        }
        return null;
    }

    double doubleAt(ByteBuffer data, int index) {
        return switch (this) {
            case F64 -> data.getDouble(index * 8);
            case F32 -> data.getFloat(index * 4);
            case F16 -> Float.float16ToFloat(data.getShort(index * 2));
            case BF16 -> Float.intBitsToFloat(data.getShort(index * 2) << 16);
            default -> longAt(data, index);
        };
    }

    long longAt(ByteBuffer data, int index) {
        return switch (this) {
            case BOOL -> data.get(index) == 0 ? 0 : 1;
            case U8 -> data.get(index) & 0xFFL;
            case I8 -> data.get(index);
            case I16 -> data.getShort(index * 2);
            case U16 -> data.getShort(index * 2) & 0xFFFFL;
            case I32 -> data.getInt(index * 4);
            case U32 -> data.getInt(index * 4) & 0xFFFFFFFFL;
            case I64 -> data.getLong(index * 8);
            default -> throw new IllegalArgumentException(this + " is not an integer type");
        };
    }
}
