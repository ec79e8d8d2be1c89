package scgrad.experiments.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import org.junit.jupiter.api.Test;
import scgrad.nn.data.Augmentation;
import scgrad.nn.optim.Schedule;

class RunConfigTest {
    /** As it was written before there were resize, skip_broken, milestones, resized_crop and jitter. */
    private static final String OLDER = """
            {"model":"sc_resnet20","data":"cifar10","image_size":0,"train_images":0,"test_images":0,"normalize":"","epochs":10,\
            "batch":128,"optimizer":"sgd","rate":0.3,"schedule":"onecycle","warmup":0,"momentum":0.9,"nesterov":true,\
            "weight_decay":5.0E-4,"decay_all":true,"smoothing":0.0,"clip":0.0,"accumulate":1,"average":0.0,"crop":4,"flip":true,\
            "cutout":0,"mixup":0.0,"cutmix":0.0,"freeze":"","seed":0}""";

    @Test
    void anOlderRecordMeansWhatItMeant() throws JsonProcessingException {
        RunConfig older = RunConfig.parse(OLDER);
        assertThat(older).isEqualTo(RunConfig.defaults("cifar10"));
        assertThat(older.augmentation()).isEqualTo(new Augmentation(4, true, 0, 0, 0));
        assertThat(older.learningRate()).isEqualTo(Schedule.of("onecycle", 0.3));
        assertThat(older.resize()).isZero();
        assertThat(older.skipBroken()).isFalse();
        assertThat(RunConfig.parse(older.json())).isEqualTo(older);
        assertThat(RunConfig.parse("{}").freeze()).isEmpty();
    }

    @Test
    void aCheckpointOfAnOlderRecordGoesOn() throws JsonProcessingException {
        RunConfig older = RunConfig.parse(OLDER);
        assertThat(older.identity()).isEqualTo(OLDER);
        for (String change :
                new String[] {"resize=256", "skip_broken=true", "milestones=5", "resized_crop=0.08", "jitter=0.4"}) {
            String[] parts = change.split("=");
            assertThat(older.with(parts[0], parts[1]).identity())
                    .contains("\"" + parts[0] + "\"")
                    .isNotEqualTo(OLDER);
        }
    }

    private static double rate(RunConfig config, int epoch, int perEpoch, boolean end) {
        return config.learningRate().rate((long) epoch * perEpoch - (end ? 1 : 0), (long) config.epochs() * perEpoch);
    }

    @Test
    void milestonesAreEpochs() {
        RunConfig config = RunConfig.defaults("cifar10")
                .with("schedule", "multistep")
                .with("rate", "0.1")
                .with("epochs", "100")
                .with("milestones", " 30 60  90");
        for (int perEpoch : new int[] {1, 7, 5004}) {
            assertThat(rate(config, 30, perEpoch, true)).isCloseTo(0.1, within(1e-12));
            assertThat(rate(config, 30, perEpoch, false)).isCloseTo(0.01, within(1e-12));
            assertThat(rate(config, 60, perEpoch, true)).isCloseTo(0.01, within(1e-12));
            assertThat(rate(config, 60, perEpoch, false)).isCloseTo(0.001, within(1e-12));
            assertThat(rate(config, 90, perEpoch, true)).isCloseTo(0.001, within(1e-12));
            assertThat(rate(config, 90, perEpoch, false)).isCloseTo(0.0001, within(1e-12));
        }
        RunConfig empty = config.with("milestones", "");
        assertThat(rate(empty, 50, 7, true)).isCloseTo(0.1, within(1e-12));
        assertThat(rate(empty, 50, 7, false)).isCloseTo(0.01, within(1e-12));
        assertThatThrownBy(() -> config.with("milestones", "30 ten").learningRate())
                .hasMessage(
                        "milestones '30 ten': 'ten' is no epoch after 30; expected ascending epochs, as in '30 60 90'");
        assertThatThrownBy(() -> config.with("milestones", "30 30").learningRate())
                .hasMessageContaining("'30' is no epoch after 30");
        assertThatThrownBy(() -> config.with("schedule", "cosine").learningRate())
                .hasMessageContaining("are for schedule multistep, not for cosine");
    }
}
