package scgrad.core.array;

/**
 * What went between the host and a device so far.
 *
 * @param commands kernels that ran
 * @param launches how often the device was called; one launch may run many commands
 * @param commandBytes bytes that said what to run
 * @param bytesIn numbers to the device, in bytes
 * @param bytesOut numbers from the device, in bytes
 */
public record Traffic(long commands, long launches, long commandBytes, long bytesIn, long bytesOut) {
    /** Of a backend that computes in the host's memory. */
    public static final Traffic NONE = new Traffic(0, 0, 0, 0, 0);

    /** What came since. */
    public Traffic since(Traffic before) {
        return new Traffic(
                commands - before.commands,
                launches - before.launches,
                commandBytes - before.commandBytes,
                bytesIn - before.bytesIn,
                bytesOut - before.bytesOut);
    }
}
