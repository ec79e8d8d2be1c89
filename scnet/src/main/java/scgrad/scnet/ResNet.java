package scgrad.scnet;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import scgrad.core.Autograd;
import scgrad.core.Tensor;
import scgrad.core.array.Backend;
import scgrad.core.array.NDArray;
import scgrad.core.array.Shape;
import scgrad.core.array.StepScope;
import scgrad.nn.Activation;
import scgrad.nn.BatchNorm2d;
import scgrad.nn.Conv2d;
import scgrad.nn.Linear;
import scgrad.nn.Module;
import scgrad.nn.Pool2d;
import scgrad.nn.Sequential;

/**
 * The residual network, written once (He et al., CVPR 2016): images {@code [N, H, W, 3]} to logits {@code [N, classes]}. What varies, the
 * convolution unit above all, is in its {@link Design}. Keys are torchvision's and the official SCNet code's.
 */
public final class ResNet extends Module {
    /** How an image enters. */
    public enum Stem {
        /** 7x7 of stride 2, 3x3 max pooling of stride 2. */
        IMAGENET,
        /** Three 3x3, the first of stride 2, 3x3 max pooling of stride 2 (ResNet-C; He et al., CVPR 2019). */
        DEEP,
        /** One 3x3. */
        CIFAR
    }

    /** How a block's input gets to its output's shape. */
    public enum Shortcut {
        /** A: every second pixel, channels filled up with zeros. */
        PAD,
        /** B: a 1x1 convolution. */
        PROJECT
    }

    /**
     * What shapes a network.
     *
     * @param depths blocks of each stage
     * @param width the first stage's planes, which double from stage to stage
     * @param innerWidth a block's inner channels per 64 planes and group: 64 for a plain ResNet, 4 in ResNeXt 32x4d
     * @param groups of the 3x3 convolutions
     * @param averageDown ResNet-D's way to stride, in blocks and shortcuts
     * @param unitStages the stages, from 1, that are built of the unit; the others of plain convolutions
     * @param attention in each block; null for none
     * @param dilation 1; 2: the last stage dilates by 2 instead of striding; 4: the last two stages, by 2 and 4 (the official code's {@code dilated})
     */
    public record Design(
            Stem stem,
            boolean bottleneck,
            List<Integer> depths,
            int width,
            double innerWidth,
            int groups,
            Shortcut shortcut,
            ConvUnit unit,
            Options unitOptions,
            Set<Integer> unitStages,
            Attention attention,
            Options attentionOptions,
            boolean averageDown,
            int dilation,
            int classes) {

        ConvUnit unit(int stage) {
            return unitStages.contains(stage + 1) ? unit : ConvUnits.of("plain");
        }

        int planes(int stage) {
            return width << stage;
        }

        int inner(int stage) {
            return bottleneck ? (int) (planes(stage) * (innerWidth / 64)) * groups : planes(stage);
        }

        int out(int stage) {
            return planes(stage) * (bottleneck ? EXPANSION : 1);
        }
    }

    private static final int EXPANSION = 4;
    /** So many times as many parameters as numbers of a map, which stay near, are read again for each portion of images. */
    private static final double MOST_REREAD = 4;

    private final Design design;
    private final Module stem;
    private final BatchNorm2d stemNorm;
    private final Module stemPool;
    private final List<Sequential> stages = new ArrayList<>();
    private final Linear classifier;
    /** The parameters of each stage, for which all modules are walked. */
    private final List<Long> sizes;

    public ResNet(Backend backend, Design design) {
        super(backend);
        this.design = design;
        int stemOut = design.stem == Stem.CIFAR ? design.width : 64;
        stem = child("conv1", stem(backend, design.stem, stemOut));
        stemNorm = child("bn1", new BatchNorm2d(backend, stemOut));
        stemPool = design.stem == Stem.CIFAR
                ? null
                : child("maxpool", new Pool2d(backend, Pool2d.Kind.MAX, 3, 2, 1, false));
        int in = stemOut;
        int dilation = 1;
        for (int stage = 0; stage < design.depths.size(); stage++) {
            int stride = stage == 0 ? 1 : 2;
            int before = dilation;
            // dilation 2 begins with the last stage, dilation 4 with the one before it
            int undilated = design.depths.size() - Integer.numberOfTrailingZeros(design.dilation);
            if (stage >= undilated) {
                dilation *= 2;
                stride = 1;
            }
            List<Block> blocks = new ArrayList<>();
            for (int i = 0; i < design.depths.get(stage); i++) {
                // a stage that dilates begins with the dilation of the stage before
                blocks.add(new Block(
                        backend,
                        design,
                        stage,
                        in,
                        design.inner(stage),
                        design.out(stage),
                        i == 0 ? stride : 1,
                        i == 0 ? before : dilation,
                        i == 0 && stage > 0));
                in = design.out(stage);
            }
            stages.add(child("layer" + (stage + 1), new Sequential(backend, blocks)));
        }
        classifier = design.classes > 0 ? child("fc", new Linear(backend, in, design.classes)) : null;
        sizes = stages.stream().map(Module::parameterCount).toList();
    }

    private static Module stem(Backend backend, Stem kind, int out) {
        return switch (kind) {
            case CIFAR -> new Conv2d(backend, 3, out, Conv2d.Options.same(3));
            case IMAGENET -> new Conv2d(backend, 3, out, Conv2d.Options.same(7).stride(2));
            case DEEP ->
                new Sequential(
                        backend,
                        new Conv2d(backend, 3, out / 2, Conv2d.Options.same(3).stride(2)),
                        new BatchNorm2d(backend, out / 2),
                        new Activation(backend, "ReLU", Tensor::relu),
                        new Conv2d(backend, out / 2, out / 2, Conv2d.Options.same(3)),
                        new BatchNorm2d(backend, out / 2),
                        new Activation(backend, "ReLU", Tensor::relu),
                        new Conv2d(backend, out / 2, out, Conv2d.Options.same(3)));
        };
    }

