package scgrad.core.backend.reference;

import scgrad.core.array.Resampling;
import scgrad.core.array.Shape;
import scgrad.core.array.Windows;

/** Pooling and interpolation as one loop nest each; forward and gradient differ only in the direction of the sum. */
final class Images {
    /** One pair of an input and an output position, with the divisor or weight between them. */
    interface Pair {
        void at(int in, int out, double factor);
    }

    private Images() {}

    static void eachInWindow(Windows rows, Windows columns, Shape x, Pair pair) {
        for (int n = 0; n < x.size(0); n++) {
            for (int i = 0; i < rows.outputs(); i++) {
                for (int j = 0; j < columns.outputs(); j++) {
                    int out = ((n * rows.outputs() + i) * columns.outputs() + j) * x.size(3);
                    double divisor = (double) rows.divisor()[i] * columns.divisor()[j];
                    for (int h = rows.start()[i]; h < rows.end()[i]; h++) {
                        for (int w = columns.start()[j]; w < columns.end()[j]; w++) {
                            int in = ((n * x.size(1) + h) * x.size(2) + w) * x.size(3);
                            for (int c = 0; c < x.size(3); c++) {
                                pair.at(in + c, out + c, divisor);
                            }
                        }
                    }
                }
            }
        }
    }

    static void eachSample(Resampling rows, Resampling columns, Shape x, Pair pair) {
        for (int n = 0; n < x.size(0); n++) {
            for (int i = 0; i < rows.outputs(); i++) {
                for (int j = 0; j < columns.outputs(); j++) {
                    int out = ((n * rows.outputs() + i) * columns.outputs() + j) * x.size(3);
                    double down = rows.weight()[i];
                    double right = columns.weight()[j];
                    int top = (n * x.size(1) + rows.low()[i]) * x.size(2);
                    int bottom = (n * x.size(1) + rows.high()[i]) * x.size(2);
                    for (int c = 0; c < x.size(3); c++) {
                        pair.at((top + columns.low()[j]) * x.size(3) + c, out + c, (1 - down) * (1 - right));
                        pair.at((top + columns.high()[j]) * x.size(3) + c, out + c, (1 - down) * right);
                        pair.at((bottom + columns.low()[j]) * x.size(3) + c, out + c, down * (1 - right));
                        pair.at((bottom + columns.high()[j]) * x.size(3) + c, out + c, down * right);
                    }
                }
            }
        }
    }
}
