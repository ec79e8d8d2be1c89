package scgrad.nn.data;

import java.util.List;
import java.util.stream.IntStream;

/** Images whose every value says which image, row, column and channel it is: a misplaced value shows. */
record CountingDataset(int size, int height, int width, int classes) implements Dataset {

    static float value(int index, int y, int x, int channel) {
        return index + (y + 1) / 64f + (x + 1) / 4096f + (channel + 1) / 32768f;
    }

    @Override
    public String name() {
        return "counting";
    }

    @Override
    public List<String> classNames() {
        return IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    }

    @Override
    public int channels() {
        return 3;
    }

    @Override
    public int label(int index) {
        return index % classes;
    }

    @Override
    public void image(int index, float[] into, int offset) {
        int i = offset;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int c = 0; c < 3; c++) {
                    into[i++] = value(index, y, x, c);
                }
            }
        }
    }
}
