package scgrad.nn.io;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import scgrad.nn.io.TorchTensors.Invalid;

/**
 * Reads one pickle of protocol 1 to 4 as plain values: the opcodes that {@code torch.save} writes, the functions of {@link AllowedFunction}.
 * A loop without recursion, whose work is bounded by the number of operations.
 */
final class PickleMachine {
    private static final int MOST_OPERATIONS = 2_000_000;
    private static final int LONGEST_INTEGER = 1024;
    private static final int LONGEST_NAME = 512;

    private final FileWindow in;
    private final PickleCalls calls;
    private final PickleStack stack = new PickleStack();
    private final PickleContainers containers;
    private long operations;

    private PickleMachine(FileWindow in, PickleCalls calls) {
        this.in = in;
        this.calls = calls;
        this.containers = new PickleContainers(stack, calls);
    }

    /** The value of the pickle that starts at the window's position; afterwards the window stands behind it. */
    static Object read(FileWindow in, PickleCalls calls) throws WeightFileException {
        PickleMachine machine = new PickleMachine(in, calls);
        while (true) {
            long offset = in.position();
            try {
                machine.work(1);
                int operation = in.unsignedByte();
                if (operation == '.') {
                    return PickleCalls.value(machine.stack.result());
                }
                machine.execute(operation);
            } catch (Invalid invalid) {
                throw in.fail(offset, "pickle: " + invalid.getMessage());
            }
        }
    }

    private void work(long amount) throws Invalid {
        operations += amount;
        if (operations > MOST_OPERATIONS) {
            throw new Invalid("more than " + MOST_OPERATIONS + " operations; no checkpoint of tensors needs so many");
        }
    }

    private void execute(int operation) throws Invalid, WeightFileException {
        switch (operation) {
            case 0x80 -> protocol(in.unsignedByte());
            case 0x95 -> in.bytes(8); // a frame is only a hint for buffering
            case '(' -> stack.mark();
            case '0' -> stack.discard();
            case '1' -> stack.popToMark();
            case '2' -> stack.push(stack.top());
            case 'q' -> stack.remember(in.unsignedByte());
            case 'r' -> stack.remember(in.unsignedInt());
            case 0x94 -> stack.remember();
            case 'h' -> stack.recall(in.unsignedByte());
            case 'j' -> stack.recall(in.unsignedInt());
            case 'c' -> stack.push(function(line(), line()));
            case 0x93 -> {
                Object name = stack.pop();
                stack.push(function(stack.pop(), name));
            }
            case 'R', 0x81 -> {
                Object arguments = stack.pop();
                stack.push(call(stack.pop(), arguments));
            }
            case 'b' -> build(stack.pop());
            case 'Q' -> stack.push(calls.tensors().storage(stack.pop()));
            default -> {
                if (!scalar(operation) && !containers.execute(operation)) {
                    throw new Invalid(
                            "operation 0x" + Integer.toHexString(operation) + " is not one that torch.save writes");
                }
            }
        }
    }

    private boolean scalar(int operation) throws Invalid, WeightFileException {
        switch (operation) {
            case 'N' -> stack.push(null);
            case 0x88 -> stack.push(true);
            case 0x89 -> stack.push(false);
            case 'K' -> stack.push((long) in.unsignedByte());
            case 'M' -> stack.push((long) in.unsignedShort());
            case 'J' -> stack.push((long) (int) in.unsignedInt());
            case 0x8a -> stack.push(integer(in.unsignedByte()));
            case 0x8b -> stack.push(integer(in.unsignedInt()));
            case 'G' -> stack.push(Double.longBitsToDouble(Long.reverseBytes(in.signedLong())));
            case 'X', 'T' -> stack.push(text(in.unsignedInt()));
            case 0x8c, 'U' -> stack.push(text(in.unsignedByte()));
            case 0x8d -> stack.push(text(in.signedLong()));
            case 'C' -> stack.push(in.bytes(in.unsignedByte()));
            case 'B' -> stack.push(in.bytes(in.unsignedInt()));
            case 0x8e -> stack.push(in.bytes(in.signedLong()));
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void protocol(int version) throws Invalid {
        if (version > 4) {
            throw new Invalid("protocol " + version + "; 4 is the newest that is read");
        }
    }

    private Object integer(long length) throws Invalid, WeightFileException {
        if (length > LONGEST_INTEGER) {
            throw new Invalid("an integer of " + length + " bytes; at most " + LONGEST_INTEGER);
        }
        byte[] bytes = in.bytes(length);
        for (int i = 0, j = bytes.length - 1; i < j; i++, j--) {
            byte swap = bytes[i];
            bytes[i] = bytes[j];
            bytes[j] = swap;
        }
        BigInteger value = bytes.length == 0 ? BigInteger.ZERO : new BigInteger(bytes);
        return value.bitLength() < 64 ? (Object) value.longValue() : value;
    }

    private String text(long length) throws Invalid, WeightFileException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(in.bytes(length)))
                    .toString();
        } catch (CharacterCodingException failure) {
            throw new Invalid("a text that is not UTF-8");
        }
    }

    private String line() throws Invalid, WeightFileException {
        StringBuilder line = new StringBuilder();
        for (int c = in.unsignedByte(); c != '\n'; c = in.unsignedByte()) {
            if (line.length() == LONGEST_NAME) {
                throw new Invalid("a name of more than " + LONGEST_NAME + " characters");
            }
            line.append((char) c);
        }
        return line.toString();
    }

    private Object function(Object module, Object name) throws Invalid {
        if (!(module instanceof String moduleName) || !(name instanceof String functionName)) {
            throw new Invalid("a function whose name is not a text");
        }
        Object known = AllowedFunction.named(moduleName, functionName);
        if (known == null) {
            throw new Invalid(
                    "refuses " + WeightFileException.quoted(moduleName + "." + functionName)
                            + ": a checkpoint may hold tensors and plain Python values only, and nothing else is loaded or run");
        }
        return known;
    }

    private Object call(Object function, Object arguments) throws Invalid {
        if (!(arguments instanceof Tuple tuple)) {
            throw new Invalid("a call whose arguments are not a tuple");
        }
        work(PickleCalls.work(tuple));
        return calls.call(function, tuple);
    }

    /** Attributes: an OrderedDict from state_dict() has {@code _metadata} (module versions), a tensor hooks. None is a value: dropped. */
    private void build(Object state) throws Invalid {
        Object target = stack.top();
        boolean known = target instanceof Map && (state == null || state instanceof Map)
                || target instanceof WeightArray && state instanceof Tuple;
        if (!known) {
            throw new Invalid("sets attributes of something that is neither a dictionary nor a tensor");
        }
    }
}
