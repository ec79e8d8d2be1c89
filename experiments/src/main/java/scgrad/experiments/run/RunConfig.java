package scgrad.experiments.run;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import scgrad.experiments.data.Datasets;
import scgrad.nn.Suggestion;
import scgrad.nn.data.Augmentation;
import scgrad.nn.optim.Schedule;

/**
 * Everything that decides what a training computes: the same record in code, in {@code config.json} and behind {@code --set key=value}. Two runs
 * of the same record give the same bits, whatever the threads.
 *
 * @param model a network as it is written, {@code sc_resnet20[pool=max]}
 * @param data a data set by name or folder
 * @param imageSize side of the images, 0 for the data set's own
 * @param trainImages how many to train on, 0 for all
 * @param testImages how many to test on, 0 for all
 * @param resize of a folder's images: side that the shorter edge is resized to before the middle is taken, 0 for the image size
 * @param skipBroken whether files that cannot be read are left out
 * @param normalize preset of mean and deviation, empty for the data set's own
 * @param optimizer sgd or adamw
 * @param rate the largest learning rate
 * @param schedule constant, multistep, cosine or onecycle
 * @param milestones epochs at which multistep divides by 10, separated by blanks, as if there were no warm-up; empty for
 *     a half and three quarters
 * @param warmup steps of linear warm-up
 * @param decayAll whether weight decay applies to biases and batch norms too
 * @param smoothing label smoothing
 * @param clip largest norm of the gradient, 0 for none
 * @param accumulate batches per step
 * @param average decay of the averaged weights, 0 for none
 * @param crop padding of the random crop, 0 for none
 * @param resizedCrop least area of a random resized crop, as part of the image's, 0 for none
 * @param jitter how much brightness, contrast and saturation change, 0 for none
 * @param freeze paths of the network that do not learn, separated by blanks
 */
