package scgrad.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import scgrad.core.array.Backend;
import scgrad.core.array.Backends;
import scgrad.nn.Activation;
import scgrad.nn.Module;
import scgrad.nn.data.BatchLoader;
import scgrad.nn.data.Dataset;
import scgrad.nn.data.LoaderSettings;
import scgrad.nn.data.Normalization;

/** Right, among the first five, and the loss, against figures by hand. */
class EvaluationTest {
    private static final float[][] LOGITS = {
        {1, 2, 3, 4, 5, 6}, // label 5: right
        {1, 2, 3, 4, 5, 6}, // label 0: the last of six
        {1, 2, 3, 4, 5, 6}, // label 1: the fifth
        {2, 2, 0, 0, 0, 0}, // label 0: the first of equals is right
        {2, 2, 0, 0, 0, 0}, // label 1: the second of equals is not
    };
    private static final int[] LABELS = {5, 0, 1, 0, 1};

    /** Images of 1x2 pixels and 3 channels whose six values are the logits. */
    private record Logits(float[][] logits, int[] labels) implements Dataset {
        @Override
        public String name() {
            return "logits";
        }

        @Override
        public int size() {
            return labels.length;
        }

        @Override
        public List<String> classNames() {
            return List.of("a", "b", "c", "d", "e", "f");
        }

        @Override
        public int height() {
            return 1;
        }

        @Override
        public int width() {
            return 2;
        }

        @Override
        public int channels() {
            return 3;
        }

        @Override
        public int label(int index) {
            return labels[index];
        }

        @Override
        public void image(int index, float[] into, int offset) {
            System.arraycopy(logits[index], 0, into, offset, 6);
        }
    }

    private static Evaluation evaluate(Dataset data, Module model) {
        // batches of 2 leave a short one
        try (BatchLoader loader = new BatchLoader(
                data, LoaderSettings.evaluation(2, Normalization.of("none")).withThreads(0), 1)) {
            return Evaluation.of(model, loader);
        }
    }

    private static Module flatten() {
        Backend backend = Backends.open("cpu", 2);
        return new Activation(backend, "Flatten", x -> x.reshape(-1, 6));
    }

    @Test
    void figuresByHand() {
        Evaluation evaluation = evaluate(new Logits(LOGITS, LABELS), flatten());
        assertThat(evaluation.images()).isEqualTo(5);
        assertThat(evaluation.correct()).isEqualTo(2);
        assertThat(evaluation.top5()).isEqualTo(4);
        assertThat(evaluation.accuracy()).isEqualTo(0.4);
        // {true, predicted} of each image
        int[][] counts = new int[6][6];
        for (int[] pair : new int[][] {{5, 5}, {0, 5}, {1, 5}, {0, 0}, {1, 0}}) {
            counts[pair[0]][pair[1]]++;
        }
        assertThat(evaluation.confusion().counts()).isDeepEqualTo(counts);
        assertThat(evaluation.confusion().accuracy(0)).isEqualTo(0.5);
        assertThat(evaluation.confusion().accuracy(2)).isNaN();
        assertThat(evaluation.top5Accuracy()).isEqualTo(0.8);
        double loss = 0;
        for (int i = 0; i < LABELS.length; i++) {
            double sum = 0;
            for (float logit : LOGITS[i]) {
                sum += Math.exp(logit);
            }
            loss -= Math.log(Math.exp(LOGITS[i][LABELS[i]]) / sum);
        }
        assertThat(evaluation.loss()).isCloseTo(loss / 5, within(1e-9));
    }

    @Test
    void aNumberThatIsNoneIsNeverRight() {
        float[][] broken = {{Float.NaN, 0, 0, 0, 0, 0}, {Float.NaN, 1, 0, 0, 0, 0}};
        Evaluation evaluation = evaluate(new Logits(broken, new int[] {0, 1}), flatten());
        assertThat(evaluation.correct()).isZero();
    }

    @Test
    void theModelsModeIsRestored() {
        Module model = flatten();
        assertThat(model.training()).isTrue();
        evaluate(new Logits(LOGITS, LABELS), model);
        assertThat(model.training()).isTrue();
        model.eval();
        evaluate(new Logits(LOGITS, LABELS), model);
        assertThat(model.training()).isFalse();
    }
}
