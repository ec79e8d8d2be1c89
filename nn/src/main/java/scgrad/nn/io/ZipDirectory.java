package scgrad.nn.io;

import java.nio.ByteBuffer;

/** Where a zip file's central directory lies, and how many entries it has: what the records at the end of the file say, zip64 or not. */
record ZipDirectory(long offset, long size, long count) {
    private static final int END = 0x06054b50;
    private static final int END_SIZE = 22;
    private static final int END64_LOCATOR = 0x07064b50;
    private static final int END64_LOCATOR_SIZE = 20;
    private static final int END64 = 0x06064b50;
    private static final int END64_SIZE = 56;
    private static final int LONGEST_COMMENT = 65535;
    private static final long SATURATED = 0xFFFFFFFFL;

    static ZipDirectory find(FileWindow file) throws WeightFileException {
        long tailStart = Math.max(0, file.end() - END_SIZE - LONGEST_COMMENT);
        ByteBuffer tail = file.at(tailStart, (int) (file.end() - tailStart));
        int at = tail.limit() - END_SIZE;
        while (at >= 0
                && !(tail.getInt(at) == END && at + END_SIZE + (tail.getShort(at + 20) & 0xFFFF) == tail.limit())) {
            at--;
        }
        if (at < 0) {
            throw file.fail("is a zip file without its end: the file is cut short or damaged");
        }
        if (tail.getInt(at + 4) != 0 || tail.getShort(at + 8) != tail.getShort(at + 10)) {
            throw file.fail("is one part of a zip file in several; the whole must be one file");
        }
        long count = tail.getShort(at + 10) & 0xFFFF;
        ZipDirectory small =
                new ZipDirectory(tail.getInt(at + 16) & SATURATED, tail.getInt(at + 12) & SATURATED, count);
        ZipDirectory directory = zip64(file, tailStart + at, small);
        if (directory.offset() < 0 || directory.size() < 0 || directory.offset() > tailStart + at - directory.size()) {
            throw file.fail("the zip directory at byte " + directory.offset() + " does not lie inside the file");
        }
        return directory;
    }

    private static ZipDirectory zip64(FileWindow file, long end, ZipDirectory small) throws WeightFileException {
        if (end < END64_LOCATOR_SIZE) {
            return small;
        }
        ByteBuffer locator = file.at(end - END64_LOCATOR_SIZE, END64_LOCATOR_SIZE);
        if (locator.getInt(0) != END64_LOCATOR) {
            return small;
        }
        long offset = locator.getLong(8);
        if (offset < 0
                || offset > end - END64_LOCATOR_SIZE - END64_SIZE
                || file.at(offset, 4).getInt(0) != END64) {
            throw file.fail("the zip64 end record is not at byte " + offset + ", where it must be");
        }
        ByteBuffer large = file.at(offset, END64_SIZE);
        ZipDirectory directory = new ZipDirectory(large.getLong(48), large.getLong(40), large.getLong(32));
        agree(file, small.count(), 0xFFFF, directory.count());
        agree(file, small.size(), SATURATED, directory.size());
        agree(file, small.offset(), SATURATED, directory.offset());
        return directory;
    }

    private static void agree(FileWindow file, long small, long saturated, long large) throws WeightFileException {
        if (small != large && small != saturated) {
            throw file.fail("the two zip end records disagree: " + small + " and " + large);
        }
    }
}
