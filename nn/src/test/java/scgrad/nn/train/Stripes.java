package scgrad.nn.train;

import java.util.List;
import scgrad.core.Rng;
import scgrad.nn.data.Dataset;

/** A toy data set: noisy stripes that run across, down or aslant, at any phase. */
record Stripes(String name, int size, long seed) implements Dataset {
    @Override
    public List<String> classNames() {
        return List.of("across", "down", "aslant");
    }

    @Override
    public int height() {
        return 8;
    }

    @Override
    public int width() {
        return 8;
    }

    @Override
    public int channels() {
        return 3;
    }

    @Override
    public int label(int index) {
        return index % 3;
    }

    @Override
    public void image(int index, float[] into, int offset) {
        Rng rng = Rng.of(seed).stream(index);
        int phase = rng.nextInt(4);
        int i = offset;
        for (int y = 0; y < 8; y++) {
            for (int x = 0; x < 8; x++) {
                int position =
                        switch (label(index)) {
                            case 0 -> y;
                            case 1 -> x;
                            default -> x + y;
                        };
                float value = (position + phase) % 4 < 2 ? 0.8f : 0.2f;
                for (int c = 0; c < 3; c++) {
                    into[i++] = value + (float) rng.uniform(-0.1, 0.1);
                }
            }
        }
    }
}