public record RunConfig(
        String model,
        String data,
        int imageSize,
        int trainImages,
        int testImages,
        int resize,
        boolean skipBroken,
        String normalize,
        int epochs,
        int batch,
        String optimizer,
        double rate,
        String schedule,
        String milestones,
        int warmup,
        double momentum,
        boolean nesterov,
        double weightDecay,
        boolean decayAll,
        double smoothing,
        double clip,
        int accumulate,
        double average,
        int crop,
        boolean flip,
        int cutout,
        double mixup,
        double cutmix,
        double resizedCrop,
        double jitter,
        String freeze,
        long seed) {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    /** Keys that the checkpoints of earlier versions do not have, and the values that mean what those did. */
    private static final List<String> ADDED = List.of("resize", "skip_broken", "milestones", "resized_crop", "jitter");

    private static final List<String> NEUTRAL = List.of("0", "0.0", "false", "");

    public RunConfig {
        normalize = normalize == null ? "" : normalize;
        milestones = milestones == null ? "" : milestones;
        freeze = freeze == null ? "" : freeze;
    }

    /**
     * The recipe for a data set. CIFAR: 10 epochs of one-cycle to 0.3, batch 128, Nesterov momentum 0.9, weight decay 5e-4, crop and flip.
     * Context: 4 epochs to 0.2 in batches of 64; neither crop nor flip, which would move or mirror what the label is about.
     */
    public static RunConfig defaults(String data) {
        boolean cifar = data.startsWith("cifar");
        boolean context = data.equals("context");
        return new RunConfig(
                context ? "sc_resnet8" : "sc_resnet20",
                data,
                0,
                0,
                0,
                0,
                false,
                "",
                context ? 4 : 10,
                cifar ? 128 : 64,
                "sgd",
                cifar ? 0.3 : context ? 0.2 : 0.1,
                "onecycle",
                "",
                0,
                0.9,
                true,
                5e-4,
                true,
                0,
                0,
                1,
                0,
                context ? 0 : 4,
                !context,
                0,
                0,
                0,
                0,
                0,
                "",
                0);
    }

    /** One value changed; {@code unit.KEY} and {@code model.KEY} change an option of the network. */
    public RunConfig with(String key, String value) {
        if (key.startsWith("unit.") || key.startsWith("model.")) {
            return with("model", withOption(model, key.substring(key.indexOf('.') + 1), value));
        }
        ObjectNode node = JSON.valueToTree(this);
        String plain = key.replace('-', '_');
        if (!node.has(plain)) {
            List<String> keys = new ArrayList<>();
            node.fieldNames().forEachRemaining(keys::add);
            throw new IllegalArgumentException("unknown setting '" + key + "'" + Suggestion.clause(plain, keys)
                    + "; there are " + String.join(", ", keys) + ", and unit.KEY for an option of the network");
        }
        node.put(plain, value);
        try {
            return JSON.treeToValue(node, RunConfig.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("setting " + key + "=" + value + " is no "
                    + (node.get(plain).isTextual() ? "value that fits" : "value") + ": the default is "
                    + JSON.valueToTree(this).get(plain).asText());
        }
    }

    /** {@code name[a=1]} with an option added or replaced. */
    private static String withOption(String model, String key, String value) {
        var spec = scgrad.scnet.Models.Spec.parse(model);
        Map<String, String> values = new LinkedHashMap<>(spec.options().values());
        values.put(key, value);
        return new scgrad.scnet.Models.Spec(spec.name(), new scgrad.scnet.Options(values)).toString();
    }

    /**
     * Reads {@code config.json}; an unknown key is an error. A key that is missing is 0, false or empty, so a setting that is added later must
     * mean by that what was done before.
     */
    public static RunConfig parse(String json) throws JsonProcessingException {
        return JSON.readerFor(RunConfig.class)
                .without(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .readValue(json);
    }

    /** The readable form. */
    public String json() {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The readable form on one line: what a checkpoint must agree with. A setting that was added later is left out where it changes nothing,
     * so that checkpoints from before go on.
     */
    public String identity() {
        ObjectNode node = JSON.valueToTree(this);
        ADDED.stream().filter(key -> NEUTRAL.contains(node.get(key).asText())).forEach(node::remove);
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Every setting by its key. */
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        JSON.valueToTree(this)
                .properties()
                .forEach(entry -> settings.put(entry.getKey(), entry.getValue().asText()));
        return settings;
    }

    /** The data that it names, with downloaded ones in a directory. */
    public Datasets.Choice choice(Path directory) {
        return Datasets.Choice.of(data)
                .in(directory)
                .sized(imageSize)
                .limited(trainImages, testImages)
                .resized(resize)
                .skipping(skipBroken);
    }

    @JsonIgnore
    Augmentation augmentation() {
        return new Augmentation(crop, flip, cutout, mixup, cutmix, resizedCrop, jitter);
    }

    @JsonIgnore
    Schedule learningRate() {
        Schedule main = milestones.isBlank() ? Schedule.of(schedule, rate) : steps();
        return warmup > 0 ? new Schedule.WarmUp(warmup, main) : main;
    }

    private Schedule steps() {
        if (!schedule.equals("multistep")) {
            throw new IllegalArgumentException("milestones '" + milestones + "' are for schedule multistep, not for "
                    + schedule + "; set schedule=multistep, or leave milestones empty");
        }
        String[] texts = milestones.strip().split("\\s+");
        double[] parts = new double[texts.length];
        int last = 0;
        for (int i = 0; i < texts.length; i++) {
            if (!texts[i].matches("[0-9]{1,9}") || Integer.parseInt(texts[i]) <= last) {
                throw new IllegalArgumentException("milestones '" + milestones + "': '" + texts[i]
                        + "' is no epoch after " + last + "; expected ascending epochs, as in '30 60 90'");
            }
            last = Integer.parseInt(texts[i]);
            parts[i] = (double) last / epochs;
        }
        return new Schedule.MultiStep(rate, 0.1, parts);
    }
}
