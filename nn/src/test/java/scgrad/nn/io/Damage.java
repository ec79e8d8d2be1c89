package scgrad.nn.io;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import scgrad.core.Rng;

/** Damaged copies of a file. */
final class Damage {
    // bytes that mean something to a pickle, a header or a number's sign
    private static final int[] SHARP = {
        0x00, 0x01, 0x7F, 0x80, 0xFF, '(', ')', '.', '}', ']', 'Q', 'R', 'b', 't', 'u', 'h', 0x85, 0x94
    };

    private Damage() {}

    /** One to three damages of a kind that files suffer or that somebody makes. */
    static byte[] of(byte[] original, Rng rng) {
        byte[] bytes = original.clone();
        for (int damages = 1 + rng.nextInt(3); damages > 0 && bytes.length > 16; damages--) {
            int at = rng.nextInt(bytes.length);
            int length = 1 + rng.nextInt(Math.min(40, bytes.length - at));
            switch (rng.nextInt(8)) {
                case 0 -> bytes = Arrays.copyOf(bytes, at);
                case 1, 2 -> bytes[at] ^= (byte) (1 << rng.nextInt(8));
                case 3 -> bytes[at] = (byte) SHARP[rng.nextInt(SHARP.length)];
                case 4 -> { // huge sizes
                    int size = rng.nextInt(2) == 0 ? 4 : 8;
                    for (int i = at; i < Math.min(bytes.length, at + size); i++) {
                        bytes[i] = (byte) (i == at + size - 1 ? 0x7F : 0xFF);
                    }
                }
                case 5 -> bytes = spliced(bytes, at, at, bytes, at, at + length); // a range twice
                case 6 -> bytes = spliced(bytes, at, at + length, bytes, 0, 0); // a range less
                default -> { // a range from elsewhere
                    int from = rng.nextInt(bytes.length - length + 1);
                    bytes = spliced(
                            bytes,
                            at,
                            at + length,
                            original,
                            Math.min(from, original.length - length),
                            Math.min(from, original.length - length) + length);
                }
            }
        }
        return bytes;
    }

    /** The bytes with those from start to before end replaced by a range of others. */
    private static byte[] spliced(byte[] bytes, int start, int end, byte[] other, int from, int to) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, start);
        out.write(other, from, to - from);
        out.write(bytes, end, bytes.length - end);
        return out.toByteArray();
    }
}