    public Design design() {
        return design;
    }

    /** The output of each stage, the backbone's C2, C3, ...: {@code [N, H/4, W/4, ...]} and so on (undivided behind a CIFAR stem). */
    public List<Tensor> features(Tensor x) {
        return features(x, stages.size());
    }

    /** The same cut behind a stage: later ones are not computed. */
    public List<Tensor> features(Tensor x, int count) {
        if (count < 1 || count > stages.size()) {
            throw new IllegalArgumentException(
                    "features: " + count + " stages asked for, the network has 1 to " + stages.size());
        }
        Tensor y = entered(x);
        List<Tensor> outputs = new ArrayList<>();
        for (Sequential stage : stages.subList(0, count)) {
            y = stage.apply(y);
            outputs.add(y);
        }
        return outputs;
    }

    private Tensor entered(Tensor x) {
        Tensor y = stem instanceof Conv2d convolution ? stemNorm.relu(convolution, x) : stemNorm.relu(stem.apply(x));
        return stemPool == null ? y : stemPool.apply(y);
    }

    /** What follows a stage, the first being 1: {@code logits(s, features(x, s).get(s - 1))} is {@code apply(x)}. */
    public Tensor logits(int stage, Tensor features) {
        if (stage < 1 || stage > stages.size()) {
            throw new IllegalArgumentException(
                    "logits: behind stage " + stage + ", the network has stages 1 to " + stages.size());
        }
        return rest(stage, features);
    }

    /** The stages behind the first so many, and the classifier. */
    private Tensor rest(int stage, Tensor features) {
        Tensor pooled = through(stage, stages.size(), features).globalAveragePool();
        return classifier == null ? pooled : classifier.apply(pooled);
    }

    /** The stages from .. to - 1, counted from 0. */
    private Tensor through(int from, int to, Tensor features) {
        Tensor y = features;
        for (Sequential stage : stages.subList(from, to)) {
            Tensor read = y;
            y = stage.apply(read);
            giveBack(read, features, y);
        }
        return y;
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (x.shape().rank() != 4 || x.shape().channels() != 3) {
            throw new IllegalArgumentException("a network takes images [N, H, W, 3], got " + x.shape());
        }
        int images = x.shape().size(0);
        int near = training() || !inferring() ? 0 : stagesInPortions();
        int portion = near == 0 ? images : portion(x.shape());
        if (portion >= images) {
            return rest(0, entered(x));
        }
        return rest(near, Tensor.constant(inPortions(x, portion, near)));
    }

    /**
     * What the first stages make of all images, so many at a time. Where an image's maps stay near, a backend may give each of its threads portions of its
     * own: what one operation writes the next reads in the same core's cache, and none waits for another. Larger maps it shares among its threads.
     * On two Zen 5 cores that share no cache SC-ResNet-29 infers 128 images in 170 ms where both threads took portions of four together in 187,
     * ResNet-29 in 138 and 155, ResNet-20 in 24 and 28; on cores that share one it makes a few percent either way.
     */
    private NDArray inPortions(Tensor x, int portion, int near) {
        int images = x.shape().size(0);
        Whole whole = new Whole();
        IntConsumer pieces = piece -> {
            int first = piece * portion;
            int end = Math.min(first + portion, images);
            // another thread has a scope of its own, and records unless it is told not to
            try (StepScope scope = StepScope.open()) {
                NDArray part = Autograd.noGrad(() -> alone(() -> through(0, near, entered(x.slice(0, first, end)))))
                        .value();
                int[] sizes = part.shape().sizes();
                NDArray to = whole.of(backend(), part.shape().with(0, images), scope);
                backend().copyRegion(part, new int[sizes.length], to, new int[] {first, 0, 0, 0}, sizes);
            }
        };
        int count = (images + portion - 1) / portion;
        try {
            if (widest(x.shape()) <= backend().nearNumbers()) {
                backend().apart(count, pieces);
            } else {
                IntStream.range(0, count).forEach(pieces);
            }
        } finally {
            // when a portion failed too
            if (whole.array != null) {
                StepScope.adopt(whole.array);
            }
        }
        return whole.array;
    }

    /** Where all portions go, allocated by the first thread that knows its shape. */
    private static final class Whole {
        private NDArray array;

        synchronized NDArray of(Backend backend, Shape shape, StepScope scope) {
            if (array == null) {
                array = NDArray.allocate(backend, shape);
                scope.keep(array);
            }
            return array;
        }
    }

    /** How many images go through the first stages at a time at inference: so many that the widest maps stay in a core's cache. */
    private int portion(Shape images) {
        return (int) Math.min(Math.max(backend().nearNumbers() / Math.max(widest(images), 1), 1), Integer.MAX_VALUE);
    }

    /** Numbers of an image's widest map. */
    private long widest(Shape images) {
        int reduction = design.stem == Stem.CIFAR ? 1 : 4;
        return (long) (images.size(1) / reduction) * (images.size(2) / reduction) * design.out(0);
    }

    /**
     * The first stages, whose maps are large, as long as their parameters are few enough to be read again for each portion: one of ResNet-50, which
     * saves 4 % of its time, two of ResNet-29 of 32x32 pixels, which saves a fifth; all three are 6 % slower than two.
     */
    private int stagesInPortions() {
        int count = 0;
        for (long parameters = 0; count < sizes.size(); count++) {
            parameters += sizes.get(count);
            if (parameters > MOST_REREAD * backend().nearNumbers()) {
                break;
            }
        }
        return count;
    }
}
