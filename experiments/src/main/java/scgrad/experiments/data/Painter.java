package scgrad.experiments.data;

import scgrad.core.Rng;

/** Draws one image of {@link Context}, [side, side, 3] in 0..1, back to front. Only exact arithmetic, so every machine paints the same. */
final class Painter {
    /** Cells of the coarse grid of random colours that the ground is interpolated from. */
    private static final int GRID = 4;

    /** The core's radius as a part of the glyph's. */
    private static final double CORE = .45;

    private static final float[][] COLORS = {
        {.92f, .18f, .15f}, {.95f, .85f, .12f}, {.15f, .75f, .20f},
        {.10f, .80f, .88f}, {.15f, .25f, .90f}, {.88f, .20f, .80f},
    };

    private final float[] image;
    private final int offset;
    private final int side;
    private final Rng random;

    Painter(float[] image, int offset, int side, Rng random) {
        this.image = image;
        this.offset = offset;
        this.side = side;
        this.random = random;
    }

    /** Smooth blotches of subdued colour. */
    void ground() {
        int corners = GRID + 1;
        float[] grid = new float[corners * corners * 3];
        float level = (float) random.uniform(.35, .55);
        for (int i = 0; i < grid.length; i++) {
            grid[i] = level + (float) random.uniform(-.1, .1);
        }
        int[] cell = new int[side];
        float[] part = new float[side];
        for (int i = 0; i < side; i++) {
            float position = (i + .5f) * GRID / side;
            cell[i] = (int) position;
            part[i] = position - cell[i];
        }
        float[] row = new float[corners * 3];
        for (int y = 0; y < side; y++) {
            int above = cell[y] * corners * 3;
            for (int i = 0; i < row.length; i++) {
                row[i] = grid[above + i] + part[y] * (grid[above + corners * 3 + i] - grid[above + i]);
            }
            int at = offset + y * side * 3;
            for (int x = 0; x < side; x++) {
                int left = cell[x] * 3;
                for (int c = 0; c < 3; c++) {
                    image[at++] = row[left + c] + part[x] * (row[left + 3 + c] - row[left + c]);
                }
            }
        }
    }

    /** A short straight bar of a dull random colour: clutter that has edges. */
    void bar() {
        double y = random.uniform(0, side);
        double x = random.uniform(0, side);
        // A direction from a random point in the unit disc needs no sine, whose last bits may differ between machines.
        double down = random.uniform(-1, 1);
        double right = random.uniform(-1, 1);
        double length = Math.sqrt(down * down + right * right) + 1e-9;
        down /= length;
        right /= length;
        double half = side * random.uniform(2.5, 5) / 32;
        double thickness = side * .9 / 32;
        float red = (float) random.uniform(.3, .65);
        float green = (float) random.uniform(.3, .65);
        float blue = (float) random.uniform(.3, .65);
        for (int row = first(y, half); row < last(y, half); row++) {
            for (int column = first(x, half); column < last(x, half); column++) {
                double dy = row + .5 - y;
                double dx = column + .5 - x;
                double along = Math.abs(dy * down + dx * right) - half;
                double across = Math.abs(dx * down - dy * right) - thickness;
                blend(row, column, .5 - Math.max(along, across), red, green, blue);
            }
        }
    }

    /** A disc of the glyph's colour, whose brightness varies a little, around a black or white core. */
    void glyph(Context.Glyph glyph, double radius) {
        float brightness = (float) random.uniform(.85, 1.05);
        float[] color = COLORS[glyph.color()];
        float core = glyph.core() == 0 ? 0f : 1f;
        for (int row = first(glyph.y(), radius); row < last(glyph.y(), radius); row++) {
            for (int column = first(glyph.x(), radius); column < last(glyph.x(), radius); column++) {
                double dy = row + .5 - glyph.y();
                double dx = column + .5 - glyph.x();
                double distance = Math.sqrt(dy * dy + dx * dx);
                blend(
                        row,
                        column,
                        .5 + radius - distance,
                        color[0] * brightness,
                        color[1] * brightness,
                        color[2] * brightness);
                blend(row, column, .5 + radius * CORE - distance, core, core, core);
            }
        }
    }

    /** Per-pixel noise of deviation 0.03, and the clip to 0..1. */
    void noise() {
        float scale = (float) (.03 * Math.sqrt(12)) / (1 << 16);
        int count = side * side * 3;
        long bits = 0;
        for (int i = 0; i < count; i++) {
            // Four values from each draw of 64 bits.
            bits = (i & 3) == 0 ? random.nextLong() : bits >>> 16;
            float value = image[offset + i] + scale * ((int) (bits & 0xffff) - 0x7fff);
            image[offset + i] = Math.min(1f, Math.max(0f, value));
        }
    }

    private void blend(int row, int column, double coverage, float red, float green, float blue) {
        if (coverage <= 0) {
            return;
        }
        float share = (float) Math.min(1, coverage);
        int at = offset + (row * side + column) * 3;
        image[at] += share * (red - image[at]);
        image[at + 1] += share * (green - image[at + 1]);
        image[at + 2] += share * (blue - image[at + 2]);
    }

    private static int first(double center, double reach) {
        return Math.max(0, (int) (center - reach - 1));
    }

    private int last(double center, double reach) {
        return Math.min(side, (int) (center + reach + 2));
    }
}
